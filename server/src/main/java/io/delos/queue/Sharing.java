package io.delos.queue;

import java.util.List;

/**
 * Hands out a queue that is not consumed: each consumer is shown everything, from the head on, and what arrives after that; nothing leaves for
 * being acknowledged. Owned by the queue's loop.
 */
final class Sharing {

    /** Messages that one consumer is shown in a turn at most. */
    private static final int TURN = 1024;

    private final Queue queue;
    private final Dispatcher dispatcher;

    Sharing(Queue queue, Dispatcher dispatcher) {
        this.queue = queue;
        this.dispatcher = dispatcher;
    }

    /** Shows to all who may see. */
    void serveAll() {
        List<Consumer> all = dispatcher.all();
        int candidates = dispatcher.candidates();
        for (int i = 0; i < all.size(); i++) {
            if (i < candidates) {
                serve(all.get(i));
            } else if (all.get(i).tail != null) {
                all.get(i).tail.runWaiting();
            }
        }
    }

    private static TailCursor cursor(Consumer consumer, Queue of) {
        if (consumer.tail == null) {
            consumer.tail = new TailCursor(of);
        }
        return consumer.tail;
    }

    private void serve(Consumer consumer) {
        TailCursor cursor = cursor(consumer, queue);
        long now = queue.loop().now();
        int left = TURN;
        boolean more = true;
        while (more && consumer.ready()) {
            Entry entry = left-- == 0 ? null : cursor.next();
            more = entry != null;
            if (more && entry.message().expired(now)) {
                expired(entry);
            } else if (more && consumer.wants(entry)) {
                consumer.show(queue, entry);
                entry.failures++;
            }
        }
        if (consumer.hasBurst()) {
            consumer.sendBurst();
        }
        if (left < 0) {
            queue.dispatchSoon();
        } else if (cursor.atEnd() || !consumer.hasCredit()) {
            cursor.runWaiting();
        }
    }

    private void expired(Entry entry) {
        if (queue.storage().window().contains(entry)) {
            queue.leave(entry);
        }
    }

    /** This one comes back from a consumer, who is to be shown it again unless he has failed with it too often. It stays for others. */
    void again(Delivery delivery, boolean failed) {
        if (delivery.consumer.tail != null) {
            if (!failed && delivery.entry.failures > 0) {
                delivery.entry.failures--;
            }
            delivery.consumer.tail.again(delivery.entry, failed, queue.settings().deadLetters().maxDeliveryAttempts());
            queue.dispatchSoon();
        }
    }

    /** Runs {@code then} when it has seen all there is, or has no credit to see more. */
    void whenCaughtUp(Consumer consumer, Runnable then) {
        cursor(consumer, queue).waiting(then);
        queue.dispatchSoon();
    }

    /** A consumer has left, or is to be served in another way. */
    static void left(Consumer consumer) {
        if (consumer.tail != null) {
            consumer.tail.over();
            consumer.tail = null;
        }
    }
}
