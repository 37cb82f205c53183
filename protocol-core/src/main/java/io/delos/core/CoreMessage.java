package io.delos.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A message as CORE clients write it: the body, then its header and properties, in the layout of version 129 and later (section 7.1).
 * The bytes are what the client sent and never change; the fields are where they lie and the few that every message needs.
 *
 * @param bytes        the whole block: the end of the body as an int, the body, the header part; owned by this message
 * @param headAt       where the header part begins: its first eight bytes are the message id
 * @param address      absent when a client relies on its session's default address
 * @param kind         one of the {@code *_KIND} constants: how the body is to be read
 * @param expiration   milliseconds since the epoch, 0 for never
 * @param timestamp    milliseconds since the epoch, 0 for unknown
 * @param propertiesAt where the typed properties begin
 * @param hints        what the broker wants to know of the properties
 */
record CoreMessage(byte[] bytes, int headAt, Optional<String> address, Optional<UUID> userId, byte kind, boolean durable,
                   long expiration, long timestamp, byte priority, int propertiesAt, Hints hints) {
    static final byte DEFAULT_KIND = 0;
    static final byte OBJECT_KIND = 2;
    static final byte TEXT_KIND = 3;
    static final byte BYTES_KIND = 4;
    static final byte MAP_KIND = 5;
    static final byte STREAM_KIND = 6;

    /** What the end of the body counts beyond the body itself: the frame header, by convention. */
    private static final int BASE = 13;
    /** The same before version 129, whose blocks carry one more int behind the body. */
    private static final int OLD_BASE = 17;

    /** Copies the next {@code length} bytes, checking that header and properties can be read. */
    static CoreMessage read(ByteBuf in, int length, int version) throws MalformedPacketException {
        if (length < 0 || length > in.readableBytes()) {
            throw new MalformedPacketException("a message of " + length + " bytes where " + in.readableBytes() + " are left");
        }
        boolean old = version < Version.ADDRESS_MODEL;
        int base = old ? OLD_BASE : BASE;
        int start = in.readerIndex();
        long bodyLength = (long) in.getInt(start) - base;
        if (bodyLength < 0 || bodyLength > length - Integer.BYTES) {
            throw new MalformedPacketException("a body of " + bodyLength + " bytes in a message of " + length);
        }
        byte[] bytes = old ? modern(in, length, (int) bodyLength) : Wire.take(in, length);
        return of(bytes);
    }

    /** Drops the extra int of old blocks. */
    private static byte[] modern(ByteBuf in, int length, int bodyLength) throws MalformedPacketException {
        int headLength = length - 2 * Integer.BYTES - bodyLength;
        if (headLength < 0) {
            throw new MalformedPacketException("a message of " + length + " bytes has no header");
        }
        byte[] bytes = new byte[length - Integer.BYTES];
        ByteBuf block = Unpooled.wrappedBuffer(bytes).writerIndex(0).writeInt(bodyLength + BASE);
        in.skipBytes(Integer.BYTES);
        in.readBytes(block, bodyLength);
        in.skipBytes(Integer.BYTES);
        in.readBytes(block, headLength);
        return bytes;
    }

    /** The message whose header part (all but its body) comes next, up to the end of {@code in}. */
    static CoreMessage readHead(ByteBuf in) throws MalformedPacketException {
        byte[] bytes = new byte[Integer.BYTES + in.readableBytes()];
        ByteBuf block = Unpooled.wrappedBuffer(bytes).writerIndex(0).writeInt(BASE);
        block.writeBytes(in);
        return of(bytes);
    }

    /** The message in {@code bytes}, which become its own. */
    static CoreMessage of(byte[] bytes) throws MalformedPacketException {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            int headAt = headAt(in);
            in.readerIndex(headAt + Long.BYTES);
            Optional<String> address = Wire.readOptionalText(in);
            Optional<UUID> userId = Wire.readBoolean(in) ? Optional.of(new UUID(in.readLong(), in.readLong())) : Optional.empty();
            byte kind = in.readByte();
            boolean durable = Wire.readBoolean(in);
            long expiration = in.readLong();
            long timestamp = in.readLong();
            byte priority = in.readByte();
            int propertiesAt = in.readerIndex();
            return new CoreMessage(bytes, headAt, address, userId, kind, durable, expiration, timestamp, priority, propertiesAt,
                    Hints.read(in));
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedPacketException("the message ends early");
        }
    }

    /** Where the header part of a block begins that starts at the reader index; an absolute index. */
    static int headAt(ByteBuf block) throws MalformedPacketException {
        int start = block.readerIndex();
        int headAt = block.getInt(start) - BASE + Integer.BYTES;
        if (headAt < Integer.BYTES || headAt > block.readableBytes()) {
            throw new MalformedPacketException("a header at " + headAt + " in a message of " + block.readableBytes() + " bytes");
        }
        return start + headAt;
    }

    /** Moves the reader index of a block to its properties. */
    static void toProperties(ByteBuf block) throws MalformedPacketException {
        block.readerIndex(headAt(block) + Long.BYTES);
        if (Wire.readBoolean(block)) {
            Wire.skipText(block);
        }
        block.skipBytes(Wire.readBoolean(block) ? 2 * Long.BYTES : 0);
        block.skipBytes(1 + 1 + 2 * Long.BYTES + 1);
    }

    /** A message with this header and {@code body}. */
    static CoreMessage create(Head head, ByteBuf body) {
        ByteBuf block = Unpooled.buffer(Integer.BYTES + body.readableBytes() + 256);
        block.writeInt(body.readableBytes() + BASE);
        block.writeBytes(body, body.readerIndex(), body.readableBytes());
        head.write(block);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        try {
            return of(bytes);
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
        }
    }

    /** This message's header with {@code newBody}. */
    CoreMessage withBody(byte[] newBody) {
        int headLength = bytes.length - headAt;
        byte[] all = new byte[Integer.BYTES + newBody.length + headLength];
        Unpooled.wrappedBuffer(all).writerIndex(0).writeInt(newBody.length + BASE).writeBytes(newBody).writeBytes(bytes, headAt, headLength);
        int shift = Integer.BYTES + newBody.length - headAt;
        return new CoreMessage(all, headAt + shift, address, userId, kind, durable, expiration, timestamp, priority,
                propertiesAt + shift, hints);
    }

    /** This message with these properties set beside its own. */
    CoreMessage withProperties(Map<String, Object> added) {
        Map<String, Object> all = properties();
        all.putAll(added);
        return create(new Head(id(), address, userId, kind, durable, expiration, timestamp, priority, all), body());
    }

    /** The id a broker put in; 0 in messages from clients. */
    long id() {
        return Unpooled.wrappedBuffer(bytes).getLong(headAt);
    }

    int bodyLength() {
        return headAt - Integer.BYTES;
    }

    ByteBuf body() {
        return Unpooled.wrappedBuffer(bytes, Integer.BYTES, bodyLength());
    }

    /** Header part, as large messages send it ahead of their body. */
    ByteBuf head() {
        return Unpooled.wrappedBuffer(bytes, headAt, bytes.length - headAt);
    }

    Map<String, Object> properties() {
        try {
            return TypedProperties.read(Unpooled.wrappedBuffer(bytes).readerIndex(propertiesAt));
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of one property, null when absent. */
    Object property(String name) {
        try {
            return TypedProperties.find(Unpooled.wrappedBuffer(bytes).readerIndex(propertiesAt), name);
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a block in the layout {@code version} knows, with {@code id} in its place. */
    static void write(ByteBuf out, byte[] block, long id, int version) {
        int start = out.writerIndex();
        int bodyEnd = bodyEnd(block);
        int idAt = start + bodyEnd;
        if (version < Version.ADDRESS_MODEL) {
            idAt += Integer.BYTES;
            out.writeInt(bodyEnd - Integer.BYTES + OLD_BASE);
            out.writeBytes(block, Integer.BYTES, bodyEnd - Integer.BYTES);
            out.writeInt(BASE + Integer.BYTES + block.length);
            out.writeBytes(block, bodyEnd, block.length - bodyEnd);
        } else {
            out.writeBytes(block);
        }
        out.setLong(idAt, id);
    }

    /** Where the body of a well-formed block ends and its header part begins. */
    static int bodyEnd(byte[] block) {
        return ((block[0] & 0xFF) << 24 | (block[1] & 0xFF) << 16 | (block[2] & 0xFF) << 8 | block[3] & 0xFF) - BASE + Integer.BYTES;
    }

    /** Whether a well-formed block says that it was sent to {@code address}. */
    static boolean sentTo(byte[] block, String address) {
        int at = bodyEnd(block) + Long.BYTES;
        int length = address.length();
        if (block[at] == 0 || block.length < at + 1 + Integer.BYTES + 2 * length
                || block[at + 4] != (byte) (2 * length) || block[at + 3] != (byte) (2 * length >> 8)) {
            return false;
        }
        int text = at + 1 + Integer.BYTES;
        for (int i = 0; i < length; i++) {
            char c = address.charAt(i);
            if (block[text + 2 * i] != (byte) c || block[text + 2 * i + 1] != (byte) (c >> 8)) {
                return false;
            }
        }
        return true;
    }

    /** Every field of the header part. */
    record Head(long id, Optional<String> address, Optional<UUID> userId, byte kind, boolean durable, long expiration, long timestamp,
                byte priority, Map<String, Object> properties) {
        void write(ByteBuf out) {
            out.writeLong(id);
            Wire.writeOptionalText(out, address);
            out.writeByte(userId.isPresent() ? 1 : 0);
            userId.ifPresent(uuid -> out.writeLong(uuid.getMostSignificantBits()).writeLong(uuid.getLeastSignificantBits()));
            out.writeByte(kind).writeByte(durable ? 1 : 0).writeLong(expiration).writeLong(timestamp).writeByte(priority);
            TypedProperties.write(out, properties);
        }
    }
}
