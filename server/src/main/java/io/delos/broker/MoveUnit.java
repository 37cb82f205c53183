package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.store.Completions;
import io.delos.store.Fact;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Out of one queue, into others, or nowhere: all of it or nothing. */
final class MoveUnit extends Unit {

    private final Queue from;
    private final List<Delivery> departing;
    private final List<Transaction.Send> moved;
    private final Optional<Reply<Void>> done;
    private boolean acknowledged;
    private boolean replaced;

    private MoveUnit(Queue from, List<Delivery> departing, List<Transaction.Send> moved, Optional<Reply<Void>> done, List<Fact> facts) {
        super(facts);
        this.from = from;
        this.departing = departing;
        this.moved = moved;
        this.done = done;
    }

    /** What leaves, and what takes its place elsewhere; {@code done} runs on the loop of {@code from}. */
    static MoveUnit of(Queue from, List<Delivery> departing, List<Transaction.Send> moved, Optional<Reply<Void>> done) {
        List<Fact> facts = new ArrayList<>();
        for (Transaction.Send send : moved) {
            if (send.durable()) {
                facts.add(new Fact.Enqueued(send.message(), send.journalled()));
            }
        }
        Fact.Settled settled = new SettleUnit.Settlement(from, departing).fact();
        if (settled != null) {
            facts.add(settled);
        }
        return new MoveUnit(from, departing, moved, done, facts);
    }

    /** What made way for newer messages, and counts as nothing. */
    static MoveUnit replaced(Queue from, List<Delivery> departing) {
        MoveUnit unit = of(from, departing, List.of(), Optional.empty());
        unit.replaced = true;
        return unit;
    }

    /** What left counts as acknowledged. */
    MoveUnit acknowledging(boolean counts) {
        acknowledged = counts;
        return this;
    }

    @Override
    protected void completed(Completions completions) {
        completions.applyOn(from.loop(), this);
        for (Transaction.Send send : moved) {
            for (Queue target : send.targets()) {
                completions.applyOn(target.loop(), this);
            }
        }
        if (done.isPresent()) {
            completions.confirmOn(from.loop(), this);
        }
    }

    @Override
    protected void apply(Loop here) {
        if (from.loop() == here && replaced) {
            from.dropped(departing);
        } else if (from.loop() == here) {
            from.forget(departing, acknowledged);
        }
        int fact = 0;
        for (Transaction.Send send : moved) {
            for (Queue target : send.targets()) {
                if (target.loop() == here) {
                    target.enqueue(send.message(),
                            send.durable() ? SendUnit.place(send.message(), target, position(fact)) : Queue.NO_POSITION);
                }
            }
            fact += send.durable() ? 1 : 0;
        }
    }

    @Override
    protected void confirm() {
        done.ifPresent(reply -> reply.done(null));
    }

    @Override
    protected void refused(Completions completions, IOException cause) {
        // the disk has failed: the broker stops, and the messages are still where they were
        done.ifPresent(reply -> from.loop().post(() -> reply.failed(Session.diskFailed(cause))));
    }
}
