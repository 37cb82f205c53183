package io.delos.veterans;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.jms.BytesMessage;
import javax.jms.CompletionListener;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.DeliveryMode;
import javax.jms.InvalidSelectorException;
import javax.jms.JMSContext;
import javax.jms.JMSException;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.ObjectMessage;
import javax.jms.Queue;
import javax.jms.QueueBrowser;
import javax.jms.Session;
import javax.jms.StreamMessage;
import javax.jms.TemporaryQueue;
import javax.jms.TextMessage;
import javax.jms.Topic;
import javax.jms.XAConnectionFactory;
import javax.jms.XAJMSContext;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * An application of the time before the package was called {@code jakarta}, with the client library of its time. It is loaded by a class
 * loader that knows nothing but that library, does what applications do, and throws at the first thing that isn't as expected.
 */
public final class Application {
    private static final long WAIT = 60_000;

    private final ConnectionFactory factory;
    private final String mark;
    private final String user;
    private final String password;

    private Application(String url, String user, String password) throws ReflectiveOperationException {
        this.factory = (ConnectionFactory) Class.forName("org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory")
                .getConstructor(String.class).newInstance(url);
        this.user = user;
        this.password = password;
        this.mark = "veteran." + Long.toHexString(System.nanoTime());
    }

    /** All of it, one after the other. */
    public static void run(String url, String user, String password) throws Exception {
        Application application = new Application(url, user, password);
        try (Connection connection = application.factory.createConnection(user, password)) {
            connection.start();
            application.bodies(connection);
            application.large(connection);
            application.transactions(connection);
            application.acknowledgements(connection);
            application.selectorsAndBrowsers(connection);
            application.requestAndReply(connection);
            application.completions(connection);
            application.delaysAndPriorities(connection);
            application.sharing(connection);
        }
        application.durableSubscription();
        application.context();
        application.distributed();
    }

    private static void same(Object found, Object expected) {
        if (!(found instanceof byte[] bytes ? Arrays.equals(bytes, (byte[]) expected) : expected.equals(found))) {
            throw new IllegalStateException("expected " + expected + " but got " + found);
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? "nothing" : ((TextMessage) message).getText();
    }

    private void bodies(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue(mark + ".bodies");
        MessageProducer producer = session.createProducer(queue);
        TextMessage text = session.createTextMessage("h\u00e9llo \u20ac");
        text.setStringProperty("word", "w");
        text.setLongProperty("long", 1L << 40);
        text.setBooleanProperty("yes", true);
        text.setJMSCorrelationID("c-1");
        text.setJMSReplyTo(session.createTopic("answers"));
        text.setJMSType("greeting");
        producer.send(text, DeliveryMode.NON_PERSISTENT, 7, 100_000);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {1, 2, 3});
        producer.send(bytes);
        MapMessage map = session.createMapMessage();
        map.setInt("n", 5);
        map.setString("s", "t");
        producer.send(map);
        StreamMessage stream = session.createStreamMessage();
        stream.writeDouble(2.5);
        stream.writeString("end");
        producer.send(stream);
        producer.send(session.createObjectMessage(new ArrayList<>(List.of("a", 2))));
        producer.send(session.createMessage());
        MessageConsumer consumer = session.createConsumer(queue);
        Message first = consumer.receive(WAIT);
        same(text(first), "h\u00e9llo \u20ac");
        same(first.getStringProperty("word"), "w");
        same(first.getLongProperty("long"), 1L << 40);
        same(first.getBooleanProperty("yes"), true);
        same(first.getJMSCorrelationID(), "c-1");
        same(((Topic) first.getJMSReplyTo()).getTopicName(), "answers");
        same(first.getJMSType(), "greeting");
        same(first.getJMSPriority(), 7);
        same(first.getJMSDeliveryMode(), DeliveryMode.NON_PERSISTENT);
        same(first.getJMSExpiration(), text.getJMSExpiration());
        same(first.getJMSMessageID(), text.getJMSMessageID());
        same(((Queue) first.getJMSDestination()).getQueueName(), queue.getQueueName());
        byte[] three = new byte[3];
        same(((BytesMessage) consumer.receive(WAIT)).readBytes(three), 3);
        same(three, new byte[] {1, 2, 3});
        MapMessage mapped = (MapMessage) consumer.receive(WAIT);
        same(mapped.getInt("n"), 5);
        same(mapped.getString("s"), "t");
        StreamMessage streamed = (StreamMessage) consumer.receive(WAIT);
        same(streamed.readDouble(), 2.5);
        same(streamed.readString(), "end");
        same(((ObjectMessage) consumer.receive(WAIT)).getObject(), List.of("a", 2));
        same(consumer.receive(WAIT) != null, true);
        session.close();
    }

    private void large(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue(mark + ".large");
        byte[] body = new byte[600_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31);
        }
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(body);
        session.createProducer(queue).send(message);
        BytesMessage received = (BytesMessage) session.createConsumer(queue).receive(WAIT);
        byte[] read = new byte[body.length];
        same(received.getBodyLength(), (long) body.length);
        same(received.readBytes(read), body.length);
        same(read, body);
        session.close();
    }

    private void transactions(Connection connection) throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue(mark + ".transactions");
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        producer.send(session.createTextMessage("dropped"));
        session.rollback();
        producer.send(session.createTextMessage("a"));
        producer.send(session.createTextMessage("b"));
        session.commit();
        same(text(consumer.receive(WAIT)), "a");
        session.rollback();
        Message again = consumer.receive(WAIT);
        same(text(again), "a");
        same(again.getJMSRedelivered(), true);
        same(again.getIntProperty("JMSXDeliveryCount"), 2);
        same(text(consumer.receive(WAIT)), "b");
        session.commit();
        same(consumer.receiveNoWait() == null, true);
        session.close();
    }

    private void acknowledgements(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue(mark + ".acknowledgements");
        MessageProducer producer = session.createProducer(queue);
        for (String text : List.of("a", "b", "c")) {
            producer.send(session.createTextMessage(text));
        }
        MessageConsumer consumer = session.createConsumer(queue);
        consumer.receive(WAIT).acknowledge();
        same(text(consumer.receive(WAIT)), "b");
        session.recover();
        same(text(consumer.receive(WAIT)), "b");
        consumer.receive(WAIT).acknowledge();
        same(consumer.receiveNoWait() == null, true);
        session.close();
    }

    private void selectorsAndBrowsers(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue(mark + ".selectors");
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 4; i++) {
            Message message = session.createTextMessage("" + i);
            message.setIntProperty("n", i);
            producer.send(message);
        }
        try (QueueBrowser browser = session.createBrowser(queue, "n > 1")) {
            same(Collections.list((java.util.Enumeration<?>) browser.getEnumeration()).size(), 2);
        }
        try (MessageConsumer odd = session.createConsumer(queue, "n IN ('x') OR n = 1 OR n = 3")) {
            same(text(odd.receive(WAIT)), "1");
            same(text(odd.receive(WAIT)), "3");
        }
        try {
            session.createConsumer(queue, "n = ");
            throw new IllegalStateException("a selector that isn't one was taken");
        } catch (InvalidSelectorException expected) {
            same(text(session.createConsumer(queue).receive(WAIT)), "0");
        }
        session.close();
    }

    private void requestAndReply(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session service = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue(mark + ".service");
        TemporaryQueue answers = session.createTemporaryQueue();
        MessageProducer replies = service.createProducer(null);
        service.createConsumer(queue).setMessageListener(request -> {
            try {
                replies.send(request.getJMSReplyTo(), service.createTextMessage(text(request) + "!"));
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        TextMessage request = session.createTextMessage("ping");
        request.setJMSReplyTo(answers);
        session.createProducer(queue).send(request);
        MessageConsumer consumer = session.createConsumer(answers);
        same(text(consumer.receive(WAIT)), "ping!");
        consumer.close();
        answers.delete();
        session.close();
        service.close();
    }

    private void completions(Connection connection) throws Exception {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        MessageProducer producer = session.createProducer(session.createQueue(mark + ".completions"));
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                try {
                    heard.add(text(message));
                } catch (JMSException e) {
                    heard.add(e.toString());
                }
            }

            @Override
            public void onException(Message message, Exception exception) {
                heard.add(exception.toString());
            }
        };
        for (int i = 0; i < 10; i++) {
            producer.send(session.createTextMessage("" + i), listener);
        }
        for (int i = 0; i < 10; i++) {
            same(heard.poll(WAIT, TimeUnit.MILLISECONDS), "" + i);
        }
        session.close();
    }

    private void delaysAndPriorities(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue(mark + ".delays");
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryDelay(200);
        producer.send(session.createTextMessage("late"));
        producer.setDeliveryDelay(0);
        producer.send(session.createTextMessage("low"), DeliveryMode.PERSISTENT, 1, 0);
        producer.send(session.createTextMessage("high"), DeliveryMode.PERSISTENT, 9, 0);
        MessageConsumer consumer = session.createConsumer(queue);
        same(text(consumer.receive(WAIT)), "high");
        same(text(consumer.receive(WAIT)), "low");
        same(text(consumer.receive(WAIT)), "late");
        session.close();
    }

    private void sharing(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic(mark + ".news");
        MessageConsumer one = session.createSharedConsumer(topic, mark + ".readers");
        MessageConsumer all = session.createConsumer(topic);
        session.createProducer(topic).send(session.createTextMessage("news"));
        same(text(one.receive(WAIT)), "news");
        same(text(all.receive(WAIT)), "news");
        session.close();
    }

    private void durableSubscription() throws JMSException {
        for (String expected : List.of("nothing", "kept")) {
            try (Connection connection = factory.createConnection(user, password)) {
                connection.setClientID(mark);
                connection.start();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                Topic topic = session.createTopic(mark + ".durable");
                MessageConsumer consumer = session.createDurableSubscriber(topic, "sub");
                same(text(expected.equals("kept") ? consumer.receive(WAIT) : consumer.receiveNoWait()), expected);
                consumer.close();
                if (expected.equals("kept")) {
                    session.unsubscribe("sub");
                } else {
                    session.createProducer(topic).send(session.createTextMessage("kept"));
                }
            }
        }
    }

    private void context() {
        try (JMSContext context = factory.createContext(user, password, JMSContext.SESSION_TRANSACTED)) {
            Queue queue = context.createQueue(mark + ".context");
            context.createProducer().setProperty("p", 1).send(queue, "body");
            context.commit();
            same(context.createConsumer(queue).receiveBody(String.class, WAIT), "body");
            context.commit();
        }
    }

    private record Branch(int getFormatId, byte[] getGlobalTransactionId, byte[] getBranchQualifier) implements Xid { }

    private void distributed() throws Exception {
        try (XAJMSContext context = ((XAConnectionFactory) factory).createXAContext(user, password)) {
            XAResource resource = context.getXAResource();
            Queue queue = context.createQueue(mark + ".xa");
            Xid branch = new Branch(7, mark.getBytes("US-ASCII"), new byte[] {1});
            resource.start(branch, XAResource.TMNOFLAGS);
            context.createProducer().send(queue, "prepared");
            resource.end(branch, XAResource.TMSUCCESS);
            same(resource.prepare(branch), XAResource.XA_OK);
            same(Arrays.stream(resource.recover(XAResource.TMSTARTRSCAN))
                    .anyMatch(each -> Arrays.equals(each.getGlobalTransactionId(), branch.getGlobalTransactionId())), true);
            resource.commit(branch, false);
        }
        try (JMSContext context = factory.createContext(user, password)) {
            same(context.createConsumer(context.createQueue(mark + ".xa")).receiveBody(String.class, WAIT), "prepared");
        }
    }
}
