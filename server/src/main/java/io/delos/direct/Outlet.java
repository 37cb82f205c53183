package io.delos.direct;

import io.delos.message.Message;

/** Where messages leave a direct address: a queue that keeps nothing, with its consumers. Called on the address's loop. */
public interface Outlet {

    /** What an outlet says to a message. */
    enum Answer {
        /** A consumer with credit wants it. */
        TAKES,
        /** Those who want it have no credit. */
        NO_CREDIT,
        /** There are consumers, and none of them wants it. */
        UNWANTED,
        /** There is no consumer. */
        NOBODY
    }

    /** Whether one message goes to one of all such outlets, and not to each. */
    boolean anycast();

    /** Whether anybody may be served. */
    boolean attended();

    /** So many messages, about, can be handed over now. */
    long credit();

    /**
     * What would become of this message now.
     *
     * @param promised whether it comes on credit that was told to its producer: then what is on its way to consumers may be more than they have room for
     */
    Answer ask(Message message, boolean promised);

    /** Hands it to the consumer that {@link #ask} has just found; the offer is told what becomes of it, perhaps much later. */
    void hand(Offer offer);
}
