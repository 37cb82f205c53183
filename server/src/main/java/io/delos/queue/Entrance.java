package io.delos.queue;

import io.delos.config.QueueConfig;
import io.delos.message.Message;
import io.delos.store.ColdMessages;

/** How messages come into a queue, and what has to leave for that. Owned by the queue's loop. */
final class Entrance {

    private final Queue queue;
    private final Dispatcher dispatcher;
    private final Dispatch dispatch;
    private final Seeker seeker;
    /** Whether to come in is all that happens when a message comes. */
    private boolean plain;
    private boolean purges;
    private long lastPosition;

    Entrance(Queue queue, Dispatcher dispatcher, Dispatch dispatch, Seeker seeker) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.dispatch = dispatch;
        this.seeker = seeker;
    }

    /** Goes by these attributes from now on. */
    void configure(QueueConfig config) {
        purges = config.purgeOnNoConsumers();
        plain = queue.retention().plain() && !config.nonDestructive() && !purges;
    }

    /** The last position of the journal that was given to the queue. */
    long lastPosition() {
        return lastPosition;
    }

    /** At start: that of the last that is there. */
    void lastPosition(long known) {
        lastPosition = known;
    }

    void enter(Message message, long position) {
        if (queue.closed()) {
            queue.usage().remove(message.size(), 1);
            stray(message, position);
            return;
        }
        if (position != Queue.NO_POSITION) {
            queue.cold().retain(position, 1);
            lastPosition = position;
        }
        enter(message, position, false);
    }

    void enterStaged(Message message, long position) {
        if (queue.closed()) {
            queue.usage().remove(message.size(), 1);
            queue.cold().retain(position, -1);
            stray(message, position);
            return;
        }
        enter(message, position, true);
    }

    /** A large message has come too late: its body is not to be kept for this queue. */
    private void stray(Message message, long position) {
        if (message.large()) {
            queue.cold().strayed(queue.id(), position);
        }
    }

    private void enter(Message message, long position, boolean staged) {
        queue.counters().entered(message.size(), position != Queue.NO_POSITION);
        if (message.deliverAt() > queue.loop().now()) {
            queue.storage().later().add(message.deliverAt(), position, message, Refs.mark(message, staged));
            return;
        }
        Entry entry = queue.storage().admit(message, position, staged);
        if (entry != null) {
            queue.noticed(entry);
        } else if (!dispatch.isShared()) {
            seeker.arrived(message, position);
        }
        settleDown();
    }

    void enterStaged(long position, int size, int priority, long deliverAt) {
        if (queue.closed()) {
            queue.usage().remove(size, 1);
            queue.cold().retain(position, -1);
            queue.cold().strayed(queue.id(), position);
            return;
        }
        queue.counters().entered(size, !ColdMessages.spilled(position));
        int mark = Refs.mark(priority, 0, true, false);
        if (deliverAt > queue.loop().now()) {
            queue.storage().later().addPlaced(deliverAt, position, size, mark);
            return;
        }
        queue.storage().admitStaged(position, size, mark);
        if (dispatcher.selective()) {
            dispatch.soon();
        }
        settleDown();
    }

    /** What the queue does not keep leaves: something may have come, or come back, or the last consumer may have left. */
    void settleDown() {
        if (plain) {
            return;
        }
        queue.retention().trim();
        if (purges && dispatcher.count() == 0) {
            purge();
        } else if (dispatch.isShared()) {
            dispatch.soon();
        }
    }

    private void purge() {
        if (queue.waiting() + queue.counters().scheduled() > 0) {
            queue.removeAll(queue.handed()::departed);
        }
    }
}
