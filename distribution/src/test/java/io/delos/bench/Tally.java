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
    private final Histogram latency;
    private volatile long latencyFrom = Long.MAX_VALUE;
    private volatile long latencyTo = Long.MAX_VALUE;
    private long highest = -1;
    private long duplicated;
    private long outOfOrder;

    Tally(int run, int producer) {
        this(run, producer, histogram());
    }

    /** @param latency may be shared by all tallies of one thread; very many of its own take much memory */
    Tally(int run, int producer, Histogram latency) {
        this.run = run;
        this.producer = producer;
        this.latency = latency;
    }

    /** For any latency that a tally records. */
    static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, 3);
    }

    /** Records a message; one left over from another run is passed by. */
    void accept(ByteBuffer body) {
        accept(body, 0);
    }

    /** The same of a body that begins at an index of these bytes. */
    void accept(ByteBuffer bytes, int at) {
        if (Stamp.run(bytes, at) != run || Stamp.producer(bytes, at) != producer) {
            return;
        }
        long sequence = Stamp.sequence(bytes, at);
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
        long due = Stamp.dueNanos(bytes, at);
        if (due >= latencyFrom && due < latencyTo) {
            latency.recordValue(Math.min(LONGEST_NANOS, Math.max(0, System.nanoTime() - due)));
        }
        received.lazySet(received.get() + 1);
    }

    /** Record the latency of messages due from now on. */
    void measureLatency() {
        latencyFrom = System.nanoTime();
    }

    /** And not of those due from now on. */
    void leaveLatency() {
        latencyTo = System.nanoTime();
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
