package io.delos.cli;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.message.JmsMessage;
import org.apache.qpid.jms.provider.amqp.message.AmqpJmsMessageFacade;
import org.apache.qpid.proton.amqp.Symbol;

/** Neutral messages to Jakarta messages and back. */
final class AmqpLetters {

    private static final Symbol SERIALISED = Symbol.valueOf("application/x-java-serialized-object");

    private AmqpLetters() {
    }

    static void send(Session session, MessageProducer producer, NeutralMessage letter) throws JMSException {
        jakarta.jms.Message message = message(session, letter.content());
        for (Map.Entry<String, Object> property : letter.properties().entrySet()) {
            if (!(property.getValue() instanceof byte[])) {
                message.setObjectProperty(property.getKey(), property.getValue());
            }
        }
        NeutralMessage.Header header = letter.header();
        if (!header.group().isEmpty()) {
            message.setStringProperty("JMSXGroupID", header.group());
        }
        if (!header.type().isEmpty()) {
            message.setJMSType(header.type());
        }
        if (header.correlationId() instanceof byte[] bytes) {
            message.setJMSCorrelationIDAsBytes(bytes);
        } else if (!header.correlationId().equals("")) {
            message.setJMSCorrelationID(header.correlationId().toString());
        }
        if (header.replyTo().present()) {
            message.setJMSReplyTo(destination(session, header.replyTo()));
        }
        long life = header.expiration() == 0 ? 0 : Math.max(1, header.expiration() - System.currentTimeMillis());
        producer.send(message, header.durable() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT, header.priority(), life);
    }

    private static jakarta.jms.Destination destination(Session session, Destination destination) throws JMSException {
        boolean topic = destination.kind() == Destination.Kind.TOPIC || destination.kind() == Destination.Kind.TEMPORARY_TOPIC;
        return topic ? session.createTopic(destination.name()) : session.createQueue(destination.name());
    }

    private static jakarta.jms.Message message(Session session, Content content) throws JMSException {
        if (content instanceof Content.Text text) {
            return session.createTextMessage(text.text());
        }
        if (content instanceof Content.Bytes bytes) {
            return bytes(session, bytes.bytes());
        }
        if (content instanceof Content.Serialized object) {
            if (object.bytes().length == 0) {
                throw new JMSException("An object message that came over AMQP cannot be passed on; use CORE to read it");
            }
            BytesMessage message = bytes(session, object.bytes());
            ((AmqpJmsMessageFacade) ((JmsMessage) message).getFacade()).setContentType(SERIALISED);
            return message;
        }
        if (content instanceof Content.Mapping mapping) {
            MapMessage message = session.createMapMessage();
            for (Map.Entry<String, Object> value : mapping.entries().entrySet()) {
                message.setObject(value.getKey(), value.getValue());
            }
            return message;
        }
        if (content instanceof Content.Sequence sequence) {
            StreamMessage message = session.createStreamMessage();
            for (Object value : sequence.values()) {
                message.writeObject(value);
            }
            return message;
        }
        return session.createMessage();
    }

    private static BytesMessage bytes(Session session, byte[] bytes) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(bytes);
        return message;
    }

    static NeutralMessage read(jakarta.jms.Message message) throws JMSException {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements();) {
            String name = (String) names.nextElement();
            if (!name.startsWith("JMSX")) {
                properties.put(name, message.getObjectProperty(name));
            }
        }
        NeutralMessage.Header header = new NeutralMessage.Header("", Message.ROUTE_BOTH,
                message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT, message.getJMSPriority(), message.getJMSExpiration(),
                message.getJMSTimestamp(), message.getJMSDeliveryTime(), text(message.getJMSMessageID()),
                text(message.getJMSCorrelationID()), destination(message.getJMSReplyTo()), text(message.getJMSType()),
                text(message.getStringProperty("JMSXGroupID")), 0, "", text(message.getStringProperty("JMSXUserID")));
        return new NeutralMessage(header, properties, content(message));
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    private static Destination destination(jakarta.jms.Destination destination) throws JMSException {
        if (destination instanceof Queue queue) {
            return new Destination(queue.getQueueName(), destination instanceof TemporaryQueue
                    ? Destination.Kind.TEMPORARY_QUEUE : Destination.Kind.QUEUE);
        }
        if (destination instanceof Topic topic) {
            return new Destination(topic.getTopicName(), destination instanceof TemporaryTopic
                    ? Destination.Kind.TEMPORARY_TOPIC : Destination.Kind.TOPIC);
        }
        return Destination.NONE;
    }

    private static Content content(jakarta.jms.Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return new Content.Text(text(text.getText()));
        }
        if (message instanceof BytesMessage bytes) {
            byte[] content = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(content);
            return new Content.Bytes(content);
        }
        if (message instanceof MapMessage map) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (Enumeration<?> names = map.getMapNames(); names.hasMoreElements();) {
                String name = (String) names.nextElement();
                values.put(name, map.getObject(name));
            }
            return new Content.Mapping(values);
        }
        if (message instanceof StreamMessage stream) {
            return new Content.Sequence(values(stream));
        }
        // this client hands out an object only by deserialising it, which is no business of ours: its bytes stay unknown
        return message instanceof ObjectMessage ? new Content.Serialized(new byte[0]) : new Content.Empty();
    }

    private static List<Object> values(StreamMessage stream) throws JMSException {
        List<Object> values = new ArrayList<>();
        while (true) {
            try {
                values.add(stream.readObject());
            } catch (MessageEOFException end) {
                return values;
            }
        }
    }
}
