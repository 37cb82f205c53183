package io.delos.mqtt;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is connected on one loop, which owns this, and what has come and gone there. */
final class Ledger {

    private static final int COUNTS = Count.values().length;

    private final Map<String, Attended> attended = new HashMap<>();
    private final long[] counts = new long[COUNTS];
    private final Crowd crowd;

    Ledger(Crowd crowd) {
        this.crowd = crowd;
    }

    /** How many clients are connected on all loops, and were at most. Any thread. */
    static final class Crowd {
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        private void came() {
            int present = now.incrementAndGet();
            most.accumulateAndGet(present, Math::max);
        }

        int now() {
            return now.get();
        }

        int most() {
            return most.get();
        }
    }

    /** The client has been let in. */
    void enter(Attended one) {
        if (attended.put(one.session().clientId(), one) == null) {
            crowd.came();
        }
    }

    /** Its connection has ended; harmless if another connection of its session has come to this loop. */
    void leave(Attended one) {
        if (attended.remove(one.session().clientId(), one)) {
            crowd.now.decrementAndGet();
        }
    }

    Optional<Attended> find(String clientId) {
        return Optional.ofNullable(attended.get(clientId));
    }

    Collection<Attended> all() {
        return attended.values();
    }

    void add(Count what, long number) {
        counts[what.ordinal()] += number;
    }

    /** The counts as they are now, in the order of {@link Count}. */
    long[] counts() {
        return counts.clone();
    }
}
