package io.delos.proof;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Persistent sends by Jakarta Messaging, each waited for, or a window of them with completion listeners. */
final class JmsOutbox implements Outbox {
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final int window;
    private final Semaphore free;
    private volatile Exception broken;

    /** @param window how many sends may be unconfirmed; 1 waits for each by a blocking send */
    JmsOutbox(ConnectionFactory factory, String queue, int window) throws JMSException {
        this.window = window;
        free = new Semaphore(window);
        connection = factory.createConnection();
        try {
            connection.setExceptionListener(e -> broken = e);
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            producer = session.createProducer(session.createQueue(queue));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        } catch (JMSException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] body, Runnable onConfirmed) throws Exception {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(body);
        if (window == 1) {
            producer.send(message);
            onConfirmed.run();
            return;
        }
        take(1);
        producer.send(message, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                onConfirmed.run();
                free.release();
            }

            @Override
            public void onException(Message unsent, Exception e) {
                broken = e;
                free.release();
            }
        });
    }

    @Override
    public void flush() throws Exception {
        take(window);
        free.release(window);
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }

    private void take(int permits) throws Exception {
        for (int waited = 0; !free.tryAcquire(permits, 100, TimeUnit.MILLISECONDS); waited++) {
            if (waited == 100) {
                throw new JMSException("no confirmation in 10 s");
            }
            check();
        }
        check();
    }

    private void check() throws Exception {
        if (broken != null) {
            throw broken;
        }
    }
}
