package io.delos.queue;

/** A doubly linked list through the entries themselves; an entry is in at most one. Owned by the queue's loop. */
final class EntryChain {

    private Entry head;
    private Entry tail;

    Entry head() {
        return head;
    }

    Entry tail() {
        return tail;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Links {@code entry} behind {@code after}, at the head when that is null. */
    void insert(Entry entry, Entry after) {
        assert entry.chain == null;
        Entry before = after == null ? head : after.next;
        entry.chain = this;
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
        entry.prev = null;
        entry.next = null;
    }
}
