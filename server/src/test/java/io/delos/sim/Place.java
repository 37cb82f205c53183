package io.delos.sim;

/** Where a message's copy for one queue may be. */
enum Place {
    /** It was never taken in. */
    NOWHERE,
    /** In its queue, or in the hands of one of that queue's consumers. */
    QUEUE,
    /** At the dead-letter address. */
    DEAD,
    /** At the expiry address. */
    OVER,
    /** It has left for good. */
    GONE
}
