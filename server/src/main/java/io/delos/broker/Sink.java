package io.delos.broker;

import io.delos.message.Message;
import io.delos.queue.Delivery;
import java.util.List;

/** What a protocol gives with each subscription: where deliveries go. Called on the session's loop. */
public interface Sink {

    /** Deliveries in order; write them all, flush once. The list is the sink's to keep. */
    void deliver(List<Delivery> burst);

    /**
     * Whether it sends this large message on piece by piece, with {@link Session#read}. Otherwise it is handed the message whole, and if it is
     * too large for that it goes to the dead-letter address.
     */
    default boolean streams(Message large) {
        return false;
    }

    /** The socket takes more again. */
    default void roomAgain() { }

    /** The broker ended the subscription: its queue was deleted, or the operator closed it. Nothing is delivered any more. */
    void closed(BrokerException reason);
}
