package io.delos.bench;

import io.delos.proof.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * What is done to a queue as deep as the backlog row's, on a broker that starts empty: taken in one transaction, rolled back and taken again;
 * scheduled for one moment; searched by a selector for what is behind all else; looked through; purged.
 */
record Deep(What what, String protocol) implements Trial {

    private static final String QUEUE = "bench.deep";
    private static final String NUMBER = "number";
    private static final String KIND = "kind";
    private static final int BODY = 1024;
    private static final int RARE = 10;
    private static final long PATIENCE_MILLIS = 120_000;

    /** The use that is made of it. */
    enum What { TRANSACTION, SCHEDULE, SELECTOR, BROWSE }

    static List<Trial> all() {
        List<Trial> all = new ArrayList<>(List.of(new Deep(What.TRANSACTION, "core"), new Deep(What.TRANSACTION, "amqp")));
        for (What what : List.of(What.SCHEDULE, What.SELECTOR, What.BROWSE)) {
            all.add(new Deep(what, "core"));
        }
        return all;
    }

    @Override
    public String name() {
        return protocol + "-deep-" + what.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        side.startEmpty();
        Figures figures = new Figures();
        ConnectionFactory factory = factory(side.broker().port());
        try (Connection connection = factory.createConnection()) {
            connection.start();
            int count = options.backlog();
            switch (what) {
                case TRANSACTION -> transaction(connection, count, figures);
                case SCHEDULE -> schedule(connection, count, figures);
                case SELECTOR -> selector(connection, count, figures);
                default -> browse(connection, count, figures);
            }
        } catch (JMSException e) {
            throw new IOException(e);
        }
        return figures.put("deep-peak", side.proc().peakMib());
    }

    private ConnectionFactory factory(int port) {
        if (protocol.equals("amqp")) {
            return new JmsConnectionFactory(BrokerProcess.USER, BrokerProcess.PASSWORD,
                    "amqp://127.0.0.1:" + port + "?jms.requestTimeout=600000&amqp.idleTimeout=0");
        }
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?callTimeout=600000&blockOnDurableSend=false", BrokerProcess.USER,
                BrokerProcess.PASSWORD);
    }

    /** All sent in one transaction; all taken in one and rolled back; all taken again. */
    private static void transaction(Connection connection, int count, Figures figures) throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = fill(session, count, 0, figures);
        long taking = System.nanoTime();
        MessageConsumer consumer = session.createConsumer(queue);
        Count once = take(consumer, count, taking);
        session.rollback();
        Count again = take(consumer, count, taking);
        session.commit();
        figures.put("deep-all", seconds(taking));
        once.add(again);
        once.report(figures, 2 * count, consumer.receive(1000) == null ? 0 : 1);
    }

    /** All due at one moment after the last was sent. */
    private static void schedule(Connection connection, int count, Figures figures) throws JMSException {
        long due = System.currentTimeMillis() + 10_000 + count / 10;
        Queue queue = fill(connection.createSession(true, Session.SESSION_TRANSACTED), count, due, figures);
        Session taking = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = taking.createConsumer(queue);
        long wait = Math.max(0, due - System.currentTimeMillis()) * 1_000_000;
        long begin = System.nanoTime() + wait;
        Count all = take(consumer, count, begin);
        figures.put("deep-all", seconds(begin));
        all.report(figures, count, consumer.receive(1000) == null ? 0 : 1);
    }

    /** A few rare ones behind all the others. */
    private static void selector(Connection connection, int count, Figures figures) throws JMSException {
        Queue queue = fill(connection.createSession(true, Session.SESSION_TRANSACTED), count, 0, figures);
        Session taking = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        long begin = System.nanoTime();
        MessageConsumer consumer = taking.createConsumer(queue, KIND + " = 'rare'");
        Count all = new Count(count - RARE);
        for (int i = 0; i < RARE && all.accept(consumer.receive(PATIENCE_MILLIS)); i++) {
            if (i == 0) {
                figures.put("deep-first", seconds(begin));
            }
        }
        figures.put("deep-all", seconds(begin));
        all.report(figures, RARE, consumer.receive(1000) == null ? 0 : 1);
    }

    /** Looked through from one end to the other, then purged. */
    private static void browse(Connection connection, int count, Figures figures) throws JMSException {
        Queue queue = fill(connection.createSession(true, Session.SESSION_TRANSACTED), count, 0, figures);
        Session looking = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        long begin = System.nanoTime();
        Enumeration<?> messages = looking.createBrowser(queue).getEnumeration();
        Count all = new Count(0);
        while (messages.hasMoreElements()) {
            all.accept((Message) messages.nextElement());
        }
        figures.put("deep-all", seconds(begin));
        long purging = System.nanoTime();
        Queue management = ActiveMQJMSClient.createQueue("activemq.management");
        Message question = looking.createMessage();
        Queue answers = looking.createTemporaryQueue();
        MessageConsumer answer = looking.createConsumer(answers);
        question.setJMSReplyTo(answers);
        JMSManagementHelper.putOperationInvocation(question, "queue." + QUEUE, "removeAllMessages");
        looking.createProducer(management).send(question);
        Message reply = answer.receive(PATIENCE_MILLIS);
        figures.put("deep-purge", seconds(purging));
        if (reply == null || !JMSManagementHelper.hasOperationSucceeded(reply)) {
            figures.fail("not purged");
        }
        all.report(figures, count, looking.createConsumer(queue).receive(1000) == null ? 0 : 1);
    }

    /** Sends all in one transaction; {@code due} is when they are, in milliseconds since the epoch, 0 for at once. */
    private static Queue fill(Session session, int count, long due, Figures figures) throws JMSException {
        long start = System.nanoTime();
        Queue queue = session.createQueue(QUEUE);
        byte[] body = new byte[BODY];
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < count; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(body);
                message.setIntProperty(NUMBER, i);
                message.setStringProperty(KIND, i < count - RARE ? "common" : "rare");
                if (due > 0) {
                    message.setLongProperty("_AMQ_SCHED_DELIVERY", due);
                }
                producer.send(message);
            }
        }
        session.commit();
        figures.put("deep-put", seconds(start));
        return queue;
    }

    private static Count take(MessageConsumer consumer, int count, long begin) throws JMSException {
        Count seen = new Count(0);
        for (int i = 0; i < count; i++) {
            if (!seen.accept(consumer.receive(Math.max(0, begin - System.nanoTime()) / 1_000_000 + PATIENCE_MILLIS))) {
                break;
            }
        }
        return seen;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** What came, which must be the numbers from the first on in their order. Used by one thread. */
    private static final class Count {
        private int next;
        private long came;
        private long disordered;

        Count(int first) {
            next = first;
        }

        boolean accept(Message message) throws JMSException {
            if (message == null) {
                return false;
            }
            came++;
            int number = message.getIntProperty(NUMBER);
            disordered += number == next ? 0 : 1;
            next = number + 1;
            return true;
        }

        void add(Count other) {
            came += other.came;
            disordered += other.disordered;
        }

        void report(Figures figures, long expected, long more) {
            figures.put("sent", expected).put("lost", expected - came).put("duplicated", more).put("disordered", disordered);
        }
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.DEEP);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.empty();
    }
}
