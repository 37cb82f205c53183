package io.delos.amqp;

import io.delos.broker.SubscribeRequest;
import org.apache.qpid.proton.amqp.messaging.Source;

/**
 * The queue behind a client's receiver, found or made.
 *
 * @param request what the broker is asked for
 * @param answer  the source as the reply states it
 * @param end     what becomes of the queue with the link
 */
record ReadSource(SubscribeRequest request, Source answer, End end) {

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
