package io.delos.queue;

import java.util.concurrent.atomic.AtomicLong;

/** How much of the heap all windows together may take. Any thread. While there is plenty a queue's window may be wide, else it is narrow. */
public final class WindowBudget {

    private static final long WIDE = 32L << 20;
    private static final long NARROW = 256L << 10;

    private final long total;
    private final AtomicLong used = new AtomicLong();

    /** {@code total} bytes for all windows. */
    public WindowBudget(long total) {
        this.total = total;
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Bytes that one queue's window may hold now. */
    long windowBytes() {
        long left = total - used.get();
        return left <= 0 ? NARROW : Math.max(NARROW, Math.min(WIDE, left / 4));
    }

    /** Bytes in all windows. */
    public long used() {
        return used.get();
    }
}
