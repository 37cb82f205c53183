package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients can be told to do, and what queues and topics can. */
class FeaturesIT {

    private static final int WAIT = 60_000;

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("", config -> config
            .withAddressSettings("retro.#", Map.of("retroactive-message-count", "2"))
            .withAddressSettings("price.#", Map.of("retroactive-message-count", "1"))
            .withAddressSettings("image.#", Map.of("default-last-value-key", "share")));

    private static String text(Message message) throws JMSException {
        return message == null ? "nothing" : ((TextMessage) message).getText();
    }

    @Test
    void acknowledgementsInLots() throws Exception {
        String name = SERVER.unique("lots");
        try (ActiveMQConnection connection = SERVER.connect("jms.optimizeAcknowledge=true&jms.prefetchPolicy.all=20")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(name);
            MessageProducer producer = session.createProducer(queue);
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 100; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(text(consumer.receive(WAIT))).isEqualTo("m" + i);
            }
            consumer.close();
        }
        await().until(() -> SERVER.server().broker().routes().queue(name).get().counters().messages() == 0);
    }

    @Test
    void failoverGoesThroughItsListInOrder() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("failover:(tcp://127.0.0.1:" + nobody + ",tcp://127.0.0.1:" + SERVER.port()
                + ")?randomize=false&initialReconnectDelay=10");
        try (ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            Queue queue = session.createQueue(SERVER.unique("failover"));
            session.createProducer(queue).send(session.createTextMessage("x"));
            assertThat(text(session.createConsumer(queue).receive(WAIT))).isEqualTo("x");
        }
    }

    @Test
    void whoSubscribesLateSeesTheLastMessages() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(""); Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            String topic = SERVER.unique("retro");
            MessageProducer producer = session.createProducer(session.createTopic(topic));
            for (int i = 0; i < 4; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            MessageConsumer late = session.createConsumer(session.createTopic(topic + "?consumer.retroactive=true"));
            assertThat(text(late.receive(WAIT))).isEqualTo("m2");
            assertThat(text(late.receive(WAIT))).isEqualTo("m3");
        }
    }

    @Test
    void aLastImageIsTheNewestMessageOfEachKey() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(""); Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(SERVER.unique("image"));
            MessageProducer producer = session.createProducer(queue);
            for (String text : new String[] {"a1", "b1", "a2", "b2", "a3"}) {
                TextMessage message = session.createTextMessage(text);
                message.setStringProperty("share", text.substring(0, 1));
                producer.send(message);
            }
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(java.util.Set.of(text(consumer.receive(WAIT)), text(consumer.receive(WAIT)))).containsExactlyInAnyOrder("a3", "b2");
            assertThat(consumer.receive(100)).isNull();
        }
    }

    @Test
    void aRetroactiveConsumerAloneRecoversNothing() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(""); Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            String topic = SERVER.unique("plain");
            MessageProducer producer = session.createProducer(session.createTopic(topic));
            producer.send(session.createTextMessage("before"));
            MessageConsumer late = session.createConsumer(session.createTopic(topic + "?consumer.retroactive=true"));
            producer.send(session.createTextMessage("after"));
            assertThat(text(late.receive(WAIT))).isEqualTo("after");
        }
    }

    @Test
    void whoSubscribesSeesTheLastImageOfATopicFirst() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(""); Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            String topic = SERVER.unique("price");
            MessageProducer producer = session.createProducer(session.createTopic(topic));
            for (String price : new String[] {"1", "2", "3"}) {
                producer.send(session.createTextMessage(price));
            }
            MessageConsumer late = session.createConsumer(session.createTopic(topic + "?consumer.retroactive=true"));
            producer.send(session.createTextMessage("4"));
            assertThat(List.of(text(late.receive(WAIT)), text(late.receive(WAIT)))).containsExactly("3", "4");
        }
    }

    @Test
    void aPatternHasNoImagesFromBefore() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(""); Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            String topics = SERVER.unique("price");
            for (String one : new String[] {"a", "b"}) {
                session.createProducer(session.createTopic(topics + '.' + one)).send(session.createTextMessage("before " + one));
            }
            MessageConsumer all = session.createConsumer(session.createTopic(topics + ".*?consumer.retroactive=true"));
            session.createProducer(session.createTopic(topics + ".a")).send(session.createTextMessage("after"));
            assertThat(text(all.receive(WAIT))).isEqualTo("after");
        }
    }
}
