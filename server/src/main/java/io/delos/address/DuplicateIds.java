package io.delos.address;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * The last duplicate-detection ids seen on one address. An id is claimed when its message comes, and confirmed when the message is durable:
 * only then it may be written down, or a crash in between would have the message refused when it is sent again. Any thread; claims are rare
 * enough for a lock.
 */
public final class DuplicateIds {

    private final int capacity;
    private final Set<String> known = new HashSet<>();
    private final ArrayDeque<String> order = new ArrayDeque<>();
    private final Set<String> unconfirmed = new HashSet<>();

    /** Keeps the last {@code capacity} ids. */
    public DuplicateIds(int capacity) {
        this.capacity = capacity;
    }

    /** Takes an id; false if it was taken before. */
    public synchronized boolean claim(String id) {
        if (capacity <= 0) {
            return true;
        }
        if (!known.add(id)) {
            return false;
        }
        order.add(id);
        unconfirmed.add(id);
        if (order.size() > capacity) {
            String oldest = order.poll();
            known.remove(oldest);
            unconfirmed.remove(oldest);
        }
        return true;
    }

    /** Its message has come to be. */
    public synchronized void confirm(String id) {
        unconfirmed.remove(id);
    }

    /** Gives back an id whose message did not come to be. */
    public synchronized void release(String id) {
        if (known.remove(id)) {
            order.removeLastOccurrence(id);
            unconfirmed.remove(id);
        }
    }

    /** The confirmed ids, oldest first. */
    public synchronized String[] confirmed() {
        return order.stream().filter(id -> !unconfirmed.contains(id)).toArray(String[]::new);
    }

    public synchronized int size() {
        return order.size();
    }
}
