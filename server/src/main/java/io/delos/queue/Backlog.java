package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The part of a queue behind its window: references only, in order, in chunks. Owned by the queue's loop. */
final class Backlog {

    private static final int CHUNK = 4096;

    private final ArrayDeque<Refs> chunks = new ArrayDeque<>();
    private long count;

    boolean isEmpty() {
        return count == 0;
    }

    long count() {
        return count;
    }

    void add(long position, Message message, int failures, boolean onDisk) {
        tail().add(position, message.size(), message.priority(), failures, onDisk ? null : message);
        count++;
    }

    /** Adds a message of a large transaction, which lies on disk. */
    void addStaged(long position, int size, int mark) {
        tail().addMarked(position, size, mark, null);
        count++;
    }

    /** The chunk that was added to last; there must be one. */
    Refs last() {
        return chunks.peekLast();
    }

    private Refs tail() {
        Refs last = chunks.peekLast();
        if (last == null || last.full()) {
            last = new Refs(CHUNK);
            chunks.add(last);
        }
        return last;
    }

    /** Takes over restored references; they come before everything added later. */
    void addAll(Refs refs) {
        if (refs.count() > 0) {
            chunks.add(refs);
            count += refs.count();
        }
    }

    /** Takes references from the head: at most {@code max}, and no more than {@code bytes} together but at least one. */
    Refs take(int max, long bytes) {
        Refs taken = new Refs(Math.min(max, 512));
        long left = bytes;
        while (taken.count() < max && !chunks.isEmpty() && (left > 0 || taken.count() == 0)) {
            Refs first = chunks.peekFirst();
            int n = 0;
            while (n < first.count() && taken.count() + n < max && (left > 0 || taken.count() + n == 0)) {
                left -= first.size(n++);
            }
            first.moveTo(taken, n);
            if (first.count() == 0) {
                chunks.removeFirst();
            }
        }
        count -= taken.count();
        return taken;
    }

    /** All chunks in order, to look at. */
    void forEach(Consumer<Refs> look) {
        chunks.forEach(look);
    }

    void clear() {
        chunks.clear();
        count = 0;
    }
}
