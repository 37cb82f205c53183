package io.delos.queue;

import java.util.List;

/** Where a queue sends what must leave it without having been consumed. Called on the queue's loop. */
public interface Departures {

    /** Why a message leaves. */
    enum Cause {
        /** Its time is over: to the expiry address. */
        EXPIRED,
        /** It was rejected or delivered too often: to the dead-letter address. */
        DEAD
    }

    /**
     * Moves the messages to where the cause says, durably, and then has {@link Queue#forget} called on the queue's loop. Until then they
     * count as handed out.
     */
    void leave(Queue queue, List<Delivery> departing, Cause cause);
}
