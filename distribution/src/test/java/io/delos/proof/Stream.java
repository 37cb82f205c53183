package io.delos.proof;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A producer over one connection, which the client library restores by itself. It numbers its messages, gives each an id of its own, and sends
 * again, with the same ids, whatever it does not know to be there.
 */
final class Stream implements AutoCloseable {
    private final String queue;
    private final int batch;
    private final Connection connection;
    private final Thread thread;
    private final AtomicInteger sent = new AtomicInteger();
    private volatile boolean stopping;
    private volatile boolean closed;
    private volatile Exception failure;

    /** {@code batch}: messages in a transaction; 0 for none. */
    Stream(ConnectionFactory factory, String queue, int batch) throws JMSException {
        this.queue = queue;
        this.batch = batch;
        this.connection = factory.createConnection();
        this.thread = new Thread(this::run, queue);
        thread.start();
    }

    String queue() {
        return queue;
    }

    /** How many are known to be there. */
    int sent() {
        return sent.get();
    }

    private void run() {
        try {
            Session session = connection.createSession(batch > 0, batch > 0 ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            boolean known = true;
            while (!closed && (!stopping || !known)) {
                known = attempt(session, producer);
                sent.addAndGet(known ? Math.max(1, batch) : 0);
            }
        } catch (JMSException | RuntimeException e) {
            failure = e;
        }
    }

    /** Whether the next ones are there now, be it that they were before. */
    private boolean attempt(Session session, MessageProducer producer) {
        try {
            for (int i = 0; i < Math.max(1, batch); i++) {
                int number = sent.get() + i;
                TextMessage message = session.createTextMessage(Integer.toString(number));
                message.setStringProperty("_AMQ_DUPL_ID", queue + "-" + number);
                producer.send(message);
            }
            if (batch > 0) {
                session.commit();
            }
            return true;
        } catch (JMSException e) {
            return batch > 0 && rolledBackAsDuplicate(session, e);
        }
    }

    private static boolean rolledBackAsDuplicate(Session session, JMSException e) {
        try {
            session.rollback();
        } catch (JMSException again) {
            // the next attempt will meet it too
            return false;
        }
        return String.valueOf(e.getMessage()).contains("uplicate message");
    }

    /** Ends when the last one is known to be there. */
    void finish() throws Exception {
        stopping = true;
        thread.join();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            connection.close();
        } catch (JMSException e) {
            thread.interrupt();
        }
    }
}
