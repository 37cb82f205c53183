package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Map;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients are told of each other. */
class AdvisoryIT {

    private static final int WAIT = 60_000;

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("", config -> config.withAddressSettings("slow.#", Map.of(
            "slow-consumer-threshold", "60", "slow-consumer-threshold-measurement-unit", "MESSAGES_PER_MINUTE", "slow-consumer-check-period", "1",
            "slow-consumer-policy", "NOTIFY")));

    private ActiveMQConnection connection;
    private Session session;
    private ActiveMQConnection other;
    private Session busy;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        other = SERVER.connect("");
        busy = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
        other.close();
    }

    private static ActiveMQMessage next(MessageConsumer advisories) throws JMSException {
        ActiveMQMessage message = (ActiveMQMessage) advisories.receive(WAIT);
        assertThat(message).isNotNull();
        assertThat(message.getJMSType()).isEqualTo("Advisory");
        assertThat(message.getStringProperty("originBrokerName")).isEqualTo("test");
        assertThat(message.getStringProperty("originBrokerURL")).isEqualTo("127.0.0.1:" + SERVER.port());
        return message;
    }

    @Test
    void consumersAreToldWithTheirNumber() throws Exception {
        for (Destination destination : new Destination[] {session.createQueue(SERVER.unique("c")), session.createTopic(SERVER.unique("c"))}) {
            MessageConsumer advisories = session.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(destination));
            MessageConsumer first = busy.createConsumer(destination, "a = 1");
            ActiveMQMessage came = next(advisories);
            ConsumerInfo info = (ConsumerInfo) came.getDataStructure();
            assertThat(info.getDestination()).isEqualTo(destination);
            assertThat(info.getSelector()).isEqualTo("a = 1");
            assertThat(came.getIntProperty("consumerCount")).isEqualTo(1);
            MessageConsumer second = busy.createConsumer(destination);
            assertThat(next(advisories).getIntProperty("consumerCount")).isEqualTo(2);
            first.close();
            ActiveMQMessage left = next(advisories);
            assertThat(((RemoveInfo) left.getDataStructure()).getObjectId()).isEqualTo(info.getConsumerId());
            assertThat(left.getIntProperty("consumerCount")).isEqualTo(1);
            second.close();
            assertThat(next(advisories).getIntProperty("consumerCount")).isZero();
        }
    }

    @Test
    void producersAreToldWithTheirNumber() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("p"));
        MessageConsumer advisories = session.createConsumer(AdvisorySupport.getProducerAdvisoryTopic(destination));
        MessageProducer producer = busy.createProducer(destination);
        ActiveMQMessage came = next(advisories);
        assertThat(((ProducerInfo) came.getDataStructure()).getDestination()).isEqualTo(destination);
        assertThat(came.getIntProperty("producerCount")).isEqualTo(1);
        producer.close();
        ActiveMQMessage left = next(advisories);
        assertThat(left.getDataStructure()).isInstanceOf(RemoveInfo.class);
        assertThat(left.getIntProperty("producerCount")).isZero();
    }

    @Test
    void whoComesLateHearsOfWhatIsThere() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("late"));
        busy.createProducer(destination);
        busy.createConsumer(destination);
        assertThat(next(session.createConsumer(AdvisorySupport.getProducerAdvisoryTopic(destination))).getDataStructure()).isInstanceOf(ProducerInfo.class);
        assertThat(next(session.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(destination))).getDataStructure()).isInstanceOf(ConsumerInfo.class);
    }

    @Test
    void connectionsComeAndGo() throws Exception {
        MessageConsumer advisories = session.createConsumer(AdvisorySupport.getConnectionAdvisoryTopic());
        ActiveMQConnection third = SERVER.connect("");
        DataStructure news;
        do {
            news = next(advisories).getDataStructure();
        } while (!(news instanceof ConnectionInfo info && info.getClientId().equals(third.getClientID())));
        third.close();
        do {
            news = next(advisories).getDataStructure();
        } while (!(news instanceof RemoveInfo gone && gone.getObjectId().equals(third.getConnectionInfo().getConnectionId())));
    }

    @Test
    void aConnectionThatBreaksTakesItsConsumersAndProducersWithIt() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("broken"));
        MessageConsumer advisories = session.createConsumer(session.createTopic("ActiveMQ.Advisory.*.Queue." + ((jakarta.jms.Queue) destination).getQueueName()));
        busy.createProducer(destination);
        busy.createConsumer(destination);
        assertThat(next(advisories).getDataStructure()).isInstanceOf(ProducerInfo.class);
        assertThat(next(advisories).getDataStructure()).isInstanceOf(ConsumerInfo.class);
        SERVER.server().broker().clients().all().stream().filter(client -> client.clientId().equals(idOf(other))).forEach(client -> client.disconnect());
        for (int i = 0; i < 2; i++) {
            assertThat(next(advisories).getDataStructure()).isInstanceOf(RemoveInfo.class);
        }
    }

    private static String idOf(ActiveMQConnection connection) {
        return connection.getConnectionInfo().getClientId();
    }

    @Test
    void slowConsumersAreTold() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("slow"));
        MessageConsumer advisories = session.createConsumer(AdvisorySupport.getSlowConsumerAdvisoryTopic(destination));
        busy.createConsumer(destination);
        MessageProducer producer = session.createProducer(destination);
        for (int i = 0; i < 2000; i++) {
            producer.send(session.createMessage());
        }
        assertThat(((ConsumerInfo) next(advisories).getDataStructure()).getDestination()).isEqualTo(destination);
    }

    @Test
    void messagesThatExpireOrDieAreTold() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("lost"));
        MessageConsumer expired = session.createConsumer(AdvisorySupport.getExpiredMessageTopic(destination));
        MessageConsumer dead = session.createConsumer(AdvisorySupport.getMessageDLQdAdvisoryTopic((org.apache.activemq.command.ActiveMQDestination) destination));
        MessageProducer producer = session.createProducer(destination);
        ActiveMQTextMessage old = (ActiveMQTextMessage) session.createTextMessage("old");
        producer.send(old, jakarta.jms.DeliveryMode.PERSISTENT, 4, 1);
        ActiveMQTextMessage poison = (ActiveMQTextMessage) session.createTextMessage("poison");
        producer.send(poison);
        org.apache.activemq.RedeliveryPolicy policy = new org.apache.activemq.RedeliveryPolicy();
        policy.setMaximumRedeliveries(0);
        other.setRedeliveryPolicy(policy);
        try (Session transacted = other.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageConsumer consumer = transacted.createConsumer(destination);
            assertThat(consumer.receive(WAIT)).isNotNull();
            transacted.rollback();
            assertThat(((ActiveMQTextMessage) next(dead).getDataStructure()).getText()).isEqualTo("poison");
        }
        ActiveMQMessage told = next(expired);
        assertThat(((ActiveMQTextMessage) told.getDataStructure()).getText()).isEqualTo("old");
        assertThat(told.getStringProperty("orignalMessageId")).isEqualTo(old.getJMSMessageID());
    }
}
