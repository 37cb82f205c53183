package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was sent over a session's channel and the client has not confirmed, to be sent again when the session goes on over another connection
 * (section 5.3). Packets count from the session's first. When they are too many the oldest are forgotten, and with them the chance to go on
 * for a client that has not got them. Owned by the session's loop.
 */
final class SentPackets {
    private static final byte CONFIRMED = 22;

    /** Bytes that each session may keep though all together keep too much. */
    private static final long LITTLE = 32 << 10;

    private final long most;
    private final Deque<byte[]> frames = new ArrayDeque<>();
    /** The number of the first that is kept, or would be. */
    private long first;
    private long bytes;

    /** @param most bytes that are kept */
    SentPackets(long most) {
        this.most = most;
    }

    /**
     * A frame of {@code size} bytes has been written at {@code start}; answers how many bytes more are kept than before, perhaps fewer.
     *
     * @param plenty whether there is memory for so much as each session may keep
     */
    long wrote(ByteBuf out, int start, int size, boolean plenty) {
        if (out.getByte(start + Integer.BYTES) == CONFIRMED) {
            return 0;
        }
        byte[] frame = new byte[size];
        out.getBytes(start, frame);
        long before = bytes;
        frames.add(frame);
        bytes += size;
        long limit = plenty ? most : Math.min(most, LITTLE);
        while (bytes > limit) {
            drop();
        }
        return bytes - before;
    }

    private void drop() {
        bytes -= frames.remove().length;
        first++;
    }

    /** The client has all up to this one; answers how many bytes fewer are kept. */
    long confirmed(int command) {
        long before = bytes;
        while (first <= command && !frames.isEmpty()) {
            drop();
        }
        return before - bytes;
    }

    /** Whether all are here that come behind this one. */
    boolean followsOn(int command) {
        return command + 1L >= first && command < first + frames.size();
    }

    /** Those that are kept, in order. */
    Iterable<byte[]> all() {
        return frames;
    }

    long bytes() {
        return bytes;
    }
}
