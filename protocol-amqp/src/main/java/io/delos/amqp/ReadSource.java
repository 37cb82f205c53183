package io.delos.amqp;

import io.delos.broker.SubscribeRequest;
import org.apache.qpid.proton.amqp.messaging.Source;

/**
 * The queue behind a client's receiver, found or made.
 *
 * @param request what the broker is asked for
 * @param answer  the source as the reply states it
 * @param end     what becomes of the queue with the link
 * @param alone   whether it is a durable subscription that one link reads, from whichever connection its container attached it last
 */
record ReadSource(SubscribeRequest request, Source answer, End end, boolean alone) {

    ReadSource(SubscribeRequest request, Source answer, End end) {
        this(request, answer, end, false);
    }

    /** What becomes of a queue when the link that reads it is gone. */
    enum End {
        /** It stays: it is not the link's. */
        STAYS,
        /** It is a durable subscription: a close deletes it, a detach doesn't. */
        CLOSE_DELETES,
        /** It was made for this link, or for the consumers of a volatile subscription, and goes with the last. */
        DELETED
    }
}
