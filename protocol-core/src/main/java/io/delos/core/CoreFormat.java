package io.delos.core;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Dropped;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.delos.message.Readable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * How CORE writes a message: the stored bytes are a {@link CoreMessage}'s block, as the client sent it. Stateless; any thread.
 * The mapping to the neutral form is that of the interoperation facts, sections 1 and 3.
 */
public final class CoreFormat implements MessageFormat {
    private static final String ID = "ID:";
    private static final int UUID_LENGTH = 36;

    @Override
    public byte id() {
        return CORE;
    }

    /** The envelope of a message a client sent to {@code address}. */
    static Message envelope(CoreMessage message, String address) {
        Hints hints = message.hints();
        return Message.of(CORE, message.bytes()).address(address).routing(hints.routing()).durable(message.durable())
                .priority(message.priority()).expiration(message.expiration()).timestamp(message.timestamp())
                .deliverAt(hints.deliverAt()).group(hints.group()).duplicateId(hints.duplicateId()).build();
    }

    private static CoreMessage parse(Message message) {
        try {
            return CoreMessage.of(message.bytes());
        } catch (MalformedPacketException e) {
            throw new MalformedMessageException("a stored CORE message is damaged", e);
        }
    }

    @Override
    public NeutralMessage read(Message message) {
        CoreMessage core = parse(message);
        NeutralMessage.Builder neutral = NeutralMessage.from(message);
        core.userId().ifPresent(id -> neutral.messageId(ID + id));
        Map<String, Object> properties = core.properties();
        Object sequence = properties.remove(Names.GROUP_SEQUENCE);
        neutral.group(text(properties.remove(Names.GROUP_ID)), sequence instanceof Number number ? number.intValue() : 0);
        neutral.type(text(properties.remove(Names.TYPE)));
        Object contentType = properties.remove(Names.CONTENT_TYPE);
        neutral.contentType(text(contentType == null ? properties.get(Readable.CONTENT_TYPE) : contentType));
        neutral.userId(text(properties.remove(Names.VALIDATED_USER)));
        properties.remove(Names.ROUTING_TYPE);
        properties.remove(Names.SCHEDULED);
        if (properties.remove(Names.NATIVE_MESSAGE_ID) instanceof String id) {
            neutral.messageId(id);
        }
        Object correlation = properties.remove(Names.CORRELATION_ID);
        neutral.correlationId(correlation instanceof byte[] ? correlation : text(correlation));
        if (properties.remove(Names.REPLY_TO) instanceof String replyTo && !replyTo.isEmpty()) {
            neutral.replyTo(Destination.parse(replyTo));
        }
        boolean compressed = Boolean.TRUE.equals(properties.remove(Names.LARGE_COMPRESSED));
        properties.remove(Names.LARGE_SIZE);
        properties.forEach(neutral::property);
        return neutral.content(content(core, compressed)).build();
    }

    private static Content content(CoreMessage core, boolean compressed) {
        try {
            return Bodies.read(core.kind(), compressed ? Bodies.inflate(core.body()) : core.body());
        } catch (MalformedPacketException | IndexOutOfBoundsException e) {
            throw new MalformedMessageException("the body of a CORE message is not of its kind (" + core.kind() + ")", e);
        }
    }

    private static String text(Object value) {
        return value == null ? "" : value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value.toString();
    }

    @Override
    public byte[] write(NeutralMessage message, Dropped dropped) {
        NeutralMessage.Header header = message.header();
        Map<String, Object> properties = Bodies.storable(message.properties());
        Optional<UUID> userId = Optional.empty();
        if (!header.messageId().isEmpty()) {
            userId = uuid(header.messageId());
            if (userId.isEmpty()) {
                userId = Optional.of(UUID.nameUUIDFromBytes(header.messageId().getBytes(StandardCharsets.UTF_8)));
                properties.put(Names.NATIVE_MESSAGE_ID, header.messageId());
            }
        }
        putHeaders(properties, header);
        CoreMessage.Head head = new CoreMessage.Head(0, Optional.of(header.address()), userId, Bodies.kind(message.content()),
                header.durable(), header.expiration(), header.timestamp(), (byte) header.priority(), properties);
        return CoreMessage.create(head, Bodies.write(message.content())).bytes();
    }

    private static void putHeaders(Map<String, Object> properties, NeutralMessage.Header header) {
        if (header.routing() != Message.ROUTE_BOTH) {
            properties.put(Names.ROUTING_TYPE, header.routing());
        }
        if (header.deliverAt() != 0) {
            properties.put(Names.SCHEDULED, header.deliverAt());
        }
        put(properties, Names.GROUP_ID, header.group());
        if (!header.group().isEmpty() && header.groupSequence() != 0) {
            properties.put(Names.GROUP_SEQUENCE, header.groupSequence());
        }
        put(properties, Names.TYPE, header.type());
        put(properties, Names.CONTENT_TYPE, header.contentType());
        put(properties, Names.VALIDATED_USER, header.userId());
        put(properties, Names.REPLY_TO, header.replyTo().present() ? header.replyTo().prefixed() : "");
        if (header.correlationId() instanceof byte[] bytes) {
            properties.put(Names.CORRELATION_ID, bytes);
        } else {
            put(properties, Names.CORRELATION_ID, header.correlationId().toString());
        }
    }

    private static void put(Map<String, Object> properties, String name, String value) {
        if (!value.isEmpty()) {
            properties.put(name, value);
        }
    }

    /** The id in a text like {@code ID:8dc0c5a3-e53e-11f1-b40c-02fc00000001}. */
    private static Optional<UUID> uuid(String messageId) {
        if (!messageId.startsWith(ID) || messageId.length() != ID.length() + UUID_LENGTH) {
            return Optional.empty();
        }
        String text = messageId.substring(ID.length());
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equals(text) ? Optional.of(uuid) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public Object property(Message message, String name) {
        if (name.startsWith("AMQ")) {
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
                    return message.large() ? (Object) message.encodedLength() : message.bytes().length;
                case "AMQAddress":
                    return message.address();
                case "AMQGroupID":
                    return message.group().isEmpty() ? null : message.group();
                case "AMQUserID":
                    return parse(message).userId().map(id -> ID + id).orElse(null);
                default:
                    // a property that only looks like ours
            }
        }
        try {
            ByteBuf block = Unpooled.wrappedBuffer(message.bytes());
            CoreMessage.toProperties(block);
            return TypedProperties.find(block, name);
        } catch (MalformedPacketException | IndexOutOfBoundsException e) {
            throw new MalformedMessageException("a stored CORE message is damaged", e);
        }
    }

    @Override
    public boolean bodyIsBytes(Message message) {
        CoreMessage core = parse(message);
        return core.kind() == CoreMessage.BYTES_KIND && !Boolean.TRUE.equals(core.property(Names.LARGE_COMPRESSED));
    }

    @Override
    public byte[] writeHead(NeutralMessage message, long length, Dropped dropped) {
        Map<String, Object> properties = new LinkedHashMap<>(message.properties());
        properties.put(Names.LARGE_SIZE, length);
        return write(new NeutralMessage(message.header(), properties, message.content()), dropped);
    }

    @Override
    public byte[] whole(Message message, byte[] body) {
        return parse(message).withBody(body).bytes();
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> added, long expiration) {
        CoreMessage core = parse(message);
        Map<String, Object> properties = new LinkedHashMap<>(core.properties());
        if (message.routing() == Message.ROUTE_BOTH) {
            properties.remove(Names.ROUTING_TYPE);
        } else {
            properties.put(Names.ROUTING_TYPE, message.routing());
        }
        properties.putAll(Bodies.storable(added));
        CoreMessage.Head head = new CoreMessage.Head(0, Optional.of(message.address()), core.userId(), core.kind(), core.durable(),
                expiration, core.timestamp(), (byte) message.priority(), properties);
        return CoreMessage.create(head, core.body()).bytes();
    }
}
