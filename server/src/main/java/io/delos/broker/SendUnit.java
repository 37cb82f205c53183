package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Queue;
import io.delos.store.Completions;
import io.delos.store.Fact;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.List;

/** One message on its way into its queues; without a fact when nothing of it is durable, and only its turn is to be kept. */
final class SendUnit extends Unit {

    private static final long[] NOWHERE = {};

    private final Session session;
    private final Message message;
    private final Queue[] targets;
    private final Reply<Void> done;

    SendUnit(Session session, Message message, Queue[] targets, boolean durable, Reply<Void> done) {
        super(durable ? List.of(new Fact.Enqueued(message, journalled(message, targets))) : List.of());
        this.session = session;
        this.message = message;
        this.targets = targets;
        this.done = done;
    }

    /**
     * The ids of those queues that get the message by its place in the journal: those that survive a restart if it does, and all of them if it
     * is a large one, so that the journal says how long its body is needed.
     */
    static long[] journalled(Message message, Queue[] targets) {
        if (!message.large()) {
            return message.durable() ? durableIds(targets) : NOWHERE;
        }
        long[] ids = new long[targets.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = targets[i].id();
        }
        return ids;
    }

    /** Where a queue has a message that lies in the journal at {@code position}, for some of its queues. */
    static long place(Message message, Queue target, long position) {
        return target.durable() || message.large() ? position : Queue.NO_POSITION;
    }

    /** The ids of those queues that survive a restart. */
    static long[] durableIds(Queue[] targets) {
        int count = 0;
        for (Queue target : targets) {
            count += target.durable() ? 1 : 0;
        }
        long[] ids = new long[count];
        int next = 0;
        for (Queue target : targets) {
            if (target.durable()) {
                ids[next++] = target.id();
            }
        }
        return ids;
    }

    @Override
    protected void completed(Completions completions) {
        session.confirmId(message);
        for (Queue target : targets) {
            completions.applyOn(target.loop(), this);
        }
        completions.confirmOn(session.loop(), this);
    }

    @Override
    protected void apply(Loop loop) {
        boolean written = !facts().isEmpty();
        for (Queue target : targets) {
            if (target.loop() == loop) {
                target.enqueue(message, written ? place(message, target, position(0)) : Queue.NO_POSITION);
            }
        }
    }

    @Override
    protected void confirm() {
        session.sendEnded();
        session.broker().watch().arrived(message, targets);
        done.done(null);
    }

    @Override
    protected void refused(Completions completions, IOException cause) {
        for (Queue target : targets) {
            target.usage().remove(message.size(), 1);
        }
        session.loop().post(() -> {
            session.sendEnded();
            done.failed(Session.diskFailed(cause));
        });
    }
}
