package io.delos.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The properties of a packet to a client, as MQTT 5 writes them (2.2.2). Not thread-safe. */
final class Fields {

    private final ByteBuf bytes = Unpooled.buffer(32);

    Fields octet(int id, int value) {
        bytes.writeByte(id).writeByte(value);
        return this;
    }

    Fields u16(int id, int value) {
        bytes.writeByte(id).writeShort(value);
        return this;
    }

    Fields u32(int id, long value) {
        bytes.writeByte(id).writeInt((int) value);
        return this;
    }

    /** A text of at most 65,535 bytes. */
    Fields text(int id, String text) {
        return binary(id, text.getBytes(StandardCharsets.UTF_8));
    }

    Fields binary(int id, byte[] value) {
        bytes.writeByte(id).writeShort(value.length).writeBytes(value);
        return this;
    }

    /** How many bytes they are, without their own length. */
    int size() {
        return bytes.readableBytes();
    }

    /** Appends their length and them. */
    void writeTo(ByteBuf out) {
        PacketWriter.writeInt(out, size());
        out.writeBytes(bytes, bytes.readerIndex(), size());
    }
}
