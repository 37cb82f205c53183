package io.delos.queue;

import io.delos.message.Message;
import java.util.List;

/** What comes is kept until it is acknowledged or leaves for another reason, and what comes back stands where it stood. Owned by the queue's loop. */
final class Keeping implements Custody {

    private final Queue queue;
    private final Dispatcher dispatcher;
    private final Handed handed;
    private final Entrance entrance;
    private final Returns returns;
    private final ExpiryScan expiry;

    Keeping(Queue queue, Dispatcher dispatcher, Handed handed, Entrance entrance, Returns returns, ExpiryScan expiry) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.handed = handed;
        this.entrance = entrance;
        this.returns = returns;
        this.expiry = expiry;
    }

    @Override
    public void enter(Message message, long position) {
        entrance.enter(message, position);
    }

    @Override
    public void enterStaged(Message message, long position) {
        entrance.enterStaged(message, position);
    }

    @Override
    public void enterStaged(long position, int size, int priority, long deliverAt) {
        entrance.enterStaged(position, size, priority, deliverAt);
    }

    @Override
    public void forget(List<Delivery> settled, boolean acknowledged) {
        int gone = handed.forget(settled);
        if (acknowledged) {
            queue.counters().acknowledged(gone);
        } else {
            expiry.left(gone);
        }
        if (dispatcher.rebalancing()) {
            queue.dispatchSoon();
        }
    }

    @Override
    public void refused(List<Delivery> deliveries) {
        deliveries.forEach(delivery -> dispatcher.refused(delivery.consumer, delivery.entry));
    }

    @Override
    public void giveBack(List<Delivery> returned, boolean failed) {
        returns.take(returned, failed);
        queue.dispatchSoon();
    }

    @Override
    public void reject(List<Delivery> rejected) {
        handed.leaving(rejected);
        handed.depart(Departures.Cause.DEAD);
    }
}
