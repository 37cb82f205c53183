package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unmodified JMS client: topics and every kind of subscription. */
class JmsTopicsIT {

    private static final long WAIT = 60_000;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer();

    private final String client = SERVER.unique("client");
    private final String name = SERVER.unique("topic.");

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private void publish(String text) throws JMSException {
        try (Connection connection = SERVER.connect()) {
            Session session = session(connection);
            session.createProducer(session.createTopic(name)).send(session.createTextMessage(text));
        }
    }

    private static String text(MessageConsumer consumer) throws JMSException {
        TextMessage message = (TextMessage) consumer.receive(WAIT);
        return message == null ? "nothing" : message.getText();
    }

    private boolean exists(String queue) {
        return SERVER.server().broker().findQueue(queue).isPresent();
    }

    @Test
    void everySubscriberGetsACopyAndAnEarlyMessageNobody() throws JMSException {
        try (Connection connection = SERVER.connect()) {
            Session session = session(connection);
            Topic topic = session.createTopic(name);
            publish("early");
            MessageConsumer one = session.createConsumer(topic);
            MessageConsumer two = session.createConsumer(topic, "colour = 'red'");
            publish("late");
            MessageProducer producer = session.createProducer(topic);
            TextMessage red = session.createTextMessage("red");
            red.setStringProperty("colour", "red");
            producer.send(red);
            assertThat(text(one)).isEqualTo("late");
            assertThat(text(one)).isEqualTo("red");
            assertThat(text(two)).isEqualTo("red");
        }
    }

    @Test
    void noLocalLeavesOutOnesOwn() throws JMSException {
        try (Connection connection = SERVER.connect(client, "")) {
            Session session = session(connection);
            Topic topic = session.createTopic(name);
            MessageConsumer consumer = session.createConsumer(topic, null, true);
            session.createProducer(topic).send(session.createTextMessage("own"));
            publish("foreign");
            assertThat(text(consumer)).isEqualTo("foreign");
        }
    }

    @Test
    void aDurableSubscriptionOutlivesItsConnectionAndTheBroker() throws Exception {
        try (Connection connection = SERVER.connect(client, "")) {
            Session session = session(connection);
            session.createDurableSubscriber(session.createTopic(name), "du").close();
        }
        assertThat(exists(client + ".du")).isTrue();
        publish("1");
        SERVER.server().restart();
        publish("2");
        try (Connection connection = SERVER.connect(client, "")) {
            Session session = session(connection);
            MessageConsumer consumer = session.createDurableConsumer(session.createTopic(name), "du");
            assertThat(text(consumer)).isEqualTo("1");
            assertThat(text(consumer)).isEqualTo("2");
            assertThatThrownBy(() -> session.unsubscribe("du")).isInstanceOf(JMSException.class);
            consumer.close();
            session.unsubscribe("du");
            assertThat(exists(client + ".du")).isFalse();
            assertThatThrownBy(() -> session.unsubscribe("du")).isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void aDurableSubscriptionWithAnotherSelectorStartsAnew() throws JMSException {
        try (Connection connection = SERVER.connect(client, "")) {
            Session session = session(connection);
            Topic topic = session.createTopic(name);
            session.createDurableSubscriber(topic, "du", "n = 1", false).close();
            publish("lost");
            MessageConsumer consumer = session.createDurableSubscriber(topic, "du", "n IS NULL", false);
            publish("kept");
            assertThat(text(consumer)).isEqualTo("kept");
        }
    }

    @Test
    void aSharedSubscriptionDividesItsMessages() throws JMSException {
        try (Connection one = SERVER.connect(client, "")) {
            Session session = session(one);
            Session other = session(one);
            Topic topic = session.createTopic(name);
            MessageConsumer a = session.createSharedConsumer(topic, "sv");
            MessageConsumer b = other.createSharedConsumer(topic, "sv");
            assertThat(exists(client + ".sv:shared-volatile")).isTrue();
            for (int i = 0; i < 10; i++) {
                publish("m" + i);
            }
            int received = 0;
            for (MessageConsumer consumer : new MessageConsumer[] {a, b}) {
                while (consumer.receive(300) != null) {
                    received++;
                }
            }
            assertThat(received).isEqualTo(10);
            a.close();
            assertThat(exists(client + ".sv:shared-volatile")).isTrue();
            b.close();
            Awaitility.await().until(() -> !exists(client + ".sv:shared-volatile"));
        }
    }

    @Test
    void aSharedDurableSubscriptionOfNobodyIsGlobal() throws JMSException {
        String subscription = SERVER.unique("gsd");
        try (Connection one = SERVER.connect()) {
            Session session = session(one);
            session.createSharedDurableConsumer(session.createTopic(name), subscription).close();
            assertThat(exists(subscription + ":global")).isTrue();
        }
        publish("kept");
        try (Connection two = SERVER.connect()) {
            Session session = session(two);
            MessageConsumer consumer = session.createSharedDurableConsumer(session.createTopic(name), subscription);
            assertThat(text(consumer)).isEqualTo("kept");
            consumer.close();
            session.unsubscribe(subscription);
            assertThat(exists(subscription + ":global")).isFalse();
        }
    }

    @Test
    void aClientIdBelongsToOneConnection() throws JMSException {
        Connection first = SERVER.connect(client, "");
        assertThatThrownBy(() -> SERVER.connect(client, "")).isInstanceOf(InvalidClientIDException.class);
        first.close();
        Awaitility.await().untilAsserted(() -> SERVER.connect(client, "").close());
    }
}
