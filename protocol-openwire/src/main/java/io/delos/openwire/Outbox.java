package io.delos.openwire;

import io.delos.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * What a connection writes; owned by its loop. Commands gather in one buffer that goes to the socket at the end of the loop's turn, or
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
    private boolean closed;
    private long commands;

    Outbox(Channel channel, Loop loop) {
        this.channel = channel;
        this.loop = loop;
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
        commands++;
        if (closed) {
            discard();
            return;
        }
        if (gathered.readableBytes() >= ENOUGH) {
            passOn();
        }
        if (!scheduled) {
            scheduled = true;
            loop.post(flush);
        }
    }

    /** How many commands were written; tells whether the peer has heard something. */
    long commands() {
        return commands;
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

    /** The channel is gone: what is not handed over is forgotten, and what comes is too. */
    void close() {
        closed = true;
        discard();
    }

    private void discard() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
