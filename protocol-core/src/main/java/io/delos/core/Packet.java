package io.delos.core;

import io.netty.buffer.ByteBuf;

/**
 * One frame's content. Each packet is a record with a static {@code read} and a {@code write}; {@link CoreCodec} knows them all. The
 * version is the one the client announced, never 0.
 */
sealed interface Packet permits ConnectionPacket, AnswerPacket, SessionPacket, MessagePacket, ConsumerPacket, QueuePacket {
    /** The type byte of the form that {@code version} knows. */
    byte type(int version);

    /** Writes the body behind type and channel. */
    void write(ByteBuf out, int version);

    /** The same in memory of its own: what was read may lie in its frame's, and is good until the frame is released. */
    default Packet kept() {
        return this;
    }
}
