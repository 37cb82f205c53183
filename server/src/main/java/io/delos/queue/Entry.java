package io.delos.queue;

import io.delos.message.Message;

/**
 * A message's place in a queue, out of the backlog; owned by the queue's loop. Also a link of one of the window's lists. The message itself
 * is in memory unless it was let go of, which is done with what lies on disk.
 */
sealed class Entry permits Passing {

    /** An expiration that is known when the message has been read. */
    static final long UNKNOWN = -1;

    /** Where the message lies in the journal, or a transient id ({@link #transientId}) for one that lies in memory only. */
    final long id;
    /** Null when the memory was given up. */
    private Message message;
    /** Where it was spilled to, for one that is not in the journal. */
    private long spilled = Queue.NO_POSITION;
    private final int size;
    private final byte priority;
    /** Smaller orders are nearer the head; a returned entry goes back to where its order says. */
    final long order;
    int failures;
    /** When the message expires, in milliseconds since the epoch; 0 for never, or {@link #UNKNOWN}. */
    private long expiration;
    /** Which value this is the latest of, in a last-value queue; null if of none. */
    String key;
    /** Whether it came with a large transaction. */
    final boolean staged;
    /** It is on its way out, and the message is needed for that. */
    boolean leaving;
    /** Who has it now; null for nobody. */
    Consumer holder;
    Entry prev;
    Entry next;
    /** The chain it is in; null while it is on its way between two. */
    EntryChain chain;

    private static final long TRANSIENT = 1L << 62;
    /** What an entry without its message takes, with its delivery and what a protocol notes of that, in bytes. */
    private static final int BARE = 192;

    Entry(long id, Message message, long order, int failures) {
        this(id, message, order, failures, false);
    }

    Entry(long id, Message message, long order, int failures, boolean staged) {
        this(id, message, message.size(), message.priority(), order, failures, staged);
        expiration = message.expiration();
    }

    private Entry(long id, Message message, int size, int priority, long order, int failures, boolean staged) {
        this.id = id;
        this.message = message;
        this.size = size;
        this.priority = (byte) priority;
        this.order = order;
        this.failures = failures;
        this.staged = staged;
    }

    /** One whose message lies in the journal, as this reference says, and has to be read first. */
    static Entry of(Refs refs, int i, long order) {
        Entry entry = new Entry(refs.position(i), null, refs.size(i), refs.priority(i), order, refs.failures(i), refs.staged(i));
        entry.expiration = refs.lasts(i) ? 0 : UNKNOWN;
        return entry;
    }

    /** One whose message lies at this position, of the journal or of what is spilled, and has to be read first; {@code mark} is as {@link Refs#mark} says. */
    static Entry unread(long id, long position, int size, int mark, long order) {
        Entry entry = new Entry(id, null, size, mark & 0xff, order, mark >>> 16, (mark & Refs.STAGED) != 0);
        entry.expiration = (mark & Refs.LASTS) != 0 ? 0 : UNKNOWN;
        entry.spilled = entry.durable() ? Queue.NO_POSITION : position;
        return entry;
    }

    /** The message; null when it has to be read first. */
    Message message() {
        return message;
    }

    /** Whether the message has to be read first. */
    boolean bare() {
        return message == null;
    }

    /** Gives up the memory; it can be read again from {@link #place}. */
    void bare(long place) {
        assert place != Queue.NO_POSITION;
        message = null;
        if (!durable()) {
            spilled = place;
        }
    }

    /** The message is in memory again. */
    void loaded(Message again) {
        message = again;
        expiration = again.expiration();
        spilled = Queue.NO_POSITION;
    }

    /** What the message counts against limits, in bytes. */
    int size() {
        return size;
    }

    /** What it takes of the memory for messages, in bytes. */
    int weight() {
        return message == null ? Math.min(BARE, size) : size;
    }

    /** Where it lies on disk; {@link Queue#NO_POSITION} if nowhere. */
    long place() {
        return durable() ? id : spilled;
    }

    /** Whether the message is a fact of the journal, so that its end must be one too. */
    boolean durable() {
        return id < TRANSIENT;
    }

    /** An id that no journal position can be. */
    static long transientId(long number) {
        return TRANSIENT | number;
    }

    /** What a reference to it says of it. */
    int mark() {
        return Refs.mark(priority, failures, staged, expiration == 0);
    }

    /** When it expires; 0 for never, {@link #UNKNOWN} if the message has to be read for that. */
    long expiration() {
        return expiration;
    }

    /** Whether it is known to have expired at {@code nowMillis}. */
    boolean expired(long nowMillis) {
        return expiration > 0 && expiration <= nowMillis;
    }

    int priority() {
        return priority;
    }
}
