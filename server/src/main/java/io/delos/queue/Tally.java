package io.delos.queue;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A sum that many threads add to, and that may be told to pass on to a larger one. Any thread. Whether it passes on is a bit of the sum
 * itself, so that each addition is on one side of the change or the other and the larger sum is right whenever nobody is adding.
 */
final class Tally {

    private final AtomicLong doubled = new AtomicLong();
    private final AtomicLong larger;

    Tally(AtomicLong larger) {
        this.larger = larger;
    }

    void add(long amount) {
        if ((doubled.getAndAdd(amount << 1) & 1) != 0) {
            larger.addAndGet(amount);
        }
    }

    long sum() {
        return doubled.get() >> 1;
    }

    void passOn(boolean on) {
        long before = doubled.getAndUpdate(value -> on ? value | 1 : value & ~1L);
        boolean was = (before & 1) != 0;
        if (was != on) {
            larger.addAndGet(on ? before >> 1 : -(before >> 1));
        }
    }
}
