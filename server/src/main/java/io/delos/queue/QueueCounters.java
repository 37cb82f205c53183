package io.delos.queue;

import java.util.concurrent.atomic.AtomicLong;

/** What operators ask about a queue. Written by the queue's loop only, read by anybody. */
public final class QueueCounters {

    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong delivering = new AtomicLong();
    private final AtomicLong scheduled = new AtomicLong();
    private final AtomicLong durable = new AtomicLong();
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong expired = new AtomicLong();
    private final AtomicLong killed = new AtomicLong();
    private final AtomicLong consumers = new AtomicLong();
    private final AtomicLong backlog = new AtomicLong();

    private static void add(AtomicLong counter, long n) {
        counter.lazySet(counter.get() + n);
    }

    void entered(int size, boolean isDurable) {
        add(messages, 1);
        add(bytes, size);
        add(added, 1);
        if (isDurable) {
            add(durable, 1);
        }
    }

    void restored(long count, long size) {
        add(messages, count);
        add(durable, count);
        add(bytes, size);
    }

    void left(int size, boolean isDurable) {
        add(messages, -1);
        add(bytes, -size);
        if (isDurable) {
            add(durable, -1);
        }
    }

    void handed(int n) {
        add(delivering, n);
    }

    void scheduled(int n) {
        add(scheduled, n);
    }

    void acknowledged(int n) {
        add(acknowledged, n);
    }

    void expired(int n) {
        add(expired, n);
    }

    void killed(long n) {
        add(killed, n);
    }

    void consumers(int n) {
        consumers.lazySet(n);
    }

    void backlog(long n) {
        backlog.lazySet(n);
    }

    /** Waiting, handed out and scheduled ones together. */
    public long messages() {
        return messages.get();
    }

    public long durableMessages() {
        return durable.get();
    }

    /** Sum of the sizes of {@link #messages()}, in bytes. */
    public long bytes() {
        return bytes.get();
    }

    /** Handed to consumers and not settled. */
    public long delivering() {
        return delivering.get();
    }

    /** Waiting for their time. */
    public long scheduled() {
        return scheduled.get();
    }

    /** Entered since start. */
    public long added() {
        return added.get();
    }

    public long acknowledged() {
        return acknowledged.get();
    }

    public long expired() {
        return expired.get();
    }

    /** Dead-lettered or purged. */
    public long killed() {
        return killed.get();
    }

    public int consumers() {
        return (int) consumers.get();
    }

    /** How many are represented by a reference only, not in memory. */
    public long backlog() {
        return backlog.get();
    }
}
