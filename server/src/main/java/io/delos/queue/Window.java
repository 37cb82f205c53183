package io.delos.queue;

/** The part of a queue that is in memory, ready to go: a chain for each priority. Owned by the queue's loop. */
final class Window {

    private static final int LEVELS = 10;

    /** Each made when it is first needed: most queues see one priority, and there may be very many queues. */
    private final EntryChain[] levels = new EntryChain[LEVELS];
    private int occupied;
    private int count;
    private long bytes;

    private EntryChain level(Entry entry) {
        EntryChain level = levels[entry.priority()];
        if (level == null) {
            level = new EntryChain();
            levels[entry.priority()] = level;
        }
        return level;
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Adds an entry whose order is greater than that of all others of its priority. */
    void addLast(Entry entry) {
        add(entry, level(entry).tail());
    }

    /** Puts an entry where its order says; cheap near the head, where returned entries belong. */
    void insert(Entry entry) {
        Entry after = null;
        Entry candidate = level(entry).head();
        while (candidate != null && candidate.order < entry.order) {
            after = candidate;
            candidate = candidate.next;
        }
        add(entry, after);
    }

    private void add(Entry entry, Entry after) {
        level(entry).insert(entry, after);
        occupied |= 1 << entry.priority();
        count++;
        bytes += entry.message.size();
    }

    void remove(Entry entry) {
        EntryChain level = levels[entry.priority()];
        level.remove(entry);
        if (level.isEmpty()) {
            occupied &= ~(1 << entry.priority());
        }
        count--;
        bytes -= entry.message.size();
    }

    boolean contains(Entry entry) {
        return entry.chain != null && entry.chain == levels[entry.priority()];
    }

    /** The first entry of the highest priority; null if there is none. */
    Entry first() {
        return highest(occupied);
    }

    /** The entry after this one in dispatch order; null if it is the last. */
    Entry after(Entry entry) {
        return entry.next != null ? entry.next : highest(occupied & ((1 << entry.priority()) - 1));
    }

    private Entry highest(int candidates) {
        return candidates == 0 ? null : levels[31 - Integer.numberOfLeadingZeros(candidates)].head();
    }

    /** Whether {@code entry} is served before {@code other}. */
    static boolean before(Entry entry, Entry other) {
        return entry.priority() > other.priority() || entry.priority() == other.priority() && entry.order < other.order;
    }
}
