package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A will as it is remembered, so that it is published even if the broker ends before its client does (MQTT 5, 3.1.2.5). Immutable.
 *
 * @param stamp         of the connection that left it
 * @param expirySeconds how long the session outlives that connection
 */
record WillRecord(long stamp, long expirySeconds, Will will) {

    private static final byte VERSION = 1;

    /** How long to wait for the client, in seconds from its end. */
    long delaySeconds() {
        return Math.min(will.delaySeconds(), expirySeconds);
    }

    byte[] write() {
        Message draft = will.draft();
        ByteBuf out = Unpooled.buffer(64 + draft.bytes().length);
        out.writeByte(VERSION).writeLong(stamp).writeInt((int) expirySeconds).writeInt((int) will.delaySeconds());
        out.writeLong(will.expiryMillis()).writeBoolean(will.retain()).writeBoolean(draft.durable()).writeByte(draft.routing());
        RememberedText.write(out, will.topic());
        RememberedText.write(out, draft.address());
        out.writeBytes(draft.bytes());
        byte[] written = new byte[out.readableBytes()];
        out.readBytes(written);
        return written;
    }

    /** Reads what {@link #write} wrote; MalformedMessageException if it is something else. */
    static WillRecord read(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            if (in.readByte() != VERSION) {
                throw new MalformedMessageException("a remembered will is of version " + bytes[0]);
            }
            long stamp = in.readLong();
            long expirySeconds = in.readUnsignedInt();
            long delaySeconds = in.readUnsignedInt();
            long expiryMillis = in.readLong();
            boolean retain = in.readBoolean();
            boolean durable = in.readBoolean();
            byte routing = in.readByte();
            String topic = RememberedText.read(in);
            String address = RememberedText.read(in);
            byte[] stored = new byte[in.readableBytes()];
            in.readBytes(stored);
            Publication.of(stored);
            Message draft = Message.of(MessageFormat.MQTT, stored).address(address).routing(routing).durable(durable).priority(0).build();
            return new WillRecord(stamp, expirySeconds, new Will(topic, draft, retain, expiryMillis, delaySeconds));
        } catch (IndexOutOfBoundsException early) {
            throw new MalformedMessageException("a remembered will ends early", early);
        }
    }
}
