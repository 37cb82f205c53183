package io.delos.bench;

import io.delos.proof.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** CORE, AMQP and OpenWire, by their Jakarta Messaging clients as they come: automatic acknowledgement, their own prefetch. Used by one thread. */
final class JmsWire implements Wire {
    private final ConnectionFactory factory;
    private final Map<String, Connection> connections = new HashMap<>();

    private JmsWire(ConnectionFactory factory) {
        this.factory = factory;
    }

    static JmsWire core(int port) {
        // The window makes the broker answer asynchronous sends; without it the client completes them as soon as they are written.
        return new JmsWire(new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?confirmationWindowSize=10485760",
                BrokerProcess.USER, BrokerProcess.PASSWORD));
    }

    static JmsWire amqp(int port) {
        return new JmsWire(factory(Row.Protocol.AMQP, port));
    }

    /** A factory of CORE's or AMQP's client, with its defaults. */
    static ConnectionFactory factory(Row.Protocol protocol, int port) {
        return factory(protocol, port, "");
    }

    /** The same, with parameters for AMQP's. */
    static ConnectionFactory factory(Row.Protocol protocol, int port, String ofAmqp) {
        return protocol == Row.Protocol.AMQP
                ? new JmsConnectionFactory(BrokerProcess.USER, BrokerProcess.PASSWORD, "amqp://127.0.0.1:" + port + ofAmqp)
                : new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port, BrokerProcess.USER, BrokerProcess.PASSWORD);
    }

    /**
     * Pipelined, its sends are asynchronous as its users have them: persistent messages without an answer to each, and a window in bytes, which
     * the broker's acknowledgements to producers open again.
     */
    static JmsWire openWire(int port, Row row) {
        boolean pipelined = row.load() == Row.Load.PIPELINED;
        return new JmsWire(new org.apache.activemq.ActiveMQConnectionFactory(BrokerProcess.USER, BrokerProcess.PASSWORD,
                "tcp://127.0.0.1:" + port + (pipelined ? "?jms.useAsyncSend=true&jms.producerWindowSize=" + row.window() * row.size() : "")));
    }

    @Override
    public Sender sender(Row row, String destination, int index) throws JMSException {
        Session session = session("out", row, index);
        MessageProducer producer = session.createProducer(destination(session, row, destination));
        producer.setDeliveryMode(row.load().durable() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        boolean pipelined = row.load().durable() && row.window() > 1 && row.protocol() != Row.Protocol.OPENWIRE;
        return pipelined ? new Pipelined(session, producer, row.window()) : new Plain(session, producer);
    }

    @Override
    public Receiver receiver(Row row, String destination, int index, Consumer<ByteBuffer> onMessage) throws JMSException {
        Session session = session("in", row, index);
        MessageConsumer consumer = session.createConsumer(destination(session, row, destination));
        byte[] stamp = new byte[Stamp.BYTES];
        ByteBuffer view = ByteBuffer.wrap(stamp);
        consumer.setMessageListener(message -> {
            try {
                ((BytesMessage) message).readBytes(stamp);
                onMessage.accept(view);
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        return session::close;
    }

    /** A session on the connection that this sender or receiver shares with its neighbours. */
    private Session session(String use, Row row, int index) throws JMSException {
        String name = use + index / row.perConnection();
        Connection connection = connections.get(name);
        if (connection == null) {
            connection = factory.createConnection();
            connections.put(name, connection);
            connection.start();
        }
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @Override
    public void close() throws JMSException {
        for (Connection each : connections.values()) {
            each.close();
        }
        connections.clear();
    }

    private static Destination destination(Session session, Row row, String name) throws JMSException {
        return row.load() == Row.Load.FAN_OUT ? session.createTopic(name) : session.createQueue(name);
    }

    private static Message message(Session session, byte[] body) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(body);
        return message;
    }

    /** A plain send: it waits if the message is persistent and the connection has nothing else set, and doesn't if not. */
    private record Plain(Session session, MessageProducer producer) implements Sender {
        @Override
        public void send(byte[] body) throws JMSException {
            producer.send(message(session, body));
        }

        @Override
        public void flush() { }

        @Override
        public void close() throws JMSException {
            session.close();
        }
    }

    private static final class Pipelined implements Sender, CompletionListener {
        private final Session session;
        private final MessageProducer producer;
        private final Window window;

        Pipelined(Session session, MessageProducer producer, int size) {
            this.session = session;
            this.producer = producer;
            this.window = new Window(size);
        }

        @Override
        public void send(byte[] body) throws Exception {
            window.enter();
            producer.send(message(session, body), this);
        }

        @Override
        public void flush() throws Exception {
            window.flush();
        }

        @Override
        public void close() throws JMSException {
            session.close();
        }

        @Override
        public void onCompletion(Message message) {
            window.leave();
        }

        @Override
        public void onException(Message message, Exception cause) {
            window.fail(cause);
        }
    }
}
