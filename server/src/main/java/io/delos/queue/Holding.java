package io.delos.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Takes out of a queue that is being restored what undecided transactions have acknowledged. Owned by the starting thread, before the queue's
 * loop has anything to do.
 */
final class Holding {

    private final Storage storage;
    private final long[] positions;
    private final List<Entry> held = new ArrayList<>();

    /** {@code positions} ascend. */
    Holding(Storage storage, long[] positions) {
        this.storage = storage;
        this.positions = positions;
    }

    /** The entries, each priority's in order; their places are empty now, and theirs still. */
    List<Entry> take() {
        window();
        for (int level = 0; level < Window.LEVELS; level++) {
            if (storage.backlog().holds(level)) {
                storage.backlog().lane(level).hold(positions, held);
            }
        }
        if (!storage.later().schedule().isEmpty()) {
            storage.later().hold(positions, held);
        }
        held.sort(Comparator.comparingLong(entry -> entry.order));
        return held;
    }

    private void window() {
        Entry entry = storage.window().first();
        while (entry != null) {
            Entry next = storage.window().after(entry);
            if (entry.durable() && Arrays.binarySearch(positions, entry.id) >= 0) {
                storage.remove(entry);
                held.add(entry);
            }
            entry = next;
        }
    }
}
