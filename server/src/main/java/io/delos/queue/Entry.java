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
    Entry prev;
    Entry next;
    /** The chain it is in; null while it is on its way between two. */
    EntryChain chain;

    private static final long TRANSIENT = 1L << 62;

    Entry(long id, Message message, long order, int failures) {
        this.id = id;
        this.message = message;
        this.order = order;
        this.failures = failures;
    }

    /** Whether the message is a fact of the journal, so that its end must be one too. */
    boolean durable() {
        return id < TRANSIENT;
    }

    /** An id that no journal position can be. */
    static long transientId(long number) {
        return TRANSIENT | number;
    }

    int priority() {
        return message.priority();
    }
}
