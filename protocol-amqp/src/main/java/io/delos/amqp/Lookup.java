package io.delos.amqp;

import io.delos.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Finds what a selector asks for in an encoded message, stepping over all else (AMQP document, section 6; address model, section 9.3). */
final class Lookup {

    private Lookup() { }

    /** The value under a selector's name; null if there is none. */
    static Object of(Message message, String name) {
        switch (name) {
            case "AMQPriority": case "JMSPriority": return message.priority();
            case "AMQDurable": return message.durable() ? "DURABLE" : "NON_DURABLE";
            case "JMSDeliveryMode": return message.durable() ? "PERSISTENT" : "NON_PERSISTENT";
            case "AMQTimestamp": case "JMSTimestamp": return message.timestamp();
            case "AMQExpiration": case "JMSExpiration": return message.expiration();
            case "AMQSize": return message.large() ? (Object) message.encodedLength() : message.bytes().length;
            case "AMQAddress": return message.address();
            case "AMQGroupID": case "JMSXGroupID": case "_AMQ_GROUP_ID": return message.group().isEmpty() ? null : message.group();
            case "AMQUserID": case "JMSMessageID": return field(message, PropertiesField.MESSAGE_ID);
            case "JMSCorrelationID": return field(message, PropertiesField.CORRELATION_ID);
            case "JMSType": return field(message, PropertiesField.SUBJECT);
            case "JMSReplyTo": return field(message, PropertiesField.REPLY_TO);
            case "JMSXUserID": return field(message, PropertiesField.USER_ID);
            case "JMSXGroupSeq": case "_AMQ_GROUP_SEQUENCE": return field(message, PropertiesField.GROUP_SEQUENCE);
            case Names.CLIENT_ID: return entry(message, AmqpReader.DELIVERY_ANNOTATIONS, name);
            default: return property(message, name);
        }
    }

    private static Object property(Message message, String name) {
        if (name.startsWith("m.")) {
            return entry(message, AmqpReader.MESSAGE_ANNOTATIONS, name.substring(2));
        }
        Object value = entry(message, AmqpReader.APPLICATION_PROPERTIES, name);
        if (value == null) {
            Optional<String> annotation = Names.annotationOf(name);
            return annotation.isPresent() ? entry(message, AmqpReader.MESSAGE_ANNOTATIONS, annotation.get()) : null;
        }
        return value;
    }

    private static Object field(Message message, int field) {
        AmqpReader reader = new AmqpReader(message.bytes());
        if (!reader.find(AmqpReader.PROPERTIES) || reader.enterList() <= field) {
            return null;
        }
        for (int i = 0; i < field; i++) {
            reader.skip();
        }
        if (reader.peek() == 0x40) {
            return null;
        }
        if (field == PropertiesField.MESSAGE_ID) {
            return MessageIds.messageId(reader);
        }
        return field == PropertiesField.CORRELATION_ID ? MessageIds.correlationId(reader) : Values.plain(reader.value());
    }

    private static Object entry(Message message, int section, String name) {
        AmqpReader reader = new AmqpReader(message.bytes());
        if (!reader.find(section)) {
            return null;
        }
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        for (int entries = reader.enterMap(); entries > 0; entries--) {
            if (reader.matches(wanted)) {
                return Values.plain(reader.value());
            }
            reader.skip();
        }
        return null;
    }
}
