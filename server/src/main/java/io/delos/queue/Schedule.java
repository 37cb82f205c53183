package io.delos.queue;

import io.delos.message.Message;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What waits for its time. Owned by the queue's loop. A durable message waits as a reference: its bytes stay on disk. */
final class Schedule {

    /** One that waits; {@code message} is null when it lies on disk at {@code position}. */
    record Waiting(long at, long sequence, long position, int size, int mark, Message message) { }

    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Waiting::at).thenComparingLong(Waiting::sequence));
    private long sequence;

    /** {@code mark}: as {@link Refs#mark} says. */
    void add(long at, long position, int size, int mark, Message message) {
        waiting.add(new Waiting(at, sequence++, position, size, mark, message));
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int count() {
        return waiting.size();
    }

    /** When the next is due, in milliseconds since the epoch; there must be one. */
    long nextAt() {
        return waiting.peek().at();
    }

    /** The next one that is due at {@code now}; null if none is. */
    Waiting pollDue(long now) {
        Waiting first = waiting.peek();
        return first != null && first.at() <= now ? waiting.poll() : null;
    }

    Iterable<Waiting> all() {
        return waiting;
    }

    void clear() {
        waiting.clear();
    }
}
