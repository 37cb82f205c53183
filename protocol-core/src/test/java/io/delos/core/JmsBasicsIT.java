package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unmodified Jakarta client: connecting, every kind of message, queues, topics, selectors. */
class JmsBasicsIT {
    private static final long WAIT = 60_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private Connection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private Message roundTrip(Message message) throws JMSException {
        Queue queue = session.createQueue("basics." + SERVER.unique());
        session.createProducer(queue).send(message);
        Message received = session.createConsumer(queue).receive(WAIT);
        assertThat(received).isNotNull();
        assertThat(received.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(received.getJMSDestination()).isEqualTo(queue);
        return received;
    }

    /** Which no application may, and some do: what was confirmed to either is there, and others are served. */
    @Test
    void aSessionThatTwoThreadsUseAtOnce() throws Exception {
        Queue queue = session.createQueue("basics." + SERVER.unique());
        Callable<Integer> sends = () -> {
            int confirmed = 0;
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 200; i++) {
                producer.send(session.createTextMessage("m" + i));
                confirmed++;
            }
            return confirmed;
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int confirmed = 0;
        for (Future<Integer> each : threads.invokeAll(List.of(sends, sends))) {
            confirmed += each.get(30, TimeUnit.SECONDS);
        }
        threads.shutdown();
        try (Connection other = SERVER.connect("")) {
            other.start();
            MessageConsumer consumer = other.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
            for (int i = 0; i < confirmed; i++) {
                assertThat(consumer.receive(WAIT)).isNotNull();
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void texts() throws JMSException {
        for (String text : List.of("", "hello", "h\u00e9llo \u20ac \ud83d\ude00", "x".repeat(50_000))) {
            assertThat(((TextMessage) roundTrip(session.createTextMessage(text))).getText()).isEqualTo(text);
        }
        assertThat(((TextMessage) roundTrip(session.createTextMessage())).getText()).isNull();
    }

    @Test
    void bytes() throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeUTF("text");
        message.writeLong(5);
        message.writeBytes(new byte[] {1, 2, 3});
        BytesMessage received = (BytesMessage) roundTrip(message);
        assertThat(received.readUTF()).isEqualTo("text");
        assertThat(received.readLong()).isEqualTo(5);
        assertThat(received.getBodyLength()).isEqualTo(17);
    }

    @Test
    void maps() throws JMSException {
        MapMessage message = session.createMapMessage();
        message.setString("s", "v");
        message.setInt("i", 7);
        message.setBytes("b", new byte[] {1});
        message.setChar("c", 'x');
        MapMessage received = (MapMessage) roundTrip(message);
        assertThat(Collections.list(received.getMapNames())).hasSize(4);
        assertThat(received.getString("s")).isEqualTo("v");
        assertThat(received.getInt("i")).isEqualTo(7);
        assertThat(received.getBytes("b")).containsExactly(1);
        assertThat(received.getChar("c")).isEqualTo('x');
    }

    @Test
    void streams() throws JMSException {
        StreamMessage message = session.createStreamMessage();
        message.writeString("s");
        message.writeBoolean(true);
        message.writeDouble(1.5);
        StreamMessage received = (StreamMessage) roundTrip(message);
        assertThat(received.readString()).isEqualTo("s");
        assertThat(received.readBoolean()).isTrue();
        assertThat(received.readDouble()).isEqualTo(1.5);
    }

    @Test
    void objects() throws JMSException {
        assertThat(((ObjectMessage) roundTrip(session.createObjectMessage("serialised"))).getObject()).isEqualTo("serialised");
    }

    @Test
    void propertiesAndHeaders() throws JMSException {
        Message message = session.createMessage();
        message.setBooleanProperty("bool", true);
        message.setByteProperty("byte", (byte) 1);
        message.setShortProperty("short", (short) 2);
        message.setIntProperty("int", 3);
        message.setLongProperty("long", 4);
        message.setFloatProperty("float", 5.5f);
        message.setDoubleProperty("double", 6.5);
        message.setStringProperty("string", "s");
        message.setStringProperty("null", null);
        message.setJMSCorrelationID("corr");
        message.setJMSType("type");
        message.setJMSReplyTo(session.createTopic("reply"));
        Message received = roundTrip(message);
        assertThat(received.getBooleanProperty("bool")).isTrue();
        assertThat(received.getObjectProperty("byte")).isEqualTo((byte) 1);
        assertThat(received.getObjectProperty("short")).isEqualTo((short) 2);
        assertThat(received.getObjectProperty("int")).isEqualTo(3);
        assertThat(received.getObjectProperty("long")).isEqualTo(4L);
        assertThat(received.getObjectProperty("float")).isEqualTo(5.5f);
        assertThat(received.getObjectProperty("double")).isEqualTo(6.5);
        assertThat(received.getObjectProperty("string")).isEqualTo("s");
        assertThat(received.propertyExists("null")).isTrue();
        assertThat(received.getObjectProperty("null")).isNull();
        assertThat(received.getJMSCorrelationID()).isEqualTo("corr");
        assertThat(received.getJMSType()).isEqualTo("type");
        assertThat(received.getJMSReplyTo()).isEqualTo(session.createTopic("reply"));
        assertThat(received.getJMSTimestamp()).isEqualTo(message.getJMSTimestamp());
        assertThat(received.getJMSRedelivered()).isFalse();
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    @Test
    void topicsReachEverySubscriber() throws JMSException {
        Topic topic = session.createTopic("topic." + SERVER.unique());
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        MessageConsumer red = session.createConsumer(topic, "color = 'red'");
        MessageProducer producer = session.createProducer(topic);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("first"));
        TextMessage second = session.createTextMessage("second");
        second.setStringProperty("color", "red");
        producer.send(second);
        for (MessageConsumer consumer : List.of(one, two)) {
            assertThat(text(consumer.receive(WAIT))).isEqualTo("first");
            assertThat(text(consumer.receive(WAIT))).isEqualTo("second");
        }
        assertThat(text(red.receive(WAIT))).isEqualTo("second");
        assertThat(red.receiveNoWait()).isNull();
    }

    @Test
    void publishersCanBeLeftOut() throws JMSException {
        Topic topic = session.createTopic("nolocal." + SERVER.unique());
        MessageConsumer consumer = session.createConsumer(topic, null, true);
        session.createProducer(topic).send(session.createTextMessage("own"));
        try (Connection other = SERVER.connect("")) {
            Session there = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            there.createProducer(topic).send(there.createTextMessage("foreign"));
        }
        assertThat(text(consumer.receive(WAIT))).isEqualTo("foreign");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void selectorsSeeHeaders() throws JMSException {
        Queue queue = session.createQueue("selector." + SERVER.unique());
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 10; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setIntProperty("i", i);
            producer.send(message, i % 2 == 0 ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT, i, 0);
        }
        MessageConsumer consumer = session.createConsumer(queue, "JMSPriority > 4 AND JMSDeliveryMode = 'PERSISTENT' AND i < 8");
        assertThat(text(consumer.receive(WAIT))).isEqualTo("m6");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void higherPrioritiesComeFirst() throws JMSException {
        Queue queue = session.createQueue("priority." + SERVER.unique());
        MessageProducer producer = session.createProducer(queue);
        for (int priority : new int[] {1, 9, 4, 9}) {
            producer.send(session.createTextMessage("p" + priority), DeliveryMode.PERSISTENT, priority, 0);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (String expected : List.of("p9", "p9", "p4", "p1")) {
            assertThat(text(consumer.receive(WAIT))).isEqualTo(expected);
        }
    }

    @Test
    void anonymousProducersSendAnywhere() throws JMSException {
        MessageProducer producer = session.createProducer(null);
        Destination one = session.createQueue("any." + SERVER.unique());
        Destination two = session.createQueue("any." + SERVER.unique());
        producer.send(one, session.createTextMessage("1"));
        producer.send(two, session.createTextMessage("2"));
        assertThat(text(session.createConsumer(two).receive(WAIT))).isEqualTo("2");
        assertThat(text(session.createConsumer(one).receive(WAIT))).isEqualTo("1");
    }

    @Test
    void expiredMessagesAreNotSeen() throws JMSException {
        Queue queue = session.createQueue("expiry." + SERVER.unique());
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("short"), DeliveryMode.PERSISTENT, 4, 1);
        producer.send(session.createTextMessage("long"), DeliveryMode.PERSISTENT, 4, 0);
        assertThat(text(session.createConsumer(queue).receive(WAIT))).isEqualTo("long");
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }
}
