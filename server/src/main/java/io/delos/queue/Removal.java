package io.delos.queue;

import io.delos.store.ColdMessages;
import java.util.Arrays;

/** Counts what leaves a queue unseen, and stops counting it wherever it was counted. Owned by the queue's loop. */
final class Removal {

    private final Queue queue;
    private long durable;
    private long count;
    private long bytes;
    private long[] staged = new long[16];
    private int stagedCount;

    Removal(Queue queue) {
        this.queue = queue;
    }

    /** One of these references that is in memory no more. */
    void add(Refs refs) {
        for (int i = 0; i < refs.count(); i++) {
            add(refs.kept(i) == null ? refs.position(i) : Queue.NO_POSITION, refs.size(i), refs.staged(i));
        }
    }

    /** {@code position}: in the journal, in the spill log, or {@link Queue#NO_POSITION}. */
    void add(long position, int size, boolean ofTransaction) {
        count++;
        bytes += size;
        boolean isDurable = position != Queue.NO_POSITION && !ColdMessages.spilled(position);
        queue.counters().left(size, isDurable);
        if (isDurable && ofTransaction) {
            addStaged(position);
        } else if (isDurable) {
            durable++;
        }
        if (position != Queue.NO_POSITION) {
            queue.cold().retain(position, -1);
        }
    }

    private void addStaged(long position) {
        if (stagedCount == staged.length) {
            staged = Arrays.copyOf(staged, stagedCount * 2);
        }
        staged[stagedCount++] = position;
    }

    /** Tells the address that it is lighter now. */
    void done() {
        queue.usage().remove(bytes, count);
    }

    long count() {
        return count;
    }

    Removed removed(long upTo, long[] held) {
        return new Removed(count, bytes, durable, upTo, held, Arrays.copyOf(staged, stagedCount));
    }
}
