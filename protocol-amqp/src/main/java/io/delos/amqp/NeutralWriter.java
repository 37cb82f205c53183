package io.delos.amqp;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Dropped;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import io.delos.message.Trait;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Writes a neutral message as AMQP (interop document, section 3). One use per message; not thread-safe. */
final class NeutralWriter {

    private static final int PRIORITY_DEFAULT = 4;
    private static final Set<String> KNOWN = Set.of("JMSXDeliveryCount", "JMSXGroupID", "JMSXGroupSeq", "JMSXUserID", "JMSReplyTo", "JMSType",
            "JMSCorrelationID", "JMSMessageID");

    private final NeutralMessage message;
    private final Dropped dropped;
    private final NeutralMessage.Header header;
    private final AmqpWriter out = new AmqpWriter(512);
    /** By annotation name; a byte[] under {@link Raw} is already encoded. */
    private final Map<String, Object> annotations = new LinkedHashMap<>();
    private final Map<String, Object> footer = new LinkedHashMap<>();
    private final Map<String, Object> application = new LinkedHashMap<>();

    /** A value that is AMQP already. */
    private record Raw(byte[] encoded) { }

    private NeutralWriter(NeutralMessage message, Dropped dropped) {
        this.message = message;
        this.dropped = dropped;
        this.header = message.header();
    }

    static byte[] write(NeutralMessage message, Dropped dropped) {
        return new NeutralWriter(message, dropped).write();
    }

    private byte[] write() {
        message.properties().forEach(this::sort);
        annotate();
        writeHeader();
        writeMap(AmqpReader.MESSAGE_ANNOTATIONS, annotations, true);
        writeProperties();
        writeMap(AmqpReader.APPLICATION_PROPERTIES, application, false);
        writeBody(message.content());
        writeMap(AmqpReader.FOOTER, footer, true);
        return out.toBytes();
    }

    /** Puts a property where it belongs, or nowhere if it is bookkeeping. */
    private void sort(String name, Object value) {
        if (name.startsWith(Marks.ANNOTATION)) {
            annotations.put(name.substring(Marks.ANNOTATION.length()), value);
        } else if (name.startsWith(Marks.FOOTER)) {
            footer.put(name.substring(Marks.FOOTER.length()), value);
        } else if (name.startsWith(Marks.ENCODED_ANNOTATION) || name.startsWith(Marks.ENCODED_FOOTER)) {
            sortEncoded(name, value);
        } else if (name.equals(Marks.INGRESS_TIMESTAMP)) {
            annotations.put(Names.INGRESS_TIME, value);
        } else if (!bookkeeping(name)) {
            application.put(name, value);
        } else if (name.startsWith("JMS") && !known(name)) {
            dropped.add(Trait.PROPERTY, name);
        }
    }

    /** Anybody may have written such a property: only what is AMQP goes out as that. */
    private void sortEncoded(String name, Object value) {
        if (!(value instanceof byte[]) || !isAmqp((byte[]) value)) {
            dropped.add(Trait.PROPERTY, name);
        } else if (name.startsWith(Marks.ENCODED_ANNOTATION)) {
            annotations.put(name.substring(Marks.ENCODED_ANNOTATION.length()), new Raw((byte[]) value));
        } else {
            footer.put(name.substring(Marks.ENCODED_FOOTER.length()), new Raw((byte[]) value));
        }
    }

    private static boolean isAmqp(byte[] encoded) {
        try {
            AmqpReader reader = new AmqpReader(encoded);
            reader.value();
            return reader.position() == encoded.length;
        } catch (MalformedMessageException other) {
            return false;
        }
    }

    /** Whether it says what a header says too, or how an AMQP message was built. */
    private static boolean known(String name) {
        return name.startsWith("JMS_AMQP_") || KNOWN.contains(name);
    }

    private static boolean bookkeeping(String name) {
        switch (name) {
            case Marks.NATIVE_MESSAGE_ID: case "_AMQ_ROUTING_TYPE": case "_AMQ_GROUP_ID": case "_AMQ_GROUP_SEQUENCE":
            case "_AMQ_SCHED_DELIVERY": case "_AMQ_VALIDATED_USER":
                return true;
            default:
                return name.startsWith("JMS") || name.startsWith("_AMQ_ROUTE_TO") || name.startsWith(Names.CLIENT_ID);
        }
    }

    private void annotate() {
        annotations.put(Names.JMS_DESTINATION, (byte) (header.routing() == Message.ROUTE_MULTICAST ? 1 : 0));
        annotations.put(Names.JMS_MESSAGE_TYPE, type(message.content()));
        Destination replyTo = header.replyTo();
        if (replyTo.present() && replyTo.kind() != Destination.Kind.UNKNOWN) {
            annotations.put(Names.JMS_REPLY_TO, (byte) (replyTo.kind().ordinal() - 1));
        } else {
            annotations.remove(Names.JMS_REPLY_TO);
        }
        if (header.deliverAt() > 0) {
            annotations.put(Names.DELIVERY_TIME, header.deliverAt());
        }
    }

    private static byte type(Content content) {
        if (content instanceof Content.Serialized) {
            return 1;
        } else if (content instanceof Content.Mapping) {
            return 2;
        } else if (content instanceof Content.Bytes) {
            return 3;
        } else if (content instanceof Content.Sequence) {
            return 4;
        }
        return (byte) (content instanceof Content.Text ? 5 : 0);
    }

    private void writeHeader() {
        boolean firstAcquirer = Boolean.TRUE.equals(message.properties().get(Marks.FIRST_ACQUIRER));
        if (!header.durable() && header.priority() == PRIORITY_DEFAULT && header.expiration() == 0 && !firstAcquirer) {
            return;
        }
        out.descriptor(AmqpReader.HEADER);
        int place = out.beginList();
        out.bool(header.durable());
        out.ubyte(header.priority());
        if (header.expiration() > 0) {
            out.uint(Math.min(Math.max(1, header.expiration() - System.currentTimeMillis()), 0xffff_ffffL));
        } else {
            out.nothing();
        }
        out.bool(firstAcquirer).end(place, 4);
    }

    private void writeMap(int section, Map<String, Object> entries, boolean symbolKeys) {
        if (entries.isEmpty()) {
            return;
        }
        out.descriptor(section);
        int place = out.beginMap();
        entries.forEach((key, value) -> {
            if (symbolKeys) {
                out.symbol(key);
            } else {
                out.string(key);
            }
            if (value instanceof Raw) {
                byte[] encoded = ((Raw) value).encoded();
                out.raw(encoded, 0, encoded.length);
            } else {
                out.value(value);
            }
        });
        out.end(place, entries.size() * 2);
    }

    private void writeProperties() {
        out.descriptor(AmqpReader.PROPERTIES);
        int place = out.beginList();
        id(messageId());
        user();
        text(header.address());
        text(header.type());
        text(header.replyTo().name());
        id(header.correlationId());
        symbol(message.content() instanceof Content.Serialized ? Names.SERIALIZED : contentType());
        symbol(mark(Marks.CONTENT_ENCODING));
        time(header.expiration());
        time(header.timestamp());
        text(header.group());
        if (header.groupSequence() != 0) {
            out.uint(header.groupSequence() & 0xffff_ffffL);
        } else {
            out.nothing();
        }
        text(mark(Marks.REPLY_TO_GROUP_ID));
        out.end(place, PropertiesField.REPLY_TO_GROUP_ID + 1);
    }

    private Object messageId() {
        String original = mark(Marks.NATIVE_MESSAGE_ID);
        return original.isEmpty() ? header.messageId() : original;
    }

    private String contentType() {
        return header.contentType().isEmpty() ? mark(Marks.CONTENT_TYPE) : header.contentType();
    }

    private String mark(String name) {
        Object value = message.properties().get(name);
        return value instanceof String ? (String) value : "";
    }

    private void id(Object id) {
        if ("".equals(id)) {
            out.nothing();
        } else {
            MessageIds.write(out, id);
        }
    }

    private void user() {
        String user = header.userId().isEmpty() ? mark("_AMQ_VALIDATED_USER") : header.userId();
        if (user.isEmpty()) {
            out.nothing();
        } else {
            out.binary(user.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void text(String value) {
        if (value.isEmpty()) {
            out.nothing();
        } else {
            out.string(value);
        }
    }

    private void symbol(String value) {
        if (value.isEmpty()) {
            out.nothing();
        } else {
            out.symbol(value);
        }
    }

    private void time(long millis) {
        if (millis == 0) {
            out.nothing();
        } else {
            out.timestamp(millis);
        }
    }

    private void writeBody(Content content) {
        Object encoding = message.properties().get(Marks.ORIGINAL_ENCODING);
        int mark = encoding instanceof Number ? ((Number) encoding).intValue() : 0;
        if (content instanceof Content.Text) {
            writeText(((Content.Text) content).text(), mark);
        } else if (content instanceof Content.Bytes) {
            writeBytes(((Content.Bytes) content).bytes(), mark);
        } else if (content instanceof Content.Mapping) {
            out.descriptor(AmqpReader.VALUE).value(((Content.Mapping) content).entries());
        } else if (content instanceof Content.Sequence) {
            out.descriptor(mark == Marks.VALUE_LIST ? AmqpReader.VALUE : AmqpReader.SEQUENCE).list(((Content.Sequence) content).values());
        } else if (content instanceof Content.Serialized) {
            out.descriptor(AmqpReader.DATA).binary(((Content.Serialized) content).bytes());
        } else {
            out.descriptor(AmqpReader.VALUE).nothing();
        }
    }

    private void writeText(String text, int mark) {
        if (mark == Marks.DATA) {
            out.descriptor(AmqpReader.DATA).binary(text.getBytes(StandardCharsets.UTF_8));
        } else if (mark != Marks.NO_BODY || !text.isEmpty()) {
            out.descriptor(AmqpReader.VALUE).string(text);
        }
    }

    private void writeBytes(byte[] bytes, int mark) {
        if (mark == Marks.VALUE_BINARY) {
            out.descriptor(AmqpReader.VALUE).binary(bytes);
        } else if (mark != Marks.NO_BODY || bytes.length > 0) {
            out.descriptor(AmqpReader.DATA).binary(bytes);
        }
    }
}
