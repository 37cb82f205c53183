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

/** Deliveries of some queues that end for good; {@code done} runs on the settling loop when that is durable. */
final class SettleUnit extends Unit {

    private final List<Settlement> settlements;
    private final Loop loop;
    private final Reply<Void> done;

    /** Deliveries of one queue. */
    record Settlement(Queue queue, List<Delivery> deliveries) {

        /** The same in parts of so many. */
        List<Settlement> parts(int most) {
            List<Settlement> parts = new ArrayList<>();
            for (int from = 0; from < deliveries.size(); from += most) {
                parts.add(new Settlement(queue, deliveries.subList(from, Math.min(deliveries.size(), from + most))));
            }
            return parts;
        }

        /** The fact that ends them; null when none of them is durable. */
        Fact.Settled fact() {
            long[] positions = new long[deliveries.size()];
            int count = 0;
            for (int i = 0; i < deliveries.size(); i++) {
                if (deliveries.get(i).durable()) {
                    positions[count++] = deliveries.get(i).position();
                }
            }
            if (count == 0) {
                return null;
            }
            return new Fact.Settled(queue.id(), count == positions.length ? positions : java.util.Arrays.copyOf(positions, count));
        }
    }

    SettleUnit(List<Settlement> settlements, List<Fact> facts, Loop loop, Reply<Void> done) {
        super(facts);
        this.settlements = settlements;
        this.loop = loop;
        this.done = done;
    }

    /** Sorts deliveries by queue, keeping their order. */
    static List<Settlement> byQueue(List<Delivery> deliveries) {
        List<Settlement> settlements = new ArrayList<>(1);
        for (int i = 0; i < deliveries.size(); i++) {
            Delivery delivery = deliveries.get(i);
            of(delivery.source(), settlements).add(delivery);
        }
        return settlements;
    }

    private static List<Delivery> of(Queue queue, List<Settlement> settlements) {
        for (int i = 0; i < settlements.size(); i++) {
            if (settlements.get(i).queue() == queue) {
                return settlements.get(i).deliveries();
            }
        }
        Settlement made = new Settlement(queue, new ArrayList<>());
        settlements.add(made);
        return made.deliveries();
    }

    /** The facts that end all of these. */
    static List<Fact> facts(List<Settlement> settlements) {
        List<Fact> facts = new ArrayList<>(settlements.size());
        for (int i = 0; i < settlements.size(); i++) {
            Fact.Settled fact = settlements.get(i).fact();
            if (fact != null) {
                facts.add(fact);
            }
        }
        return facts;
    }

    @Override
    protected boolean patient() {
        return !done.awaited();
    }

    @Override
    protected void completed(Completions completions) {
        for (int i = 0; i < settlements.size(); i++) {
            completions.applyOn(settlements.get(i).queue().loop(), this);
        }
        if (done.awaited()) {
            completions.confirmOn(loop, this);
        }
    }

    @Override
    protected void apply(Loop here) {
        for (int i = 0; i < settlements.size(); i++) {
            Settlement settlement = settlements.get(i);
            if (settlement.queue().loop() == here) {
                settlement.queue().forget(settlement.deliveries());
            }
        }
    }

    @Override
    protected void confirm() {
        done.done(null);
    }

    @Override
    protected void refused(Completions completions, IOException cause) {
        loop.post(() -> done.failed(Session.diskFailed(cause)));
    }
}
