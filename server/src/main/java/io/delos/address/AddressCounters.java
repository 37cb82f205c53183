package io.delos.address;

import java.util.concurrent.atomic.LongAdder;

/** What operators ask about an address. Any thread. */
public final class AddressCounters {

    private final LongAdder routed = new LongAdder();
    private final LongAdder unrouted = new LongAdder();

    /** A message found at least one queue. */
    public void routedOne() {
        routed.increment();
    }

    /** A message found none. */
    public void unroutedOne() {
        unrouted.increment();
    }

    public long routed() {
        return routed.sum();
    }

    public long unrouted() {
        return unrouted.sum();
    }
}
