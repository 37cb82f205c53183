package io.delos.stomp;

import io.delos.message.Content;
import io.delos.message.CorrelationIds;
import io.delos.message.Destination;
import io.delos.message.Dropped;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.delos.message.Readable;
import io.delos.message.Trait;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * How a message sent by STOMP is stored. Stateless; any thread. What its envelope knows is not repeated in the bytes.
 *
 * <pre>
 *   message := version (1 byte, 1) | flags (1 byte, bit 0: the body is bytes, not text) | length of headers (varint)
 *              | headers (a run, see {@link Headers}) | body
 * </pre>
 *
 * The body of a large message lies in a file, and nothing of it here.
 *
 * The mapping to the neutral form is that of the interoperation facts, section 4; property types do not survive STOMP.
 */
final class StompFormat implements MessageFormat {

    private static final byte LAYOUT = 1;
    private static final byte BODY_IS_BYTES = 1;
    private static final int FLAGS_AT = 1;
    private static final int HEADERS_LENGTH_AT = 2;

    @Override
    public byte id() {
        return STOMP;
    }

    /** The stored form of a frame a client sent. */
    static byte[] encode(Headers headers, boolean bodyIsBytes, ByteBuf body) {
        byte[] encoded = head(headers, bodyIsBytes, body.readableBytes());
        int bodyAt = encoded.length - body.readableBytes();
        body.getBytes(body.readerIndex(), encoded, bodyAt, body.readableBytes());
        return encoded;
    }

    private static byte[] encode(Headers headers, boolean bodyIsBytes, byte[] body) {
        byte[] encoded = head(headers, bodyIsBytes, body.length);
        System.arraycopy(body, 0, encoded, encoded.length - body.length, body.length);
        return encoded;
    }

    private static byte[] head(Headers headers, boolean bodyIsBytes, int room) {
        int length = headers.length();
        byte[] encoded = new byte[HEADERS_LENGTH_AT + Headers.varintLength(length) + length + room];
        encoded[0] = LAYOUT;
        encoded[FLAGS_AT] = bodyIsBytes ? BODY_IS_BYTES : 0;
        headers.copyTo(encoded, Headers.putVarint(encoded, HEADERS_LENGTH_AT, length));
        return encoded;
    }

    static boolean bodyIsBytes(byte[] encoded) {
        return (encoded[FLAGS_AT] & BODY_IS_BYTES) != 0;
    }

    /** Makes {@code headers} a view of those stored here; returns where the body begins. */
    static int open(byte[] encoded, Headers headers) {
        Headers.Cursor cursor = cursor(encoded);
        headers.view(encoded, cursor.at(), cursor.stop());
        return cursor.stop();
    }

    private static Headers.Cursor cursor(byte[] encoded) {
        if (encoded.length <= HEADERS_LENGTH_AT || encoded[0] != LAYOUT) {
            throw new MalformedMessageException("these are not the bytes of a STOMP message");
        }
        return Headers.Cursor.lengthAndRun(encoded, HEADERS_LENGTH_AT);
    }

    @Override
    public NeutralMessage read(Message message) {
        byte[] encoded = message.bytes();
        NeutralMessage.Builder neutral = NeutralMessage.from(message);
        Headers.Cursor cursor = cursor(encoded);
        int bodyAt = cursor.stop();
        while (cursor.next()) {
            int known = Header.find(encoded, cursor.nameAt, cursor.nameLength);
            if (known < 0 || !header(neutral, Header.at(known), cursor.text())) {
                neutral.property(cursor.name(), cursor.value());
            }
        }
        byte[] body = Arrays.copyOfRange(encoded, bodyAt, encoded.length);
        return neutral.content(bodyIsBytes(encoded) ? new Content.Bytes(body) : new Content.Text(new String(body, StandardCharsets.UTF_8)))
                .build();
    }

    /** Takes it for a header of the neutral form; false if it is a property there. */
    private static boolean header(NeutralMessage.Builder neutral, Header header, String value) {
        switch (header) {
            case CORRELATION_ID -> neutral.correlationId(CorrelationIds.parse(value));
            case TYPE -> neutral.type(value);
            case REPLY_TO -> neutral.replyTo(Destination.parse(value));
            case CONTENT_TYPE -> neutral.contentType(value);
            case VALIDATED_USER -> neutral.userId(value);
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public byte[] write(NeutralMessage message, Dropped dropped) {
        NeutralMessage.Header from = message.header();
        Headers headers = new Headers();
        set(headers, Header.CORRELATION_ID, CorrelationIds.text(from.correlationId()));
        set(headers, Header.REPLY_TO, from.replyTo().prefixed());
        set(headers, Header.TYPE, from.type());
        set(headers, Header.CONTENT_TYPE, Readable.contentType(message));
        set(headers, Header.VALIDATED_USER, from.userId());
        if (!from.messageId().isEmpty()) {
            headers.set("NATIVE_MESSAGE_ID", from.messageId());
        }
        if (from.groupSequence() != 0) {
            headers.set("_AMQ_GROUP_SEQUENCE", Integer.toString(from.groupSequence()));
        }
        message.properties().forEach((name, value) -> {
            if (value != null && !name.isEmpty() && (isOurs(name) || !meansSomething(name))) {
                headers.set(name, Readable.text(value));
            } else {
                dropped.add(Trait.PROPERTY, name);
            }
        });
        Content content = message.content();
        return encode(headers, content instanceof Content.Bytes || content instanceof Content.Serialized, body(content));
    }

    private static void set(Headers headers, Header header, String value) {
        if (!value.isEmpty()) {
            headers.set(header.text(), value);
        }
    }

    /** Whether the broker has written it; then it knows what it means. */
    private static boolean isOurs(String name) {
        return name.startsWith("_AMQ_");
    }

    /** Whether STOMP has a header of this name, which the property is not. */
    private static boolean meansSomething(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int known = Header.find(bytes, 0, bytes.length);
        return known >= 0 && Header.at(known).use() != Header.Use.PROPERTY;
    }

    /** Structured bodies have no form in STOMP: they are JSON. */
    private static byte[] body(Content content) {
        if (content instanceof Content.Bytes bytes) {
            return bytes.bytes();
        }
        if (content instanceof Content.Serialized serialized) {
            return serialized.bytes();
        }
        if (content instanceof Content.Text text) {
            return text.text().getBytes(StandardCharsets.UTF_8);
        }
        if (content instanceof Content.Mapping mapping) {
            return Readable.json(mapping.entries()).getBytes(StandardCharsets.UTF_8);
        }
        if (content instanceof Content.Sequence sequence) {
            return Readable.json(sequence.values()).getBytes(StandardCharsets.UTF_8);
        }
        return new byte[0];
    }

    @Override
    public boolean bodyIsBytes(Message message) {
        return bodyIsBytes(message.bytes());
    }

    @Override
    public byte[] writeHead(NeutralMessage message, long length, Dropped dropped) {
        return write(message, dropped);
    }

    @Override
    public byte[] whole(Message message, byte[] body) {
        byte[] head = message.bytes();
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    @Override
    public Object property(Message message, String name) {
        switch (name) {
            case "AMQPriority":
                return message.priority();
            case "AMQTimestamp":
                return message.timestamp();
            case "AMQDurable":
                return message.durable() ? "DURABLE" : "NON_DURABLE";
            case "AMQExpiration":
                return message.expiration();
            case "AMQSize":
                return (int) Math.min(Integer.MAX_VALUE, message.encodedLength());
            case "AMQAddress":
                return message.address();
            case "AMQGroupID", "_AMQ_GROUP_ID":
                return message.group().isEmpty() ? null : message.group();
            case "_AMQ_SCHED_DELIVERY":
                return message.deliverAt() == 0 ? null : message.deliverAt();
            case "_AMQ_ROUTING_TYPE":
                return message.routing() == Message.ROUTE_BOTH ? null : message.routing();
            case "JMSCorrelationID":
                return find(message.bytes(), Header.CORRELATION_ID.text());
            case "JMSType":
                return find(message.bytes(), Header.TYPE.text());
            case "JMSReplyTo":
                return find(message.bytes(), Header.REPLY_TO.text());
            case "_AMQ_GROUP_SEQUENCE":
                Object sequence = find(message.bytes(), name);
                return sequence != null ? sequence : find(message.bytes(), "JMSXGroupSeq");
            case "_AMQ_CONTENT_TYPE":
                return find(message.bytes(), Header.CONTENT_TYPE.text());
            case "JMSXUserID":
                return find(message.bytes(), Header.VALIDATED_USER.text());
            default:
                return find(message.bytes(), name);
        }
    }

    /** Compares bytes, so that a selector that doesn't match allocates nothing but the walk. */
    private static Object find(byte[] encoded, String name) {
        Headers.Cursor cursor = cursor(encoded);
        if (isAscii(name)) {
            while (cursor.next()) {
                if (cursor.nameIs(name)) {
                    return cursor.value();
                }
            }
            return null;
        }
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        while (cursor.next()) {
            if (cursor.nameIs(wanted, 0, wanted.length)) {
                return cursor.value();
            }
        }
        return null;
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> properties, long expiration) {
        return annotate(message, "", properties);
    }

    @Override
    public byte[] again(Message message, String id, String without, Map<String, Object> properties, long expiration) {
        return annotate(message, without, properties);
    }

    private static byte[] annotate(Message message, String without, Map<String, Object> properties) {
        byte[] encoded = message.bytes();
        Headers headers = new Headers();
        Headers.Cursor cursor = cursor(encoded);
        int bodyAt = cursor.stop();
        while (cursor.next()) {
            if (without.isEmpty() || !cursor.nameIs(without)) {
                headers.copy(cursor);
            }
        }
        properties.forEach((name, value) -> headers.set(name, Kind.of(value), Readable.text(value)));
        return encode(headers, bodyIsBytes(encoded), Arrays.copyOfRange(encoded, bodyAt, encoded.length));
    }
}
