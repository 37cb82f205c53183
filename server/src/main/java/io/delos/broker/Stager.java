package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.queue.Queue;
import io.delos.store.Fact;
import io.delos.store.Staging;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes transactions that outgrow one unit, or will be decided later, part by part before they are decided: {@link Staging}. Owned by the
 * loop that owns the transactions it is given.
 */
final class Stager {

    private final Loop loop;
    private final Broker broker;

    Stager(Loop loop, Broker broker) {
        this.loop = loop;
        this.broker = broker;
    }

    /** Whether the messages of the transaction are too many to be held until it commits, or one is large: the journal keeps its body then. */
    boolean due(Transaction transaction) {
        return transaction.bufferedBytes() > broker.stagingBytes() || transaction.holdsLarge();
    }

    /** Writes what the transaction has of messages. */
    void stageSends(Transaction transaction) {
        List<Transaction.Send> sends = transaction.takeSends();
        transaction.letGo();
        StagedMessages messages = new StagedMessages(sends.size());
        List<Staging> facts = new ArrayList<>(sends.size());
        number(transaction);
        transaction.staged(messages);
        StagedMessages.Targets targets = StagedMessages.Targets.of(new long[0]);
        for (Transaction.Send send : sends) {
            if (targets.queues() != send.targets() || targets.all() != send.message().large()) {
                targets = targets(send);
            }
            boolean durable = send.message().large() || send.message().durable() && targets.durable().length > 0;
            int i = messages.add(targets, durable ? StagedMessages.AWAITED : Queue.NO_POSITION, send.message().size(),
                    send.message().priority(), send.message().deliverAt());
            if (durable) {
                facts.add(new Staging.Sent(transaction.number(), new Fact.Enqueued(send.message(), targets.durable())));
            }
            if (messages.volatileTargets(i) > 0) {
                spill(transaction, messages, i, send);
            }
        }
        broker.store().write(new StageUnit(loop, broker, transaction, messages, facts));
        transaction.unpin(sends);
    }

    /** Writes what the transaction has of durable messages; all of them stay in memory until it is decided. */
    void keepSends(Transaction transaction) {
        List<Transaction.Send> sends = transaction.takeSends();
        StagedMessages messages = new StagedMessages(sends.size());
        List<Staging> facts = new ArrayList<>(sends.size());
        number(transaction);
        transaction.staged(messages);
        for (Transaction.Send send : sends) {
            StagedMessages.Targets targets = targets(send);
            boolean durable = send.durable();
            messages.keep(targets, durable ? StagedMessages.AWAITED : Queue.NO_POSITION, send.message());
            if (durable) {
                facts.add(new Staging.Sent(transaction.number(), new Fact.Enqueued(send.message(), targets.durable())));
            }
        }
        broker.store().write(new StageUnit(loop, broker, transaction, messages, facts));
        transaction.unpin(sends);
    }

    private static StagedMessages.Targets targets(Transaction.Send send) {
        return send.message().large() ? StagedMessages.Targets.all(send.targets()) : StagedMessages.Targets.of(send.targets());
    }

    /** Gives it the number that its parts will have in the journal. */
    void number(Transaction transaction) {
        if (!transaction.large()) {
            transaction.number(broker.nextTransaction());
        }
    }

    /** One copy for all its queues without durability, each with a life of its own. */
    private void spill(Transaction transaction, StagedMessages messages, int i, Transaction.Send send) {
        transaction.spilling();
        broker.store().spill(send.message(), loop, position -> {
            int others = messages.volatileTargets(i) - 1;
            if (others > 0) {
                broker.store().retain(position, others);
            }
            messages.spilled(i, position);
            transaction.spilled();
        });
    }

    /** Writes settlements that are too many for one unit; the decision makes them true. */
    void stageEnds(Transaction transaction, List<SettleUnit.Settlement> settlements) {
        number(transaction);
        for (SettleUnit.Settlement settlement : settlements) {
            for (SettleUnit.Settlement part : settlement.parts(Settlements.AT_ONCE)) {
                Fact.Settled fact = part.fact();
                if (fact != null) {
                    broker.store().write(new StageUnit(loop, broker, transaction, new StagedMessages(0),
                            List.of(new Staging.Ended(transaction.number(), fact))));
                }
            }
        }
    }

    /** Writes which duplicate ids a transaction that has its number will make known, of messages that went elsewhere. */
    void stageIds(Transaction transaction) {
        List<Staging.Known> facts = transaction.notes().stream().filter(Fact.Claimed.class::isInstance)
                .map(note -> new Staging.Known(transaction.number(), (Fact.Claimed) note)).toList();
        if (facts.isEmpty()) {
            return;
        }
        broker.store().write(new StageUnit(loop, broker, transaction, new StagedMessages(0), facts));
    }

    /** Has the journal forget the parts of a transaction that has been undone. */
    void undo(Transaction transaction) {
        if (!transaction.large()) {
            return;
        }
        broker.store().write(new StageUnit.Undo(broker, transaction.number()));
        Runnable drop = () -> transaction.staged().forEach(messages -> messages.dropSpilled(broker.store()));
        if (transaction.placed(drop)) {
            drop.run();
        }
    }
}
