package io.delos.bench;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What one consumer got from the one producer it listens to. One thread writes; the count may be read by any, the rest after the end. */
final class Tally {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private final int run;
    private final int producer;
    private final AtomicLong received = new AtomicLong();
    private final BitSet seen = new BitSet();
    private final Histogram latency = new Histogram(LONGEST_NANOS, 3);
    private volatile long latencyFrom = Long.MAX_VALUE;
    private long highest = -1;
    private long duplicated;
    private long outOfOrder;

    Tally(int run, int producer) {
        this.run = run;
        this.producer = producer;
    }

    /** Records a message; one left over from another run is passed by. */
    void accept(ByteBuffer body) {
        if (Stamp.run(body) != run || Stamp.producer(body) != producer) {
            return;
        }
        long sequence = Stamp.sequence(body);
        if (seen.get((int) sequence)) {
            duplicated++;
            return;
        }
        seen.set((int) sequence);
        if (sequence < highest) {
            outOfOrder++;
        } else {
            highest = sequence;
        }
        if (Stamp.dueNanos(body) >= latencyFrom) {
            latency.recordValue(Math.min(LONGEST_NANOS, Math.max(0, System.nanoTime() - Stamp.dueNanos(body))));
        }
        received.lazySet(received.get() + 1);
    }

    /** Record the latency of messages due from now on. */
    void measureLatency() {
        latencyFrom = System.nanoTime();
    }

    /** Distinct messages so far. */
    long received() {
        return received.get();
    }

    long duplicated() {
        return duplicated;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    Histogram latency() {
        return latency;
    }
}
