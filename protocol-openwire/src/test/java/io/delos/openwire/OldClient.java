package io.delos.openwire;

import java.util.Arrays;
import java.util.Enumeration;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import javax.jms.Topic;

/**
 * An application of the time before the package was called {@code jakarta}. It is loaded by a class loader that knows nothing but the client library of
 * its time, does what applications do, and throws at the first thing that isn't as expected.
 */
public final class OldClient {

    private static final long WAIT = 60_000;

    private OldClient() {
    }

    private static void same(Object found, Object expected) {
        if (!expected.equals(found)) {
            throw new IllegalStateException("expected " + expected + " but got " + found);
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? "nothing" : ((TextMessage) message).getText();
    }

    /** All of it, one after the other. */
    public static void run(String url) throws Exception {
        ConnectionFactory factory = (ConnectionFactory) Class.forName("org.apache.activemq.ActiveMQConnectionFactory").getConstructor(String.class)
                .newInstance(url);
        Connection connection = factory.createConnection();
        connection.setClientID("old-client");
        connection.start();
        try {
            messages(connection);
            transactions(connection);
            subscriptions(connection);
            requestAndReply(connection);
            refusals(connection);
        } finally {
            connection.close();
        }
    }

    private static void messages(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("old.messages");
        MessageProducer producer = session.createProducer(queue);
        TextMessage text = session.createTextMessage("h\u00e9llo");
        text.setLongProperty("n", 1L << 40);
        producer.send(text);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[100_000]);
        producer.send(bytes);
        MapMessage map = session.createMapMessage();
        map.setDouble("d", 0.5);
        producer.send(map);
        producer.send(session.createObjectMessage(new java.util.ArrayList<>(Arrays.asList("a", "b"))));
        Enumeration<?> browsed = session.createBrowser(queue).getEnumeration();
        int count = 0;
        for (; browsed.hasMoreElements(); count++) {
            browsed.nextElement();
        }
        same(count, 4);
        MessageConsumer consumer = session.createConsumer(queue);
        Message got = consumer.receive(WAIT);
        same(text(got), "h\u00e9llo");
        same(got.getLongProperty("n"), 1L << 40);
        same(((BytesMessage) consumer.receive(WAIT)).getBodyLength(), 100_000L);
        same(((MapMessage) consumer.receive(WAIT)).getDouble("d"), 0.5);
        same(consumer.receive(WAIT).getClass().getSimpleName(), "ActiveMQObjectMessage");
        session.close();
    }

    private static void transactions(Connection connection) throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("old.transactions");
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("undone"));
        session.rollback();
        producer.send(session.createTextMessage("done"));
        session.commit();
        MessageConsumer consumer = session.createConsumer(queue);
        same(text(consumer.receive(WAIT)), "done");
        session.rollback();
        Message again = consumer.receive(WAIT);
        same(again.getJMSRedelivered(), true);
        session.commit();
        session.close();
    }

    private static void subscriptions(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Topic topic = session.createTopic("old.topic");
        session.createDurableSubscriber(topic, "sub", "n = 1", false).close();
        for (int i = 0; i < 2; i++) {
            TextMessage message = session.createTextMessage("n" + i);
            message.setIntProperty("n", i);
            session.createProducer(topic).send(message);
        }
        MessageConsumer subscriber = session.createDurableSubscriber(topic, "sub", "n = 1", false);
        Message got = subscriber.receive(WAIT);
        same(text(got), "n1");
        got.acknowledge();
        subscriber.close();
        session.unsubscribe("sub");
        session.close();
    }

    private static void requestAndReply(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue requests = session.createQueue("old.requests");
        Destination answers = session.createTemporaryQueue();
        TextMessage request = session.createTextMessage("question");
        request.setJMSReplyTo(answers);
        session.createProducer(requests).send(request);
        Message asked = session.createConsumer(requests).receive(WAIT);
        session.createProducer(asked.getJMSReplyTo()).send(session.createTextMessage("answer"));
        same(text(session.createConsumer(answers).receive(WAIT)), "answer");
        session.close();
    }

    private static void refusals(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        try {
            session.createConsumer(session.createQueue("old.q"), "no ( selector");
            throw new IllegalStateException("a selector that is none was taken");
        } catch (javax.jms.InvalidSelectorException expected) {
            session.close();
        }
    }
}
