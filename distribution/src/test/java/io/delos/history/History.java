package io.delos.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** All that clients did and saw, in the order they wrote it down. Any thread. */
final class History {

    private final List<Operation> operations = new ArrayList<>();
    private final LongSupplier clock;
    private final AtomicInteger numbers;

    /** One whose clock begins now. */
    History() {
        this(sinceNow());
    }

    /** @param clock in nanoseconds; never goes back */
    History(LongSupplier clock) {
        this(clock, 0);
    }

    /** One that goes on where another ended: its numbers are greater than {@code last}. */
    History(LongSupplier clock, int last) {
        this.clock = clock;
        this.numbers = new AtomicInteger(last);
    }

    private static LongSupplier sinceNow() {
        long start = System.nanoTime();
        return () -> System.nanoTime() - start;
    }

    /** The history's clock. */
    long now() {
        return clock.getAsLong();
    }

    Span since(long from) {
        return new Span(from, now());
    }

    /** A number that no message, client or transaction of this history has. */
    int number() {
        return numbers.incrementAndGet();
    }

    synchronized void add(Operation operation) {
        operations.add(operation);
    }

    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** One operation a line, to be read by people. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, operations().stream().map(Operation::toString).toList());
    }
}
