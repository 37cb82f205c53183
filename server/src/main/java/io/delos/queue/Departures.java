package io.delos.queue;

import java.util.List;

/** Where a queue sends what must leave it without having been consumed. Called on the queue's loop. */
public interface Departures {

    /** Why a message leaves. */
    enum Cause {
        /** Its time is over: to the expiry address. */
        EXPIRED,
        /** It was rejected or delivered too often: to the dead-letter address. */
        DEAD,
        /** A newer one has taken its place: nowhere. */
        REPLACED
    }

    /**
     * Moves the messages to where the cause says, durably, and then has {@link Queue#forget} called on the queue's loop, or
     * {@link Queue#dropped} for what was replaced. Until then they are held as if they were handed out.
     */
    void leave(Queue queue, List<Delivery> departing, Cause cause);

    /** These were accepted by consumers, and are about to be forgotten. */
    void consumed(List<Delivery> consumed);

    /** What the queue has taken out unseen is to be gone durably too. */
    void removed(Queue queue, Removed removed);
}
