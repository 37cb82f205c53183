package io.delos.core;

import io.delos.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * What a connection writes; owned by its loop. Packets gather in one buffer that goes to the socket at the end of the loop's turn, or
 * before when it has grown.
 */
final class Outbox {
    private static final int USUAL = 1024;
    private static final int ENOUGH = 64 * 1024;

    private final Channel channel;
    private final Loop loop;
    private final Runnable flush = this::flush;
    private ByteBuf gathered;
    private boolean scheduled;
    private boolean unflushed;

    Outbox(Channel channel, Loop loop) {
        this.channel = channel;
        this.loop = loop;
    }

    /** Writes a packet and returns the size of its frame. */
    int write(long channelId, Packet packet, int version) {
        int size = CoreCodec.encode(room(USUAL), channelId, packet, version);
        written();
        return size;
    }

    /** Where about {@code size} bytes may be written; followed by {@link #written()}. */
    ByteBuf room(int size) {
        if (gathered != null && size > gathered.writableBytes() && gathered.readableBytes() + size > ENOUGH) {
            passOn();
        }
        if (gathered == null) {
            gathered = channel.alloc().ioBuffer(Math.max(USUAL, size));
        }
        return gathered;
    }

    void written() {
        if (gathered.readableBytes() >= ENOUGH) {
            passOn();
        }
        if (!scheduled) {
            scheduled = true;
            loop.post(flush);
        }
    }

    private void passOn() {
        ByteBuf full = gathered;
        gathered = null;
        unflushed = true;
        channel.write(full, channel.voidPromise());
    }

    /** Hands everything to the socket now. */
    void flush() {
        scheduled = false;
        if (gathered != null) {
            passOn();
        }
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Forgets what was not handed over: the channel is gone. */
    void discard() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
