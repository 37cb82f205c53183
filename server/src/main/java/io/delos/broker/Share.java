package io.delos.broker;

import io.delos.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one session has done in a branch, as the journal has it: messages that lie on disk, deliveries whose end does. Owned by the control
 * loop; with a unit that decides it, by whoever has the unit.
 *
 * @param number   what the journal calls it
 * @param messages sent
 * @param ends     acknowledged
 * @param claims   the duplicate ids of its messages
 * @param session  what the session had made it with; empty after a restart
 */
record Share(long number, List<StagedMessages> messages, List<SettleUnit.Settlement> ends, Claims claims, Optional<Transaction> session) {

    /** One that has been written, with the deliveries it accepts. */
    static Share of(Transaction transaction, List<SettleUnit.Settlement> ends) {
        return new Share(transaction.number(), transaction.staged(), ends, transaction.claims(), Optional.of(transaction));
    }

    /** Whether all of it has a place; if not, {@code then} runs when it has. */
    boolean placed(Runnable then) {
        return session.isEmpty() || session.get().placed(then);
    }

    /** What queues are to be told on this loop when it has come true. */
    void apply(Loop here) {
        messages.forEach(some -> some.enter(here));
        for (SettleUnit.Settlement end : ends) {
            if (end.queue().loop() == here) {
                end.queue().forget(end.deliveries());
            }
        }
    }

    /** It came true: what was settled otherwise than by accepting is settled so, and memory is given up. */
    void committed(Broker broker, Loop loop) {
        session.ifPresent(transaction -> {
            transaction.letGo();
            for (Transaction.Settled settled : transaction.settled()) {
                if (settled.outcome().kind() != Outcome.Kind.ACCEPTED) {
                    broker.settlements().settle(settled.deliveries(), settled.outcome(), loop, Reply.ignored());
                }
            }
        });
    }

    /** It never will be, and the journal says so: addresses weigh less, ids may be used again, and what it acknowledged comes back. */
    void undone(Broker broker, Loop loop) {
        session.ifPresent(Transaction::letGo);
        messages.forEach(some -> {
            some.undo();
            some.dropSpilled(broker.store());
        });
        claims.release();
        List<io.delos.queue.Delivery> back = new ArrayList<>();
        ends.forEach(end -> back.addAll(end.deliveries()));
        session.ifPresent(transaction -> transaction.settled().stream().filter(settled -> settled.outcome().kind() != Outcome.Kind.ACCEPTED)
                .forEach(settled -> back.addAll(settled.deliveries())));
        broker.settlements().undone(session.flatMap(Transaction::keeper), back, loop);
    }
}
