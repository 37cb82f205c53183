package io.delos.direct;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/** What operators ask about a direct address. Written by the address's loop only, read by anybody. */
public final class DirectCounters {

    private static final AtomicLongFieldUpdater<DirectCounters> ACCEPTED = counter("accepted");
    private static final AtomicLongFieldUpdater<DirectCounters> RETURNED = counter("returned");
    private static final AtomicLongFieldUpdater<DirectCounters> DROPPED = counter("dropped");
    private static final AtomicLongFieldUpdater<DirectCounters> PRODUCERS = counter("producers");
    private static final AtomicLongFieldUpdater<DirectCounters> WAITING = counter("waiting");

    private volatile long accepted;
    private volatile long returned;
    private volatile long dropped;
    private volatile long producers;
    private volatile long waiting;

    private static AtomicLongFieldUpdater<DirectCounters> counter(String field) {
        return AtomicLongFieldUpdater.newUpdater(DirectCounters.class, field);
    }

    void ended(Fate fate, boolean settled) {
        AtomicLongFieldUpdater<DirectCounters> counter = fate.kind() == Fate.Kind.ACCEPTED ? ACCEPTED : settled ? DROPPED : RETURNED;
        counter.lazySet(this, counter.get(this) + 1);
    }

    void producers(int n) {
        PRODUCERS.lazySet(this, n);
    }

    void waiting(int n) {
        WAITING.lazySet(this, n);
    }

    /** Messages that were accepted, by all who got them. */
    public long accepted() {
        return accepted;
    }

    /** Messages that were not, as their producers were told. */
    public long returned() {
        return returned;
    }

    /** Messages that were not, and whose producers had asked not to be told. */
    public long dropped() {
        return dropped;
    }

    /** Producers that are given credit. */
    public long producers() {
        return producers;
    }

    /** Messages that wait for a consumer's credit. */
    public long waiting() {
        return waiting;
    }
}
