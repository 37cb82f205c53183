package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.store.Completions;
import io.delos.store.Staging;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.List;

/** A part of a transaction, written before anybody knows whether it will be true. Nobody waits for it: the decision comes behind it. */
final class StageUnit extends Unit {

    private final Transaction transaction;
    private final Broker broker;
    private final Loop loop;
    private final StagedMessages messages;

    /** {@code loop}: the transaction's owner. {@code facts}: a {@link Staging.Sent} for each of the messages that is to be durable, in their order, {@link Staging.Ended} and {@link Staging.Known}. */
    StageUnit(Loop loop, Broker broker, Transaction transaction, StagedMessages messages, List<? extends Staging> facts) {
        super(facts);
        this.loop = loop;
        this.broker = broker;
        this.transaction = transaction;
        this.messages = messages;
    }

    @Override
    protected void completed(Completions completions) {
        OpenTransactions.Open open = broker.openTransactions().of(transaction.number());
        int next = 0;
        for (int i = 0; i < facts().size(); i++) {
            if (facts().get(i) instanceof Staging.Sent sent) {
                next = messages.place(next, position(i));
                open.claims.add(sent.what().message());
            } else if (facts().get(i) instanceof Staging.Ended ended) {
                open.ended.add(ended.what());
            } else if (facts().get(i) instanceof Staging.Known known) {
                open.claims.add(known.what().address(), known.what().id());
            }
        }
        if (messages.count() > 0) {
            messages.retain(broker.store(), 1);
            open.messages.add(messages);
        }
    }

    @Override
    protected void refused(Completions completions, IOException cause) {
        loop.post(() -> transaction.markRollbackOnly(Session.diskFailed(cause)));
    }

    /** The parts of a transaction that is over without having come true. */
    static final class Undo extends Unit {
        private final Broker broker;
        private final long number;

        Undo(Broker broker, long number) {
            super(List.of(new Staging.Decided(number, false)));
            this.broker = broker;
            this.number = number;
        }

        @Override
        protected void completed(Completions completions) {
            broker.openTransactions().decided(number)
                    .ifPresent(open -> open.messages.forEach(messages -> messages.retain(broker.store(), -1)));
        }

        @Override
        protected void refused(Completions completions, IOException cause) {
            // the disk has failed: the broker stops, and what is undecided counts as rolled back
        }
    }
}
