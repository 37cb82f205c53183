package io.delos.queue;

/** A doubly linked list through the entries themselves; an entry is in at most one. Owned by the queue's loop. */
final class EntryChain {

    private Entry head;
    private Entry tail;
    private int count;
    private long bytes;

    int count() {
        return count;
    }

    /** What the messages weigh. */
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
        count++;
        bytes += entry.message.size();
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
        count--;
        bytes -= entry.message.size();
        entry.prev = null;
        entry.next = null;
    }
}
