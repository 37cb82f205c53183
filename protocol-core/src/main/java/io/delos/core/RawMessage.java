package io.delos.core;

import io.delos.message.Formats;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A message in CORE's own terms, nothing of it interpreted: for who carries messages from one broker to another. Immutable, but for its map and
 * its array, which are nobody else's.
 *
 * @param kind       how the body is to be read
 * @param priority   0 to 9
 * @param expiration milliseconds since the epoch, 0 for never
 * @param timestamp  milliseconds since the epoch, 0 for unknown
 * @param properties by name: wrappers of primitives, String, byte[] or null
 * @param body       the body's bytes as CORE lays them out (section 7.7)
 */
public record RawMessage(Kind kind, boolean durable, int priority, long expiration, long timestamp, Optional<UUID> userId,
                         Map<String, Object> properties, byte[] body) {

    /** The kinds of bodies. */
    public enum Kind {
        DEFAULT(CoreMessage.DEFAULT_KIND), OBJECT(CoreMessage.OBJECT_KIND), TEXT(CoreMessage.TEXT_KIND), BYTES(CoreMessage.BYTES_KIND),
        MAP(CoreMessage.MAP_KIND), STREAM(CoreMessage.STREAM_KIND);

        private final byte code;

        Kind(byte code) {
            this.code = code;
        }

        private static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return DEFAULT;
        }
    }

    /**
     * What a stored message is in CORE's terms, translated if it came in another dialect.
     *
     * @throws MalformedMessageException if its bytes are not what they should be
     */
    public static RawMessage of(Message stored, Formats formats) {
        RawMessage raw = read(formats.translate(stored, MessageFormat.CORE).bytes());
        if (stored.routing() != Message.ROUTE_BOTH) {
            raw.properties.put(Names.ROUTING_TYPE, stored.routing());
        }
        if (stored.deliverAt() != 0) {
            raw.properties.put(Names.SCHEDULED, stored.deliverAt());
        }
        return new RawMessage(raw.kind, stored.durable(), stored.priority(), stored.expiration(), stored.timestamp(), raw.userId, raw.properties,
                raw.body);
    }

    /** Reads what {@link #write} wrote; MalformedMessageException if it is something else. */
    public static RawMessage read(byte[] bytes) {
        try {
            CoreMessage core = CoreMessage.of(bytes);
            return new RawMessage(Kind.of(core.kind()), core.durable(), core.priority(), core.expiration(), core.timestamp(), core.userId(),
                    new LinkedHashMap<>(core.properties()), Wire.take(core.body(), core.bodyLength()));
        } catch (MalformedPacketException e) {
            throw new MalformedMessageException("a CORE message is damaged: " + e.getMessage(), e);
        }
    }

    /** The whole message as bytes, without an address. */
    public byte[] write() {
        return core(Optional.empty(), properties).bytes();
    }

    /** Whether its sender sent it as a large one. */
    public boolean large() {
        return properties.containsKey(Names.LARGE_SIZE);
    }

    /** The same, sent as a large one whose body has so many bytes. */
    public RawMessage asLarge(long length) {
        if (large()) {
            return this;
        }
        Map<String, Object> more = new LinkedHashMap<>(properties);
        more.put(Names.LARGE_SIZE, length);
        return new RawMessage(kind, durable, priority, expiration, timestamp, userId, more, body);
    }

    /** What is sent to {@code address} for the queues with these ids. */
    CoreMessage routed(String address, long[] queues) {
        ByteBuffer ids = ByteBuffer.allocate(queues.length * Long.BYTES);
        for (long id : queues) {
            ids.putLong(id);
        }
        Map<String, Object> more = new LinkedHashMap<>(properties);
        more.put(Names.ROUTE_TO, ids.array());
        return core(Optional.of(address), more);
    }

    /** What a large message says of the size of its body of {@code length} bytes: that before compression, if it is compressed. */
    long bodySize(long length) {
        return Boolean.TRUE.equals(properties.get(Names.LARGE_COMPRESSED)) && properties.get(Names.LARGE_SIZE) instanceof Long size ? size : length;
    }

    private CoreMessage core(Optional<String> address, Map<String, Object> all) {
        ByteBuf content = Unpooled.wrappedBuffer(body);
        return CoreMessage.create(new CoreMessage.Head(0, address, userId, kind.code, durable, expiration, timestamp, (byte) priority, all), content);
    }
}
