package io.delos.broker;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes all sessions together have read behind sends that wait for room. Any thread. */
final class ReadAhead {

    private final AtomicLong bytes = new AtomicLong();
    private final long most;

    /** {@code most} bytes; beyond it whoever waits is read no further, within its own bound or not. */
    ReadAhead(long most) {
        this.most = most;
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    boolean full() {
        return bytes.get() >= most;
    }

    long bytes() {
        return bytes.get();
    }
}
