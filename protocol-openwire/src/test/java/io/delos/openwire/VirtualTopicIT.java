package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Queues that are subscriptions of a topic by their names, where nothing is configured. */
class VirtualTopicIT {

    private static final int WAIT = 60_000;

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("", config -> {
        List<AcceptorConfig> acceptors = new ArrayList<>(config.acceptors());
        acceptors.add(AcceptorConfig.of("none", "tcp://127.0.0.1:0?virtualTopicConsumerWildcards="));
        acceptors.add(AcceptorConfig.of("aware", "tcp://127.0.0.1:0?virtualTopicConsumerWildcards=Consumer.*.VirtualTopic.%3E%3B2%3BselectorAware=true"));
        return config.withAcceptors(acceptors).withAddressSettings("#", java.util.Map.of("auto-delete-queues", "true", "auto-delete-addresses", "true"));
    });

    private ActiveMQConnection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
    }

    private void publish(String topic, String text) throws JMSException {
        session.createProducer(session.createTopic(topic)).send(session.createTextMessage(text));
    }

    private static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    private static Optional<io.delos.queue.Queue> queue(String name) {
        return SERVER.server().broker().routes().queue(name);
    }

    @Test
    void eachConsumerQueueGetsEveryMessageAndSharesIt() throws Exception {
        String topic = SERVER.unique("VirtualTopic.T");
        MessageConsumer a = session.createConsumer(session.createQueue("Consumer.A." + topic));
        MessageConsumer b1 = session.createConsumer(session.createQueue("Consumer.B." + topic));
        MessageConsumer b2 = session.createConsumer(session.createQueue("Consumer.B." + topic));
        publish(topic, "1");
        publish(topic, "2");
        assertThat(List.of(text(a.receive(WAIT)), text(a.receive(WAIT)))).containsExactly("1", "2");
        assertThat(List.of(text(b1.receive(WAIT)), text(b2.receive(WAIT)))).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void whatComesWhileNobodyConsumesWaits() throws Exception {
        String topic = SERVER.unique("VirtualTopic.T");
        session.createConsumer(session.createQueue("Consumer.A." + topic)).close();
        assertThat(queue("Consumer.A." + topic).get().config().autoDelete()).isFalse();
        publish(topic, "waits");
        assertThat(text(session.createConsumer(session.createQueue("Consumer.A." + topic)).receive(WAIT))).isEqualTo("waits");
    }

    @Test
    void aQueueThatIsThereAlreadyByThatNameStaysOne() throws Exception {
        String name = "Consumer.A." + SERVER.unique("VirtualTopic.T");
        session.createProducer(session.createQueue(name)).send(session.createTextMessage("queued"));
        assertThat(text(session.createConsumer(session.createQueue(name)).receive(WAIT))).isEqualTo("queued");
        assertThat(queue(name).get().address()).isEqualTo(name);
    }

    @Test
    void otherNamesAreOrdinaryQueues() throws Exception {
        String name = "Consumer.A." + SERVER.unique("Orders");
        session.createConsumer(session.createQueue(name));
        assertThat(queue(name).get().address()).isEqualTo(name);
    }

    @Test
    void withoutPatternsThereAreNone() throws Exception {
        String name = "Consumer.A." + SERVER.unique("VirtualTopic.T");
        try (ActiveMQConnection other = (ActiveMQConnection) new ActiveMQConnectionFactory("tcp://127.0.0.1:" + SERVER.server().server().port("none"))
                .createConnection(); Session plain = other.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            plain.createConsumer(plain.createQueue(name));
            assertThat(queue(name).get().address()).isEqualTo(name);
        }
    }

    @Test
    void aSelectorAwareQueueKeepsWhatItsFirstConsumerWants() throws Exception {
        String topic = SERVER.unique("VirtualTopic.T");
        try (ActiveMQConnection other = (ActiveMQConnection) new ActiveMQConnectionFactory("tcp://127.0.0.1:" + SERVER.server().server().port("aware"))
                .createConnection(); Session aware = other.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            other.start();
            Queue queue = aware.createQueue("Consumer.A." + topic);
            aware.createConsumer(queue, "JMSPriority = 7").close();
            MessageProducer producer = aware.createProducer(aware.createTopic(topic));
            for (int priority : new int[] {3, 7, 4}) {
                producer.send(aware.createTextMessage("p" + priority), DeliveryMode.PERSISTENT, priority, 0);
            }
            MessageConsumer consumer = aware.createConsumer(queue);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("p7");
            assertThat(queue("Consumer.A." + topic).get().counters().added()).isEqualTo(1);
        }
    }

    @Test
    void aMessageToTheQueueItselfGoesThereAlone() throws Exception {
        String topic = SERVER.unique("VirtualTopic.T");
        Queue a = session.createQueue("Consumer.A." + topic);
        MessageConsumer ofA = session.createConsumer(a);
        MessageConsumer ofB = session.createConsumer(session.createQueue("Consumer.B." + topic));
        session.createProducer(a).send(session.createTextMessage("for A"));
        session.createProducer(null).send(a, session.createTextMessage("for A too"));
        publish(topic, "for all");
        assertThat(List.of(text(ofA.receive(WAIT)), text(ofA.receive(WAIT)), text(ofA.receive(WAIT)))).containsExactly("for A", "for A too", "for all");
        assertThat(text(ofB.receive(WAIT))).isEqualTo("for all");
    }

    @Test
    void whatIsReceivedNamesTheTopicAsAQueue() throws Exception {
        String topic = SERVER.unique("VirtualTopic.T");
        Queue queue = session.createQueue("Consumer.A." + topic);
        MessageConsumer consumer = session.createConsumer(queue);
        publish(topic, "x");
        assertThat(consumer.receive(WAIT).getJMSDestination()).isEqualTo(session.createQueue(topic));
        session.createProducer(queue).send(session.createTextMessage("y"));
        assertThat(consumer.receive(WAIT).getJMSDestination()).isEqualTo(session.createQueue(topic));
    }
}
