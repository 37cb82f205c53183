package io.delos.queue;

import io.delos.message.Message;

/** A loaded message's place in a queue; owned by the queue's loop. Also a link of one of the window's lists. */
final class Entry {

    /** Where the message lies in the journal, or a transient id ({@link #transientId}) for one that lies in memory only. */
    final long id;
    final Message message;
    /** Smaller orders are nearer the head; a returned entry goes back to where its order says. */
    final long order;
    int failures;
    /** Whether it came with a large transaction. */
    final boolean staged;
    Entry prev;
    Entry next;
    /** The chain it is in; null while it is on its way between two. */
    EntryChain chain;

    private static final long TRANSIENT = 1L << 62;

    Entry(long id, Message message, long order, int failures) {
        this(id, message, order, failures, false);
    }

    Entry(long id, Message message, long order, int failures, boolean staged) {
        this.id = id;
        this.message = message;
        this.order = order;
        this.failures = failures;
        this.staged = staged;
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
        return Refs.mark(priority(), failures, staged);
    }

    int priority() {
        return message.priority();
    }
}
