package io.delos.queue;

import io.delos.message.Message;

/** The part of a queue that is in memory, ready to go: a chain for each priority. Owned by the queue's loop. */
final class Window {

    static final int LEVELS = 10;

    private static final EntryChain NONE = new EntryChain();

    /** Each made when it is first needed: most queues see one priority, and there may be very many queues. */
    private final EntryChain[] levels = new EntryChain[LEVELS];
    private int occupied;
    private int loaded;
    private long bytes;

    private EntryChain levelOf(Entry entry) {
        EntryChain level = levels[entry.priority()];
        if (level == null) {
            level = new EntryChain();
            levels[entry.priority()] = level;
        }
        return level;
    }

    /** Entries whose message is in memory. */
    int count() {
        return loaded;
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return occupied == 0;
    }

    /** Adds an entry whose order is greater than that of all others of its priority. */
    void addLast(Entry entry) {
        add(entry, levelOf(entry).tail());
    }

    /** Puts an entry where its order says; cheap near the head, where returned entries belong, and near the tail. */
    void insert(Entry entry) {
        EntryChain level = levelOf(entry);
        Entry first = level.head();
        Entry last = level.tail();
        if (first == null || entry.order - first.order < last.order - entry.order) {
            Entry after = null;
            for (Entry next = first; next != null && next.order < entry.order; next = next.next) {
                after = next;
            }
            add(entry, after);
        } else {
            Entry after = last;
            while (after != null && after.order > entry.order) {
                after = after.prev;
            }
            add(entry, after);
        }
    }

    private void add(Entry entry, Entry after) {
        levelOf(entry).insert(entry, after);
        occupied |= 1 << entry.priority();
        loaded += entry.bare() ? 0 : 1;
        bytes += entry.weight();
    }

    void remove(Entry entry) {
        EntryChain level = levels[entry.priority()];
        level.remove(entry);
        if (level.isEmpty()) {
            occupied &= ~(1 << entry.priority());
        }
        loaded -= entry.bare() ? 0 : 1;
        bytes -= entry.weight();
    }

    /** Gives up the message of an entry that lies at {@code place} on disk. */
    void bare(Entry entry, long place) {
        loaded--;
        bytes -= entry.weight();
        entry.chain.bare(entry, place);
    }

    /** The message of an entry is in memory again. */
    void loaded(Entry entry, Message message) {
        entry.chain.loaded(entry, message);
        loaded++;
        bytes += entry.weight();
    }

    /** Entries of one priority whose message is in memory. */
    int count(int level) {
        return level(level).loaded();
    }

    /** What the entries of one priority weigh. */
    long bytes(int level) {
        return level(level).bytes();
    }

    /** Whether there are entries of lower priority than this. */
    boolean holdsBelow(int level) {
        return (occupied & (1 << level) - 1) != 0;
    }

    /** The entries of one priority, in order; to look at. */
    EntryChain level(int level) {
        return levels[level] == null ? NONE : levels[level];
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
