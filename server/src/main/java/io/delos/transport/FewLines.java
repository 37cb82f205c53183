package io.delos.transport;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Keeps thousands of connections that end for the same reason from filling the log: so many
 * lines a second. Any thread. */
final class FewLines {

    private static final int A_SECOND = 10;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final LongSupplier nanos;
    private final AtomicLong since;
    private final AtomicInteger lines = new AtomicInteger();

    FewLines(LongSupplier nanos) {
        this.nanos = nanos;
        this.since = new AtomicLong(nanos.getAsLong());
    }

    /** The line as it may be written; empty when there were too many. */
    Optional<String> line(String text) {
        long now = nanos.getAsLong();
        long began = since.get();
        if (now - began >= SECOND_NANOS && since.compareAndSet(began, now)) {
            lines.set(0);
        }
        int number = lines.incrementAndGet();
        return number > A_SECOND ? Optional.empty()
                : Optional.of(number < A_SECOND ? text : text + " (more of these within a second are not written)");
    }
}
