package io.delos.proof;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.Optional;

/** Receives by Jakarta Messaging, and acknowledges by commit or by {@link Message#acknowledge()} where that waits for the broker. */
final class JmsInbox implements Inbox {
    private final Connection connection;
    private final Session session;
    private final MessageConsumer consumer;
    private final boolean transacted;
    private volatile JMSException broken;
    private Message last;

    JmsInbox(ConnectionFactory factory, String queue, boolean transacted) throws JMSException {
        this.transacted = transacted;
        connection = factory.createConnection();
        try {
            connection.setExceptionListener(e -> broken = e);
            session = connection.createSession(transacted, transacted ? Session.SESSION_TRANSACTED : Session.CLIENT_ACKNOWLEDGE);
            consumer = session.createConsumer(session.createQueue(queue));
            connection.start();
        } catch (JMSException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Optional<byte[]> receive() throws JMSException {
        Message message = consumer.receive(100);
        if (message == null) {
            if (broken != null) {
                throw broken;
            }
            return Optional.empty();
        }
        last = message;
        if (!(message instanceof BytesMessage bytes)) {
            return Optional.of(new byte[0]);
        }
        byte[] body = new byte[(int) bytes.getBodyLength()];
        bytes.readBytes(body);
        return Optional.of(body);
    }

    @Override
    public boolean acknowledge() throws JMSException {
        if (transacted) {
            session.commit();
        } else {
            last.acknowledge();
        }
        return true;
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
