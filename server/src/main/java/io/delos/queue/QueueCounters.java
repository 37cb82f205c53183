package io.delos.queue;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/** What operators ask about a queue. Written by the queue's loop only, read by anybody. */
public final class QueueCounters {

    // fields and not objects: there may be very many queues
    private static final AtomicLongFieldUpdater<QueueCounters> MESSAGES = counter("messages");
    private static final AtomicLongFieldUpdater<QueueCounters> BYTES = counter("bytes");
    private static final AtomicLongFieldUpdater<QueueCounters> DELIVERING = counter("delivering");
    private static final AtomicLongFieldUpdater<QueueCounters> SCHEDULED = counter("scheduled");
    private static final AtomicLongFieldUpdater<QueueCounters> DURABLE = counter("durable");
    private static final AtomicLongFieldUpdater<QueueCounters> DURABLE_BYTES = counter("durableBytes");
    private static final AtomicLongFieldUpdater<QueueCounters> ADDED = counter("added");
    private static final AtomicLongFieldUpdater<QueueCounters> ACKNOWLEDGED = counter("acknowledged");
    private static final AtomicLongFieldUpdater<QueueCounters> EXPIRED = counter("expired");
    private static final AtomicLongFieldUpdater<QueueCounters> KILLED = counter("killed");
    private static final AtomicLongFieldUpdater<QueueCounters> CONSUMERS = counter("consumers");
    private static final AtomicLongFieldUpdater<QueueCounters> BACKLOG = counter("backlog");

    private volatile long messages;
    private volatile long bytes;
    private volatile long delivering;
    private volatile long scheduled;
    private volatile long durable;
    private volatile long durableBytes;
    private volatile long added;
    private volatile long acknowledged;
    private volatile long expired;
    private volatile long killed;
    private volatile long consumers;
    private volatile long backlog;

    private static AtomicLongFieldUpdater<QueueCounters> counter(String field) {
        return AtomicLongFieldUpdater.newUpdater(QueueCounters.class, field);
    }

    private void add(AtomicLongFieldUpdater<QueueCounters> counter, long n) {
        counter.lazySet(this, counter.get(this) + n);
    }

    void entered(int size, boolean isDurable) {
        add(MESSAGES, 1);
        add(BYTES, size);
        add(ADDED, 1);
        if (isDurable) {
            add(DURABLE, 1);
            add(DURABLE_BYTES, size);
        }
    }

    void restored(long count, long size) {
        add(MESSAGES, count);
        add(DURABLE, count);
        add(BYTES, size);
        add(DURABLE_BYTES, size);
    }

    void left(int size, boolean isDurable) {
        add(MESSAGES, -1);
        add(BYTES, -size);
        if (isDurable) {
            add(DURABLE, -1);
            add(DURABLE_BYTES, -size);
        }
    }

    void left(long count, long size, long durables, long durableSize) {
        add(MESSAGES, -count);
        add(BYTES, -size);
        add(DURABLE, -durables);
        add(DURABLE_BYTES, -durableSize);
    }

    void handed(int n) {
        add(DELIVERING, n);
    }

    void scheduled(int n) {
        add(SCHEDULED, n);
    }

    void acknowledged(int n) {
        add(ACKNOWLEDGED, n);
    }

    void expired(int n) {
        add(EXPIRED, n);
    }

    void killed(long n) {
        add(KILLED, n);
    }

    /** Counts from 0 again; on the queue's loop. */
    public void resetAdded() {
        ADDED.lazySet(this, 0);
    }

    /** Counts from 0 again; on the queue's loop. */
    public void resetAcknowledged() {
        ACKNOWLEDGED.lazySet(this, 0);
    }

    /** Counts from 0 again; on the queue's loop. */
    public void resetExpired() {
        EXPIRED.lazySet(this, 0);
    }

    /** Counts from 0 again; on the queue's loop. */
    public void resetKilled() {
        KILLED.lazySet(this, 0);
    }

    void consumers(int n) {
        CONSUMERS.lazySet(this, n);
    }

    void backlog(long n) {
        BACKLOG.lazySet(this, n);
    }

    /** Waiting, handed out and scheduled ones together. */
    public long messages() {
        return messages;
    }

    public long durableMessages() {
        return durable;
    }

    /** Sum of the sizes of {@link #durableMessages()}, in bytes. */
    public long durableBytes() {
        return durableBytes;
    }

    /** Sum of the sizes of {@link #messages()}, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Handed to consumers and not settled. */
    public long delivering() {
        return delivering;
    }

    /** Waiting for their time. */
    public long scheduled() {
        return scheduled;
    }

    /** Entered since start. */
    public long added() {
        return added;
    }

    public long acknowledged() {
        return acknowledged;
    }

    public long expired() {
        return expired;
    }

    /** Dead-lettered or purged. */
    public long killed() {
        return killed;
    }

    public int consumers() {
        return (int) consumers;
    }

    /** How many are represented by a reference only, not in memory. */
    public long backlog() {
        return backlog;
    }
}
