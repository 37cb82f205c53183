package io.delos.queue;

import io.delos.store.ColdMessages;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;

/** Counts what leaves a queue unseen, and stops counting it wherever it was counted. Owned by the queue's loop. */
final class Removal {

    private final Queue queue;
    private long durable;
    private long count;
    private long bytes;
    private long[] staged = new long[16];
    private int stagedCount;
    private final ArrayDeque<Unread> unread = new ArrayDeque<>(1);

    /** A chunk on disk, some of whose messages have to be named one by one. */
    private record Unread(Lane lane, Chunk chunk) { }

    Removal(Queue queue) {
        this.queue = queue;
    }

    /** All of these references, which are in memory no more. */
    void add(Refs refs) {
        for (int i = 0; i < refs.count(); i++) {
            add(refs, i);
        }
    }

    void add(Refs refs, int i) {
        add(refs.kept(i) == null ? refs.position(i) : Queue.NO_POSITION, refs.size(i), refs.staged(i));
    }

    /** All that is left of a chunk that is only on disk. */
    void add(Lane lane, Chunk chunk) {
        count += chunk.count();
        bytes += chunk.bytes();
        durable += chunk.durableCount();
        queue.counters().left(chunk.count(), chunk.bytes(), chunk.durableCount(), chunk.durableBytes());
        chunk.lives().forEach((base, references) -> queue.cold().retain(base, -references));
        if (chunk.staged()) {
            unread.add(new Unread(lane, chunk));
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

    /** Says what was removed, when the references have been read that have to be; perhaps at once. */
    void removed(long upTo, long[] held, Consumer<Removed> then) {
        Unread next = unread.poll();
        if (next == null) {
            then.accept(new Removed(count, bytes, durable, upTo, held, Arrays.copyOf(staged, stagedCount)));
            return;
        }
        next.lane().read(next.chunk(), refs -> {
            for (int slot = 0; refs != null && slot < refs.count(); slot++) {
                if (next.chunk().had(slot) && refs.staged(slot) && refs.durable(slot)) {
                    addStaged(refs.position(slot));
                }
            }
            removed(upTo, held, then);
        });
    }
}
