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

    private final Session session;
    private final Message message;
    private final Queue[] targets;
    private final Reply<Void> done;

    SendUnit(Session session, Message message, Queue[] targets, boolean durable, Reply<Void> done) {
        super(durable ? List.of(new Fact.Enqueued(message, durableIds(targets))) : List.of());
        this.session = session;
        this.message = message;
        this.targets = targets;
        this.done = done;
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
                target.enqueue(message, written && target.durable() ? position(0) : Queue.NO_POSITION);
            }
        }
    }

    @Override
    protected void confirm() {
        session.sendEnded();
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
