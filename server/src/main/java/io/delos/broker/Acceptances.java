package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a session accepts in one turn of its loop, gathered so that a client which acknowledges each message by itself costs one record of
 * the journal and not hundreds. Owned by the session's loop.
 */
final class Acceptances {

    /** Deliveries that are written together at most: a record stays small. */
    private static final int MOST = 4096;

    private final Settlements settlements;
    private final Loop loop;
    private final Runnable endOfTurn = this::endOfTurn;
    private List<Delivery> deliveries = new ArrayList<>();
    private List<Reply<Void>> waiting = new ArrayList<>();
    private boolean posted;

    Acceptances(Settlements settlements, Loop loop) {
        this.settlements = settlements;
        this.loop = loop;
    }

    /** These, taken from their lists, are accepted; {@code done} hears of it when that is durable. */
    void add(List<Delivery> accepted, Reply<Void> done) {
        if (accepted.isEmpty()) {
            done.done(null);
            return;
        }
        deliveries.addAll(accepted);
        waiting.add(done);
        if (deliveries.size() >= MOST) {
            write();
        } else if (!posted) {
            posted = true;
            loop.post(endOfTurn);
        }
    }

    private void endOfTurn() {
        posted = false;
        if (!deliveries.isEmpty()) {
            write();
        }
    }

    private void write() {
        List<Delivery> all = deliveries;
        List<Reply<Void>> told = waiting;
        deliveries = new ArrayList<>(Math.min(all.size(), MOST));
        waiting = new ArrayList<>(Math.min(told.size(), MOST));
        settlements.settle(all, Outcome.ACCEPTED, loop, told.size() == 1 ? told.get(0) : telling(told));
    }

    private static Reply<Void> telling(List<Reply<Void>> told) {
        Consumer<BrokerException> refusals = refusal -> told.forEach(reply -> reply.failed(refusal));
        for (int i = 0; i < told.size(); i++) {
            if (told.get(i).awaited()) {
                return Reply.of(result -> told.forEach(reply -> reply.done(result)), refusals);
            }
        }
        return Reply.refusals(refusals);
    }
}
