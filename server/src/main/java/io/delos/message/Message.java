package io.delos.message;

import java.util.Objects;

/**
 * An immutable message: the envelope that routing, limits and queues look at, and the bytes in the dialect of the client that sent it. The
 * body of a large one lies in a file; its bytes are then, as its dialect has it, those of the same message with an empty body or those in front
 * of the body.
 * Safe on any thread. It has no identity of its own: the place it takes in a queue has one.
 */
public final class Message {

    /** A routing type that the sender left open: both kinds of queue are served. */
    public static final byte ROUTE_BOTH = -1;
    /** Only multicast queues are served. */
    public static final byte ROUTE_MULTICAST = 0;
    /** One anycast queue is served. */
    public static final byte ROUTE_ANYCAST = 1;

    /** What a stored message costs beside its bytes, in bytes; an estimate used for limits. */
    private static final int OVERHEAD = 96;

    private final String address;
    private final byte routing;
    private final boolean durable;
    private final byte priority;
    private final long expiration;
    private final long timestamp;
    private final long deliverAt;
    private final String group;
    private final String duplicateId;
    private final byte format;
    private final byte[] bytes;
    private final LargeBody body;
    private volatile Message translated;

    private Message(Builder b) {
        this.address = b.address;
        this.routing = b.routing;
        this.durable = b.durable;
        this.priority = b.priority;
        this.expiration = b.expiration;
        this.timestamp = b.timestamp;
        this.deliverAt = b.deliverAt;
        this.group = b.group;
        this.duplicateId = b.duplicateId;
        this.format = b.format;
        this.bytes = b.bytes;
        this.body = b.body;
    }

    /** Starts a message whose encoded form is {@code bytes} in the dialect {@code format}; the array belongs to the message from now on. */
    public static Builder of(byte format, byte[] bytes) {
        return new Builder(format, bytes);
    }

    /** The address it was sent to; never empty for a routed message. May be an FQQN when the sender named one. */
    public String address() {
        return address;
    }

    /** {@link #ROUTE_BOTH}, {@link #ROUTE_MULTICAST} or {@link #ROUTE_ANYCAST}. */
    public byte routing() {
        return routing;
    }

    /** Whether it survives a restart in durable queues. */
    public boolean durable() {
        return durable;
    }

    /** 0 to 9, 9 first. */
    public int priority() {
        return priority;
    }

    /** When it expires, in milliseconds since the epoch; 0 for never. */
    public long expiration() {
        return expiration;
    }

    /** Whether it has expired at {@code nowMillis}. */
    public boolean expired(long nowMillis) {
        return expiration != 0 && expiration <= nowMillis;
    }

    /** When it was sent, in milliseconds since the epoch; 0 if the sender did not say. */
    public long timestamp() {
        return timestamp;
    }

    /** Not to be delivered before, in milliseconds since the epoch; 0 for at once. */
    public long deliverAt() {
        return deliverAt;
    }

    /** The message group; empty for none. */
    public String group() {
        return group;
    }

    /** The sender's duplicate-detection id; empty for none. */
    public String duplicateId() {
        return duplicateId;
    }

    /** The dialect of {@link #bytes()}: a {@link MessageFormat#id()}. */
    public byte format() {
        return format;
    }

    /** The encoded message; of a {@link #large} one without its body. Shared, never to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether its body lies in a file. */
    public boolean large() {
        return body != LargeBody.NONE;
    }

    /** The body that lies in a file; {@link LargeBody#NONE} when all of the message is in {@link #bytes()}. */
    public LargeBody body() {
        return body;
    }

    /** What the encoded message has with its body, in bytes. */
    public long encodedLength() {
        return bytes.length + body.length();
    }

    /** What it counts against limits, in bytes: what it takes in memory, so without a body that lies in a file. */
    public int size() {
        return bytes.length + address.length() + OVERHEAD;
    }

    /** A builder that starts as a copy of this message. */
    public Builder toBuilder() {
        return new Builder(format, bytes).body(body).address(address).routing(routing).durable(durable).priority(priority).expiration(expiration)
                .timestamp(timestamp).deliverAt(deliverAt).group(group).duplicateId(duplicateId);
    }

    /** This message in another dialect; the last translation is kept, because consumers of a fan-out tend to speak the same. */
    Message translatedTo(MessageFormat target, Formats formats) {
        Message known = translated;
        if (known != null && known.format == target.id()) {
            return known;
        }
        if (large() && !formats.of(format).bodyIsBytes(this)) {
            throw new MalformedMessageException("a body of " + body.length() + " bytes in a file, which is not translated where it lies");
        }
        Dropped dropped = new Dropped();
        NeutralMessage neutral = formats.of(format).read(this);
        byte[] encoded = large() ? target.writeHead(neutral, body.length(), dropped) : target.write(neutral, dropped);
        if (!dropped.isEmpty()) {
            formats.dropped(this, target.id(), dropped);
        }
        Message made = toBuilder().encoded(target.id(), encoded).build();
        translated = made;
        return made;
    }

    @Override
    public String toString() {
        return "Message[" + address + ", format " + format + ", " + encodedLength() + " bytes" + (durable ? ", durable]" : "]");
    }

    /** Collects an envelope. Not thread-safe. */
    public static final class Builder {
        private String address = "";
        private byte routing = ROUTE_BOTH;
        private boolean durable;
        private byte priority = 4;
        private long expiration;
        private long timestamp;
        private long deliverAt;
        private String group = "";
        private String duplicateId = "";
        private byte format;
        private byte[] bytes;
        private LargeBody body = LargeBody.NONE;

        private Builder(byte format, byte[] bytes) {
            encoded(format, bytes);
        }

        /** Replaces the encoded form. */
        public Builder encoded(byte format, byte[] bytes) {
            this.format = format;
            this.bytes = Objects.requireNonNull(bytes);
            return this;
        }

        /** Where the body lies that the encoded form lacks. */
        public Builder body(LargeBody body) {
            this.body = Objects.requireNonNull(body);
            return this;
        }

        public Builder address(String address) {
            this.address = Objects.requireNonNull(address);
            return this;
        }

        public Builder routing(byte routing) {
            this.routing = routing;
            return this;
        }

        public Builder durable(boolean durable) {
            this.durable = durable;
            return this;
        }

        /** Values outside 0 to 9 are brought to the nearer end. */
        public Builder priority(int priority) {
            this.priority = (byte) Math.max(0, Math.min(9, priority));
            return this;
        }

        public Builder expiration(long expiration) {
            this.expiration = Math.max(0, expiration);
            return this;
        }

        public Builder timestamp(long timestamp) {
            this.timestamp = timestamp;
            return this;
        }

        public Builder deliverAt(long deliverAt) {
            this.deliverAt = deliverAt;
            return this;
        }

        public Builder group(String group) {
            this.group = Objects.requireNonNull(group);
            return this;
        }

        public Builder duplicateId(String duplicateId) {
            this.duplicateId = Objects.requireNonNull(duplicateId);
            return this;
        }

        public Message build() {
            return new Message(this);
        }
    }
}
