package io.delos.amqp;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads an AMQP message into the neutral form (interop document, section 2). One use per message; not thread-safe. */
final class NeutralReader {

    /** {@link Names#JMS_MESSAGE_TYPE} of a message without a body. */
    private static final int TYPE_MESSAGE = 0;
    private static final Destination.Kind[] KINDS = {Destination.Kind.QUEUE, Destination.Kind.TOPIC, Destination.Kind.TEMPORARY_QUEUE,
        Destination.Kind.TEMPORARY_TOPIC};

    private final AmqpReader reader;
    private final NeutralMessage.Builder neutral;
    private final Map<String, Object> marks = new HashMap<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<Object> sequence = new ArrayList<>();
    private String contentType = "";
    private String group = "";
    private int bodySection = AmqpReader.END;
    private Content valueBody = new Content.Empty();

    private NeutralReader(Message message) {
        reader = new AmqpReader(message.bytes());
        neutral = NeutralMessage.from(message);
    }

    static NeutralMessage read(Message message) {
        return new NeutralReader(message).read();
    }

    private NeutralMessage read() {
        for (int section = reader.nextSection(); section != AmqpReader.END; section = reader.nextSection()) {
            int end = reader.endOfValue();
            readSection(section);
            reader.position(end);
        }
        return neutral.content(content()).build();
    }

    private void readSection(int section) {
        switch (section) {
            case AmqpReader.HEADER: readHeader(); break;
            case AmqpReader.MESSAGE_ANNOTATIONS: readAnnotations(Marks.ANNOTATION, Marks.ENCODED_ANNOTATION); break;
            case AmqpReader.FOOTER: readAnnotations(Marks.FOOTER, Marks.ENCODED_FOOTER); break;
            case AmqpReader.PROPERTIES: readProperties(); break;
            case AmqpReader.APPLICATION_PROPERTIES: readApplicationProperties(); break;
            case AmqpReader.DATA: readData(); break;
            case AmqpReader.SEQUENCE: readSequence(); break;
            case AmqpReader.VALUE: readValue(); break;
            default: break;
        }
    }

    private void readHeader() {
        int fields = reader.enterList();
        neutral.property(Marks.HEADER, true);
        if (fields > 0 && !reader.skipNull()) {
            neutral.property(Marks.HEADER_DURABLE, true);
            reader.skip();
        }
        if (fields > 1 && !reader.skipNull()) {
            neutral.property(Marks.HEADER_PRIORITY, true);
            reader.skip();
        }
        if (fields > 3) {
            reader.skip();
            if (!reader.skipNull()) {
                neutral.property(Marks.FIRST_ACQUIRER, reader.number(0) != 0);
            }
        }
    }

    private void readAnnotations(String prefix, String encodedPrefix) {
        for (int entries = reader.enterMap(); entries > 0; entries--) {
            String key = String.valueOf(reader.value());
            int start = reader.position();
            Object value = reader.value();
            if (prefix.equals(Marks.ANNOTATION)) {
                marks.put(key, value);
                annotation(key, value);
            }
            if (value instanceof Map || value instanceof List) {
                neutral.property(encodedPrefix + key, reader.copy(start, reader.position()));
            } else {
                neutral.property(prefix + key, Values.plain(value));
            }
        }
    }

    /** What the broker itself noted is a property in every other dialect. */
    private void annotation(String key, Object value) {
        if (key.startsWith("x-opt-ORIG-") || key.equals("x-opt-ACTUAL-EXPIRY") || key.equals(Names.INGRESS_TIME)) {
            neutral.property(key.equals(Names.INGRESS_TIME) ? Marks.INGRESS_TIMESTAMP : Names.propertyOf(key), Values.plain(value));
        }
    }

    private void readProperties() {
        int fields = reader.enterList();
        for (int field = 0; field < fields; field++) {
            if (!reader.skipNull()) {
                readField(field);
            }
        }
    }

    private void readField(int field) {
        switch (field) {
            case PropertiesField.MESSAGE_ID: readMessageId(); break;
            case PropertiesField.USER_ID: readUserId(); break;
            case PropertiesField.SUBJECT: neutral.type(reader.text()); break;
            case PropertiesField.REPLY_TO: neutral.replyTo(destination(reader.text())); break;
            case PropertiesField.CORRELATION_ID: neutral.correlationId(MessageIds.correlationId(reader)); break;
            case PropertiesField.CONTENT_TYPE: readContentType(); break;
            case PropertiesField.CONTENT_ENCODING: neutral.property(Marks.CONTENT_ENCODING, reader.text()); break;
            case PropertiesField.GROUP_ID: readGroup(reader.text(), 0); break;
            case PropertiesField.GROUP_SEQUENCE: readGroup(group, (int) reader.number(0)); break;
            case PropertiesField.REPLY_TO_GROUP_ID: neutral.property(Marks.REPLY_TO_GROUP_ID, reader.text()); break;
            default: reader.skip();
        }
    }

    private void readGroup(String name, int sequence) {
        group = name;
        neutral.group(name, sequence);
    }

    private void readMessageId() {
        String id = MessageIds.messageId(reader);
        neutral.messageId(id).property(Marks.NATIVE_MESSAGE_ID, id);
    }

    private void readUserId() {
        Object user = reader.value();
        neutral.userId(user instanceof byte[] ? new String((byte[]) user, StandardCharsets.UTF_8) : String.valueOf(user));
    }

    private void readContentType() {
        contentType = reader.text();
        neutral.contentType(contentType).property(Marks.CONTENT_TYPE, contentType);
    }

    private Destination destination(String name) {
        Object kind = marks.get(Names.JMS_REPLY_TO);
        int place = kind instanceof Number ? ((Number) kind).intValue() : 0;
        return new Destination(name, KINDS[place >= 0 && place < KINDS.length ? place : 0]);
    }

    private void readApplicationProperties() {
        for (int entries = reader.enterMap(); entries > 0; entries--) {
            String name = String.valueOf(reader.value());
            neutral.property(name, Values.plain(reader.value()));
        }
    }

    private void readData() {
        bodySection = AmqpReader.DATA;
        Object value = reader.value();
        if (value instanceof byte[]) {
            data.writeBytes((byte[]) value);
        }
    }

    private void readSequence() {
        bodySection = AmqpReader.SEQUENCE;
        Object value = reader.value();
        if (value instanceof List) {
            sequence.addAll(Values.sequence((List<?>) value));
        }
    }

    private void readValue() {
        bodySection = AmqpReader.VALUE;
        int code = reader.peek();
        Object value = reader.value();
        if (value == null) {
            valueBody = type() == TYPE_MESSAGE ? new Content.Empty() : new Content.Text("");
            encoding(Marks.VALUE_NULL);
        } else if (value instanceof String && (code & 0xf) == 1) {
            valueBody = new Content.Text((String) value);
            encoding(Marks.VALUE_STRING);
        } else if (value instanceof byte[]) {
            valueBody = contentType.equals(Names.SERIALIZED) ? new Content.Serialized((byte[]) value) : new Content.Bytes((byte[]) value);
            encoding(Marks.VALUE_BINARY);
        } else if (value instanceof Map) {
            valueBody = new Content.Mapping(Values.mapping((Map<?, ?>) value));
            encoding(Marks.VALUE_MAP);
        } else if (value instanceof List) {
            valueBody = new Content.Sequence(Values.sequence((List<?>) value));
            encoding(Marks.VALUE_LIST);
        } else {
            valueBody = new Content.Text(String.valueOf(Values.plain(value)));
        }
    }

    private Content content() {
        switch (bodySection) {
            case AmqpReader.VALUE:
                return valueBody;
            case AmqpReader.SEQUENCE:
                encoding(Marks.SEQUENCE);
                return new Content.Sequence(sequence);
            case AmqpReader.DATA:
                encoding(Marks.DATA);
                return ofBytes(data.toByteArray());
            default:
                encoding(Marks.NO_BODY);
                return type() == TYPE_MESSAGE ? new Content.Empty() : ofBytes(new byte[0]);
        }
    }

    private Content ofBytes(byte[] bytes) {
        if (contentType.equals(Names.SERIALIZED)) {
            return new Content.Serialized(bytes);
        }
        return ContentTypes.text(contentType, bytes).<Content>map(Content.Text::new).orElseGet(() -> new Content.Bytes(bytes));
    }

    private void encoding(byte mark) {
        neutral.property(Marks.ORIGINAL_ENCODING, mark);
    }

    /** The JMS message type the sender noted; -1 if it did not. */
    private int type() {
        Object type = marks.get(Names.JMS_MESSAGE_TYPE);
        return type instanceof Number ? ((Number) type).intValue() : -1;
    }
}
