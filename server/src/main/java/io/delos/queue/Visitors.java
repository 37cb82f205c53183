package io.delos.queue;

import io.delos.loop.Loop;

/** Those who come to a queue for its messages, to take them or to look: how they come, get credit, wait for what is there, and leave. Owned by the queue's loop. */
final class Visitors {

    private final Queue queue;
    private final WindowBudget budget;
    private final Dispatcher dispatcher;
    private final Dispatch dispatch;
    private final Browsing browsing;
    private final Seeker seeker;

    Visitors(Queue queue, WindowBudget budget, Dispatcher dispatcher, Dispatch dispatch, Browsing browsing, Seeker seeker) {
        this.queue = queue;
        this.budget = budget;
        this.dispatcher = dispatcher;
        this.dispatch = dispatch;
        this.browsing = browsing;
        this.seeker = seeker;
    }

    void attach(Consumer consumer) {
        if (queue.closed()) {
            consumer.queueGone("the queue " + queue.name() + " was deleted");
            return;
        }
        consumer.attached(budget, queue.loop().now());
        if (consumer.browsing()) {
            browsing.attach(consumer);
            return;
        }
        dispatcher.attach(consumer);
        queue.counters().consumers(dispatcher.count());
        dispatch.rescan();
    }

    void detach(Consumer consumer) {
        consumer.detached();
        if (consumer.browsing()) {
            browsing.detach(consumer);
            return;
        }
        Sharing.left(consumer);
        if (dispatcher.detach(consumer)) {
            queue.counters().consumers(dispatcher.count());
            dispatch.rescan();
        }
    }

    void credit(Consumer consumer, long messages, long bytes) {
        boolean was = consumer.ready();
        consumer.addCredit(messages, bytes);
        if (!was) {
            wake(consumer);
        }
    }

    void arrived(Consumer consumer, long charge) {
        if (consumer.arrived(charge)) {
            wake(consumer);
        }
    }

    private void wake(Consumer consumer) {
        if (consumer.browsing()) {
            browsing.serve(consumer);
        } else {
            dispatch.rescan();
        }
    }

    void flush(Consumer consumer, boolean drain, Loop to, Runnable done) {
        if (consumer.browsing()) {
            browsing.whenCaughtUp(consumer, () -> to.post(done));
            return;
        }
        dispatch.run(Integer.MAX_VALUE);
        if (consumer.ready() && (queue.storage().bringing() || dispatch.recalling() || seeker.lookingFor(consumer))) {
            queue.storage().afterLoad(() -> flush(consumer, drain, to, done));
        } else if (dispatch.isShared() && dispatch.open()) {
            dispatch.sharing().whenCaughtUp(consumer, () -> flushed(consumer, drain, to, done));
        } else {
            flushed(consumer, drain, to, done);
        }
    }

    private static void flushed(Consumer consumer, boolean drain, Loop to, Runnable done) {
        if (drain) {
            consumer.stopCredit(false);
        }
        to.post(done);
    }
}
