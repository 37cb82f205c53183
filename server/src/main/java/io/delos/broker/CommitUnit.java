package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.queue.Queue;
import io.delos.store.Completions;
import io.delos.store.Fact;
import io.delos.store.Staging;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction becoming true: its durable sends, settlements and notes as one unit of the journal; of a large one the decision, and what
 * was not written before.
 */
final class CommitUnit extends Unit {

    private final Session session;
    private final Broker broker;
    private final Transaction transaction;
    private final List<SettleUnit.Settlement> settlements;
    private final Reply<Void> done;
    /** Index of the fact of the first of the transaction's unstaged sends. */
    private final int firstSend;

    private CommitUnit(Session session, Broker broker, Transaction transaction, List<SettleUnit.Settlement> settlements, List<Fact> facts,
                       Reply<Void> done) {
        super(facts);
        this.session = session;
        this.broker = broker;
        this.transaction = transaction;
        this.settlements = settlements;
        this.done = done;
        this.firstSend = transaction.large() ? 1 : 0;
    }

    /** {@code endsStaged}: whether the settlements have been written before. */
    static CommitUnit of(Session session, Broker broker, Transaction transaction, List<SettleUnit.Settlement> settlements,
                         boolean endsStaged, Reply<Void> done) {
        List<Fact> facts = new ArrayList<>();
        if (transaction.large()) {
            facts.add(new Staging.Decided(transaction.number(), true));
        }
        for (Transaction.Send send : transaction.sends()) {
            if (send.durable()) {
                facts.add(new Fact.Enqueued(send.message(), send.journalled()));
            }
        }
        if (!endsStaged) {
            facts.addAll(SettleUnit.facts(settlements));
        }
        facts.addAll(transaction.notes());
        return new CommitUnit(session, broker, transaction, settlements, facts, done);
    }

    @Override
    protected void completed(Completions completions) {
        if (transaction.large()) {
            broker.openTransactions().decided(transaction.number());
        }
        transaction.unpin();
        transaction.claims().confirm();
        transaction.staged().forEach(messages -> messages.forEachQueue(target -> completions.applyOn(target.loop(), this)));
        for (Transaction.Send send : transaction.sends()) {
            for (Queue target : send.targets()) {
                completions.applyOn(target.loop(), this);
            }
        }
        for (SettleUnit.Settlement settlement : settlements) {
            completions.applyOn(settlement.queue().loop(), this);
        }
        completions.confirmOn(session.loop(), this);
    }

    @Override
    protected void apply(Loop here) {
        transaction.staged().forEach(messages -> messages.enter(here));
        int fact = firstSend;
        for (Transaction.Send send : transaction.sends()) {
            boolean written = send.durable();
            for (Queue target : send.targets()) {
                if (target.loop() == here) {
                    target.enqueue(send.message(), written ? SendUnit.place(send.message(), target, position(fact)) : Queue.NO_POSITION);
                }
            }
            fact += written ? 1 : 0;
        }
        for (SettleUnit.Settlement settlement : settlements) {
            if (settlement.queue().loop() == here) {
                settlement.queue().forget(settlement.deliveries());
            }
        }
    }

    @Override
    protected void confirm() {
        session.sendEnded();
        for (Transaction.Send send : transaction.sends()) {
            broker.watch().arrived(send.message(), send.targets());
        }
        done.done(null);
    }

    @Override
    protected void refused(Completions completions, IOException cause) {
        session.loop().post(() -> {
            session.sendEnded();
            transaction.undo();
            done.failed(Session.diskFailed(cause));
        });
    }
}
