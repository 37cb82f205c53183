package io.delos.queue;

import io.delos.store.MemoryBudget;
import io.delos.store.MemoryBudget.Share;

/**
 * How much of the heap queues may take, with all windows together and with all that they have handed out. Any thread. While there is plenty
 * a queue's window may be wide, else it is narrow, and consumers that hold much are handed no more.
 */
public final class WindowBudget {

    private static final long WIDE = 32L << 20;
    private static final long NARROW = 256L << 10;
    /** What a consumer may hold when the share is used up, in bytes; beyond twice the share only those go on that hold nothing. */
    private static final long LITTLE = 128L << 10;

    private static final long MOST_TRANSIT = 1 << 20;
    private static final long LEAST_TRANSIT = 16 << 10;

    private final MemoryBudget memory;
    private final long total;

    /** {@code total}: bytes for all windows at most. */
    public WindowBudget(MemoryBudget memory, long total) {
        this.memory = memory;
        this.total = Math.min(total, memory.limit(Share.WINDOWS));
    }

    void add(long bytes) {
        memory.add(Share.WINDOWS, bytes);
    }

    /** Bytes that one queue's window may hold now. */
    long windowBytes() {
        long left = total - memory.used(Share.WINDOWS);
        return left <= 0 ? Math.min(NARROW, Math.max(1, total / 64)) : Math.max(NARROW, Math.min(WIDE, left / 4));
    }

    /** A consumer was handed so many bytes more, or gave up so many. */
    void handed(long bytes) {
        memory.add(Share.HANDED, bytes);
    }

    /** So many bytes more, or fewer, are under way to sockets. */
    void underWay(long bytes) {
        memory.add(Share.SENDING, bytes);
    }

    /** Bytes that may be under way to one consumer now, who waits when they are until its socket has taken some. */
    long transitBytes() {
        long limit = memory.limit(Share.SENDING);
        long left = limit - memory.used(Share.SENDING);
        return left > 0 ? Math.max(LEAST_TRANSIT, Math.min(MOST_TRANSIT, left / 16)) : -left < limit ? LEAST_TRANSIT : 1;
    }

    /**
     * Whether a consumer that holds so many bytes may be handed more: as long as it holds less than is left. So the first that never
     * acknowledges gets half of the share, the next half of the rest, and there is always something for one that does.
     */
    boolean mayHold(long held) {
        long limit = memory.limit(Share.HANDED);
        long used = memory.used(Share.HANDED);
        return held == 0 || held < limit - used || held < LITTLE && used < 2 * limit;
    }

    /** Bytes that may be handed out. */
    long handedLimit() {
        return memory.limit(Share.HANDED);
    }

    /** Bytes in all windows. */
    public long used() {
        return memory.used(Share.WINDOWS);
    }

    /** Bytes that all windows may hold. */
    public long total() {
        return total;
    }
}
