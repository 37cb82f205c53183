package io.delos.cli;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Random;

/** Messages of every kind that a Jakarta Messaging client can send, for a broker that is to be emptied into another. */
final class Cargo {

    /** Whose size makes a client of CORE and a broker of Artemis call a message large. */
    private static final int LARGE = 150_000;
    private static final long DAY = 86_400_000;

    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final String prefix;

    private Cargo(Connection connection, String prefix) throws JMSException {
        this.connection = connection;
        this.session = connection.createSession();
        this.producer = session.createProducer(null);
        this.prefix = prefix;
    }

    /** Sends it all; queues and topics are named {@code prefix} and more. */
    static void send(ConnectionFactory factory, String user, String password, String prefix) throws JMSException {
        try (Connection connection = factory.createConnection(user, password)) {
            connection.setClientID(prefix + "-client");
            Cargo cargo = new Cargo(connection, prefix);
            cargo.kinds();
            cargo.headers();
            cargo.large();
            cargo.topics();
        }
    }

    private void send(String queue, Message message) throws JMSException {
        producer.send(session.createQueue(prefix + queue), message);
    }

    private void kinds() throws JMSException {
        send(".kinds", session.createTextMessage("hello <&> ]]> wörld 😀"));
        send(".kinds", session.createTextMessage(null));
        send(".kinds", session.createTextMessage(""));
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {0, 1, 2, 3, -1});
        send(".kinds", bytes);
        send(".kinds", session.createBytesMessage());
        MapMessage map = session.createMapMessage();
        map.setInt("i", 5);
        map.setString("s", "x");
        map.setBytes("b", new byte[] {1});
        map.setBoolean("t", true);
        map.setDouble("d", -0.5);
        send(".kinds", map);
        StreamMessage stream = session.createStreamMessage();
        stream.writeInt(1);
        stream.writeString("z".repeat(5000));
        stream.writeLong(7);
        send(".kinds", stream);
        send(".kinds", session.createObjectMessage("ser"));
        send(".kinds", session.createMessage());
    }

    private void headers() throws JMSException {
        TextMessage message = session.createTextMessage("with everything");
        message.setBooleanProperty("b", true);
        message.setByteProperty("by", (byte) 3);
        message.setShortProperty("sh", (short) 4);
        message.setIntProperty("i", 7);
        message.setLongProperty("l", Long.MIN_VALUE);
        message.setFloatProperty("f", 2.5f);
        message.setDoubleProperty("d", Double.NaN);
        message.setStringProperty("s", "two\nlines,\ttabs, \"quotes\" & <tags>");
        message.setStringProperty("empty", "");
        message.setObjectProperty("nothing", null);
        message.setJMSCorrelationID("corr");
        message.setJMSReplyTo(session.createQueue("answers"));
        message.setJMSType("kind");
        message.setStringProperty("JMSXGroupID", "group");
        message.setIntProperty("JMSXGroupSeq", 2);
        send(".headers", message);
        producer.setPriority(8);
        producer.setTimeToLive(DAY);
        send(".headers", session.createTextMessage("urgent, and will expire"));
        producer.setPriority(4);
        producer.setTimeToLive(0);
        for (int i = 0; i < 5; i++) {
            send(".headers", session.createTextMessage("number " + i));
        }
    }

    /** One to be delivered tomorrow. */
    void later() throws JMSException {
        producer.setDeliveryDelay(DAY);
        send(".later", session.createTextMessage("later"));
        producer.setDeliveryDelay(0);
    }

    static void later(ConnectionFactory factory, String user, String password, String prefix) throws JMSException {
        try (Connection connection = factory.createConnection(user, password)) {
            new Cargo(connection, prefix).later();
        }
    }

    private void large() throws JMSException {
        byte[] noise = new byte[LARGE];
        new Random(7).nextBytes(noise);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(noise);
        bytes.setStringProperty("s", "large");
        send(".large", bytes);
        send(".large", session.createTextMessage("grün ".repeat(LARGE / 5)));
    }

    private void topics() throws JMSException {
        Topic topic = session.createTopic(prefix + ".news");
        session.createDurableSubscriber(topic, "red", "color = 'red'", false).close();
        session.createDurableSubscriber(topic, "all").close();
        for (int i = 0; i < 6; i++) {
            TextMessage message = session.createTextMessage("news " + i);
            message.setStringProperty("color", i % 3 == 0 ? "red" : "blue");
            producer.send(topic, message);
        }
        connection.start();
        // what one of the two has read is the other's still
        session.createDurableSubscriber(topic, "all").receive(10_000);
    }

    /** Many small ones, of which the first are read. */
    static void fill(ConnectionFactory factory, String user, String password, String queue, int count, int read) throws JMSException {
        try (Connection connection = factory.createConnection(user, password)) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (int i = 0; i < count; i++) {
                TextMessage message = session.createTextMessage(i + " " + "x".repeat(1000));
                message.setIntProperty("n", i);
                producer.send(message);
            }
            session.commit();
            connection.start();
            var consumer = session.createConsumer(session.createQueue(queue));
            for (int i = 0; i < read; i++) {
                if (consumer.receive(10_000) == null) {
                    throw new AssertionError("only " + i + " of " + read + " came");
                }
            }
            session.commit();
        }
    }
}
