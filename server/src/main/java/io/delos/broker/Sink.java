package io.delos.broker;

import io.delos.message.Message;
import io.delos.queue.Delivery;
import java.util.List;

/** What a protocol gives with each subscription: where deliveries go. Called on the session's loop. */
public interface Sink {

    /** Where nothing is delivered any more. */
    Sink NONE = new Sink() {
        @Override
        public void deliver(List<Delivery> burst) {
            throw new IllegalStateException("delivered to a subscription that is over");
        }

        @Override
        public void closed(BrokerException reason) {
            // nobody minds
        }
    };

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
