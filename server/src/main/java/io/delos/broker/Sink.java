package io.delos.broker;

import io.delos.queue.Delivery;
import java.util.List;

/** What a protocol gives with each subscription: where deliveries go. Called on the session's loop. */
public interface Sink {

    /** Deliveries in order; write them all, flush once. The list is the sink's to keep. */
    void deliver(List<Delivery> burst);

    /**
     * Whether it sends large messages on piece by piece, with {@link Session#read}. Otherwise it is handed messages that are whole, and those
     * that are too large for that go to the dead-letter address.
     */
    default boolean streams() {
        return false;
    }

    /** The socket takes more again. */
    default void roomAgain() { }

    /** The broker ended the subscription: its queue was deleted, or the operator closed it. Nothing is delivered any more. */
    void closed(BrokerException reason);
}
