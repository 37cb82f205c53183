package io.delos.address;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The last duplicate-detection ids seen on one address. An id is claimed when its message comes, and confirmed when the message is durable:
 * only then it may be written down, or a crash in between would have the message refused when it is sent again; and only then who sends it
 * again may be told that it is there. Any thread; claims are rare
 * enough for a lock.
 */
public final class DuplicateIds {

    private static final String[] NONE = {};

    private int capacity;
    /** Made with the first id: there may be very many addresses, and to few of them ids are sent. */
    private Ids ids;

    private static final class Ids {
        final Set<String> known = new HashSet<>();
        final ArrayDeque<String> order = new ArrayDeque<>();
        /** With those who wait for what becomes of it. */
        final Map<String, List<Runnable>> unconfirmed = new HashMap<>();
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
        ids.unconfirmed.put(id, List.of());
        if (ids.order.size() > capacity) {
            forgetOldest();
        }
        return true;
    }

    /** How many are kept from now on. */
    public synchronized void capacity(int changed) {
        capacity = changed;
        while (ids != null && ids.order.size() > Math.max(0, capacity)) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        String oldest = ids.order.poll();
        ids.known.remove(oldest);
        decided(oldest);
    }

    /** Whether the message with this id has come to be. */
    public synchronized boolean has(String id) {
        return ids != null && ids.known.contains(id) && !ids.unconfirmed.containsKey(id);
    }

    /** Forgets all ids whose messages have come to be. */
    public synchronized void clear() {
        if (ids != null) {
            ids.order.removeIf(id -> !ids.unconfirmed.containsKey(id));
            ids.known.retainAll(ids.unconfirmed.keySet());
        }
    }

    /** Its message has come to be. */
    public synchronized void confirm(String id) {
        if (ids != null) {
            decided(id);
        }
    }

    /**
     * Has a task run, on any thread and perhaps at once, when it is known what became of an id that was taken: then it is to be claimed again.
     * False, and nothing runs, if its message has come to be.
     */
    public synchronized boolean await(String id, Runnable task) {
        if (ids == null || !ids.known.contains(id)) {
            task.run();
            return true;
        }
        if (!ids.unconfirmed.containsKey(id)) {
            return false;
        }
        List<Runnable> waiting = new ArrayList<>(ids.unconfirmed.get(id));
        waiting.add(task);
        ids.unconfirmed.put(id, waiting);
        return true;
    }

    private void decided(String id) {
        List<Runnable> waiting = ids.unconfirmed.remove(id);
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }

    /** Gives back an id whose message did not come to be. */
    public synchronized void release(String id) {
        if (ids != null && ids.known.remove(id)) {
            ids.order.removeLastOccurrence(id);
            decided(id);
        }
    }

    /** The confirmed ids, oldest first. */
    public synchronized String[] confirmed() {
        return ids == null ? NONE : ids.order.stream().filter(id -> !ids.unconfirmed.containsKey(id)).toArray(String[]::new);
    }

    public synchronized int size() {
        return ids == null ? 0 : ids.order.size();
    }
}
