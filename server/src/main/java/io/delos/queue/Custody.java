package io.delos.queue;

import io.delos.message.Message;
import java.util.List;

/** What a queue does with what comes, and with what comes back: it keeps it, or it passes it on. Owned by the queue's loop. */
sealed interface Custody permits Keeping, Relay {

    /** As of {@link Queue#enqueue}. */
    void enter(Message message, long position);

    /** As of {@link Queue#enqueueStaged(Message, long)}. */
    void enterStaged(Message message, long position);

    /** As of {@link Queue#enqueueStaged(long, int, int, long)}. */
    void enterStaged(long position, int size, int priority, long deliverAt);

    /** As of {@link Queue#forget(List, boolean)}. */
    void forget(List<Delivery> settled, boolean acknowledged);

    /** As of {@link Queue#refused}. */
    void refused(List<Delivery> deliveries);

    /** As of {@link Queue#giveBack}. */
    void giveBack(List<Delivery> returned, boolean failed);

    /** As of {@link Queue#reject}. */
    void reject(List<Delivery> rejected);

    /** Consumers came or left, or their credit changed, or who may be served. */
    default void changed() { }

    /** What was handed over leaves now, unless the dispatch sends it. */
    default void sendBursts() { }

    /** The queue is deleted. */
    default void close() { }
}
