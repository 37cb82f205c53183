package io.delos.address;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** The last duplicate-detection ids seen on one address. Any thread; claims are rare enough for a lock. */
public final class DuplicateIds {

    private final int capacity;
    private final Set<String> known = new HashSet<>();
    private final ArrayDeque<String> order = new ArrayDeque<>();

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
        if (order.size() > capacity) {
            known.remove(order.poll());
        }
        return true;
    }

    /** Gives back an id whose message did not come to be. */
    public synchronized void release(String id) {
        if (known.remove(id)) {
            order.removeLastOccurrence(id);
        }
    }

    /** The ids, oldest first. */
    public synchronized String[] all() {
        return order.toArray(new String[0]);
    }

    public synchronized int size() {
        return order.size();
    }
}
