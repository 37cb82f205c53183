package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.store.Completions;
import io.delos.store.Fact;
import io.delos.store.Store;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ends deliveries: writes what must be durable, then tells the queues. Any loop; stateless but for what it works with. */
final class Settlements {

    /** Deliveries of one queue that one unit ends. */
    static final int AT_ONCE = 8192;

    private final Store store;

    Settlements(Store store) {
        this.store = store;
    }

    /** These were acknowledged in a branch that won't come true: their client keeps them, as unsettled, if it does so and is there; or they failed. */
    void undone(Optional<Session> keeper, List<Delivery> deliveries, Loop loop) {
        if (keeper.isEmpty()) {
            settle(deliveries, Outcome.FAILED, loop, Reply.ignored());
            return;
        }
        Session session = keeper.get();
        session.post(() -> {
            if (session.isClosed()) {
                settle(deliveries, Outcome.FAILED, session.loop(), Reply.ignored());
            } else {
                keep(deliveries, session.loop());
            }
        });
    }

    /** They are unsettled again; those whose subscription is over, so that nobody would ever settle them, have failed. On their session's loop. */
    void keep(List<Delivery> deliveries, Loop loop) {
        List<Delivery> nobodys = new ArrayList<>(0);
        for (Delivery delivery : deliveries) {
            if (delivery.home().over()) {
                nobodys.add(delivery);
            } else {
                delivery.untake();
            }
        }
        settle(nobodys, Outcome.FAILED, loop, Reply.ignored());
    }

    /** The deliveries have been taken from their lists; {@code done} runs on {@code loop}. */
    void settle(List<Delivery> deliveries, Outcome outcome, Loop loop, Reply<Void> done) {
        if (deliveries.isEmpty()) {
            done.done(null);
            return;
        }
        List<SettleUnit.Settlement> settlements = SettleUnit.byQueue(deliveries);
        switch (outcome.kind()) {
            case ACCEPTED -> accept(settlements, loop, done);
            case REJECTED -> {
                settlements.forEach(s -> s.queue().loop().post(() -> s.queue().reject(s.deliveries())));
                done.done(null);
            }
            default -> {
                release(settlements, outcome);
                done.done(null);
            }
        }
    }

    private void accept(List<SettleUnit.Settlement> settlements, Loop loop, Reply<Void> done) {
        List<Fact> facts = SettleUnit.facts(settlements);
        if (!facts.isEmpty()) {
            write(settlements, facts, loop, done);
            return;
        }
        for (SettleUnit.Settlement settlement : settlements) {
            Queue queue = settlement.queue();
            queue.loop().post(() -> queue.forget(settlement.deliveries()));
        }
        done.done(null);
    }

    /** One unit, or as many as are needed for so many that one would be too large; they end in order, so the last one answers. */
    private void write(List<SettleUnit.Settlement> settlements, List<Fact> facts, Loop loop, Reply<Void> done) {
        if (allSmall(settlements)) {
            store.write(new SettleUnit(settlements, facts, loop, done));
            return;
        }
        List<SettleUnit.Settlement> parts = settlements.stream().flatMap(settlement -> settlement.parts(AT_ONCE).stream()).toList();
        for (int i = 0; i < parts.size(); i++) {
            List<SettleUnit.Settlement> part = List.of(parts.get(i));
            store.write(new SettleUnit(part, SettleUnit.facts(part), loop, i == parts.size() - 1 ? done : Reply.ignored()));
        }
    }

    private static boolean allSmall(List<SettleUnit.Settlement> settlements) {
        for (int i = 0; i < settlements.size(); i++) {
            if (settlements.get(i).deliveries().size() > AT_ONCE) {
                return false;
            }
        }
        return true;
    }

    private void release(List<SettleUnit.Settlement> settlements, Outcome outcome) {
        for (SettleUnit.Settlement settlement : settlements) {
            Queue queue = settlement.queue();
            if (outcome.deliveryFailed()) {
                noteFailures(settlement);
            }
            queue.loop().post(() -> {
                if (outcome.undeliverableHere()) {
                    queue.refused(settlement.deliveries());
                }
                queue.giveBack(settlement.deliveries(), outcome.deliveryFailed());
            });
        }
    }

    /** Nobody waits for this: if it is lost with the broker, one attempt too few is counted. */
    private void noteFailures(SettleUnit.Settlement settlement) {
        List<Fact> facts = new ArrayList<>();
        for (Delivery delivery : settlement.deliveries()) {
            if (delivery.durable()) {
                facts.add(new Fact.Failed(settlement.queue().id(), delivery.position(), delivery.deliveryCount()));
            }
        }
        if (!facts.isEmpty()) {
            store.write(new NoteUnit(facts, Optional.empty(), Reply.ignored()));
        }
    }

    /** Keeps bytes under a key, or forgets the key; {@code done} runs on {@code loop}. */
    void note(Fact fact, Loop loop, Reply<Void> done) {
        store.write(new NoteUnit(List.of(fact), Optional.of(loop), done));
    }

    /** Facts that no queue has to be told of. */
    static final class NoteUnit extends Unit {
        private final Optional<Loop> loop;
        private final Reply<Void> done;

        NoteUnit(List<Fact> facts, Optional<Loop> loop, Reply<Void> done) {
            super(facts);
            this.loop = loop;
            this.done = done;
        }

        @Override
        protected void completed(Completions completions) {
            loop.ifPresent(l -> completions.confirmOn(l, this));
        }

        @Override
        protected void confirm() {
            done.done(null);
        }

        @Override
        protected void refused(Completions completions, IOException cause) {
            loop.ifPresent(l -> l.post(() -> done.failed(Session.diskFailed(cause))));
        }
    }
}
