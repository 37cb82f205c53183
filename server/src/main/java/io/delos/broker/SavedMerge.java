package io.delos.broker;

import io.delos.queue.SavedQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Brings the messages of many queues into one order that is right for each of them, and tells of a message once for all that hold it. That is
 * the order of positions, but for messages of large transactions, which lie before where they came to stand: they wait for what stands before
 * them, and if that differs between their queues they are told of more than once. One thread.
 */
final class SavedMerge {

    private static final Comparator<Source> ORDER = Comparator.<Source>comparingLong(source -> source.key)
            .thenComparing(source -> source.cursor.position() != source.key)
            .thenComparingLong(source -> source.cursor.position());

    private final PriorityQueue<Source> sources = new PriorityQueue<>(ORDER);
    private final List<Source> taken = new ArrayList<>();
    private long position;
    private int size;
    private List<String> queues = List.of();

    private static final class Source {
        private final String queue;
        private final List<String> alone;
        private final SavedQueue.Cursor cursor;
        private long key;

        Source(String queue, SavedQueue.Cursor cursor) {
            this.queue = queue;
            this.alone = List.of(queue);
            this.cursor = cursor;
        }

        boolean next() throws IOException {
            boolean more = cursor.next();
            key = more ? Math.max(key, cursor.position()) : key;
            return more;
        }
    }

    /** Adds what a queue holds. */
    void add(String queue, SavedQueue saved) throws IOException {
        for (SavedQueue.Cursor cursor : saved.cursors()) {
            Source source = new Source(queue, cursor);
            if (source.next()) {
                sources.add(source);
            }
        }
    }

    /** Goes to the next message; false at the end. */
    boolean next() throws IOException {
        if (sources.isEmpty()) {
            return false;
        }
        Source first = sources.poll();
        position = first.cursor.position();
        size = first.cursor.size();
        taken.clear();
        taken.add(first);
        while (!sources.isEmpty() && sources.peek().key == first.key && sources.peek().cursor.position() == position) {
            taken.add(sources.poll());
        }
        queues = taken.size() == 1 ? first.alone : taken.stream().map(source -> source.queue).sorted().toList();
        for (Source source : taken) {
            if (source.next()) {
                sources.add(source);
            }
        }
        return true;
    }

    /** Where the message lies. */
    long position() {
        return position;
    }

    /** About what it weighs, in bytes. */
    int size() {
        return size;
    }

    /** The queues that hold it, by name. */
    List<String> queues() {
        return queues;
    }
}
