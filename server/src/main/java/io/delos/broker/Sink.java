package io.delos.broker;

import io.delos.queue.Delivery;
import java.util.List;

/** What a protocol gives with each subscription: where deliveries go. Called on the session's loop. */
public interface Sink {

    /** Deliveries in order; write them all, flush once. The list is the sink's to keep. */
    void deliver(List<Delivery> burst);

    /** The broker ended the subscription: its queue was deleted, or the operator closed it. Nothing is delivered any more. */
    void closed(BrokerException reason);
}
