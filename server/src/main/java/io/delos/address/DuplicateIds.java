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

    private static final String[] NONE = {};

    private final int capacity;
    /** Made with the first id: there may be very many addresses, and to few of them ids are sent. */
    private Ids ids;

    private static final class Ids {
        final Set<String> known = new HashSet<>();
        final ArrayDeque<String> order = new ArrayDeque<>();
        final Set<String> unconfirmed = new HashSet<>();
    }

    /** Keeps the last {@code capacity} ids. */
    public DuplicateIds(int capacity) {
        this.capacity = capacity;
    }

    /** Takes an id; false if it was taken before. */
    public synchronized boolean claim(String id) {
        if (capacity <= 0) {
            return true;
        }
        if (ids == null) {
            ids = new Ids();
        }
        if (!ids.known.add(id)) {
            return false;
        }
        ids.order.add(id);
        ids.unconfirmed.add(id);
        if (ids.order.size() > capacity) {
            String oldest = ids.order.poll();
            ids.known.remove(oldest);
            ids.unconfirmed.remove(oldest);
        }
        return true;
    }

    /** Its message has come to be. */
    public synchronized void confirm(String id) {
        if (ids != null) {
            ids.unconfirmed.remove(id);
        }
    }

    /** Gives back an id whose message did not come to be. */
    public synchronized void release(String id) {
        if (ids != null && ids.known.remove(id)) {
            ids.order.removeLastOccurrence(id);
            ids.unconfirmed.remove(id);
        }
    }

    /** The confirmed ids, oldest first. */
    public synchronized String[] confirmed() {
        return ids == null ? NONE : ids.order.stream().filter(id -> !ids.unconfirmed.contains(id)).toArray(String[]::new);
    }

    public synchronized int size() {
        return ids == null ? 0 : ids.order.size();
    }
}
