package io.delos.dist;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/** Whoever speaks Jakarta Messaging: CORE, AMQP and OpenWire, by the factory's choice. */
final class JmsPeer implements Peer {

    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private MessageConsumer consumer;

    JmsPeer(ConnectionFactory factory) throws JMSException {
        connection = factory.createConnection();
        connection.start();
        session = connection.createSession();
        producer = session.createProducer(null);
    }

    private Destination destination(Place place) throws JMSException {
        return place.topic() ? session.createTopic(place.name()) : session.createQueue(place.name());
    }

    @Override
    public void listen(Place place) throws JMSException {
        if (consumer != null) {
            consumer.close();
        }
        consumer = session.createConsumer(destination(place));
    }

    @Override
    public long send(Place place, Letter letter) throws JMSException {
        Message message = message(letter.body());
        for (Map.Entry<String, Object> property : letter.properties().entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        if (!letter.correlation().isEmpty()) {
            message.setJMSCorrelationID(letter.correlation());
        }
        if (!letter.replyTo().isEmpty()) {
            message.setJMSReplyTo(session.createQueue(letter.replyTo()));
        }
        long ttl = letter.expires() == 0 ? 0 : letter.expires() - System.currentTimeMillis();
        producer.send(destination(place), message, letter.durable() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
                letter.priority(), ttl);
        return message.getJMSExpiration();
    }

    private Message message(Object body) throws JMSException {
        if (body instanceof String text) {
            return session.createTextMessage(text);
        }
        BytesMessage message = session.createBytesMessage();
        message.writeBytes((byte[]) body);
        return message;
    }

    @Override
    public Letter receive() throws JMSException {
        Message message = consumer.receive(PATIENCE_MILLIS);
        if (message == null) {
            throw new AssertionError("nothing arrived");
        }
        Map<String, Object> properties = new HashMap<>();
        @SuppressWarnings("unchecked")
        List<String> names = Collections.list(message.getPropertyNames());
        for (String name : names) {
            properties.put(name, message.getObjectProperty(name));
        }
        String correlation = message.getJMSCorrelationID();
        return new Letter(body(message), properties, correlation == null ? "" : correlation, replyTo(message),
                message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT, message.getJMSPriority(), message.getJMSExpiration());
    }

    private static Object body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText();
        }
        BytesMessage bytes = (BytesMessage) message;
        byte[] body = new byte[(int) bytes.getBodyLength()];
        bytes.readBytes(body);
        return body;
    }

    private static String replyTo(Message message) throws JMSException {
        Destination replyTo = message.getJMSReplyTo();
        if (replyTo == null) {
            return "";
        }
        // a name without a kind, as STOMP gives it, is neither a queue nor a topic to the CORE client
        return replyTo instanceof Queue queue ? queue.getQueueName() : replyTo instanceof Topic topic ? topic.getTopicName()
                : ((ActiveMQDestination) replyTo).getName();
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
