package io.delos.queue;

import io.delos.message.Message;

/** A doubly linked list through the entries themselves; an entry is in at most one. Owned by the queue's loop. */
final class EntryChain {

    private Entry head;
    private Entry tail;
    private int loaded;
    private long bytes;

    /** Those whose message is in memory. */
    int loaded() {
        return loaded;
    }

    /** What they take of the memory for messages: {@link Entry#weight}. */
    long bytes() {
        return bytes;
    }

    Entry head() {
        return head;
    }

    Entry tail() {
        return tail;
    }

    /** The first entry with this order or a greater one, searched from the tail; null if there is none. Orders must ascend. */
    Entry firstFrom(long order) {
        Entry found = null;
        for (Entry entry = tail; entry != null && entry.order >= order; entry = entry.prev) {
            found = entry;
        }
        return found;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Links {@code entry} behind {@code after}, at the head when that is null. */
    void insert(Entry entry, Entry after) {
        assert entry.chain == null;
        Entry before = after == null ? head : after.next;
        entry.chain = this;
        weigh(entry, 1);
        entry.prev = after;
        entry.next = before;
        if (after == null) {
            head = entry;
        } else {
            after.next = entry;
        }
        if (before == null) {
            tail = entry;
        } else {
            before.prev = entry;
        }
    }

    private void weigh(Entry entry, int sign) {
        bytes += (long) sign * entry.weight();
        loaded += entry.bare() ? 0 : sign;
    }

    /** The message of an entry that is here is given up. */
    void bare(Entry entry, long place) {
        assert entry.chain == this;
        weigh(entry, -1);
        entry.bare(place);
        weigh(entry, 1);
    }

    /** The message of an entry that is here is in memory again. */
    void loaded(Entry entry, Message message) {
        assert entry.chain == this;
        weigh(entry, -1);
        entry.loaded(message);
        weigh(entry, 1);
    }

    void remove(Entry entry) {
        assert entry.chain == this;
        if (entry.prev == null) {
            head = entry.next;
        } else {
            entry.prev.next = entry.next;
        }
        if (entry.next == null) {
            tail = entry.prev;
        } else {
            entry.next.prev = entry.prev;
        }
        entry.chain = null;
        weigh(entry, -1);
        entry.prev = null;
        entry.next = null;
    }
}
