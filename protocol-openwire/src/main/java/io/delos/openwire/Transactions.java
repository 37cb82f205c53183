package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.openwire.Command.TransactionInfo;
import io.delos.openwire.Id.TransactionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client's open transactions; owned by its connection's loop. Their messages and acknowledgements become one unit of the journal when they
 * are committed. What was acknowledged in one that is rolled back stays with the client, which delivers it again by itself (section 7).
 */
final class Transactions {

    private static final int XA_READ_ONLY = 3;

    private final Member member;
    private final Map<TransactionId, Open> open = new HashMap<>();

    /** One that has begun. */
    static final class Open {
        private final Transaction transaction;
        private final List<Acknowledged> acknowledged = new ArrayList<>();
        private Optional<BrokerException> failure = Optional.empty();
        private boolean used;

        private Open(Transaction transaction) {
            this.transaction = transaction;
        }

        /** The broker's; whoever asks is about to do something in it. */
        Transaction use() {
            used = true;
            return transaction;
        }

        /** Something in it failed: it can't be committed any more. */
        void failed(BrokerException why) {
            transaction.markRollbackOnly(why);
            failure = failure.isPresent() ? failure : Optional.of(why);
        }

        void add(OpenWireConsumer consumer, List<Dispatched> messages) {
            acknowledged.add(new Acknowledged(consumer, messages));
        }
    }

    private record Acknowledged(OpenWireConsumer consumer, List<Dispatched> messages) { }

    Transactions(Member member) {
        this.member = member;
    }

    /** The transaction of this name, if it has begun. */
    Optional<Open> find(TransactionId id) {
        return Optional.ofNullable(open.get(id));
    }

    /** What to say of one that hasn't. */
    static BrokerException unknown(Optional<TransactionId> id) {
        return new BrokerException(Reason.TRANSACTION_STATE, "Transaction not started, " + id.map(Object::toString).orElse(""));
    }

    void receive(TransactionInfo info) {
        if (info.kind() == TransactionInfo.RECOVER) {
            member.line().say(new Answer.Nothing(info.head().id()));
            return;
        }
        Optional<Open> found = info.transaction().map(open::get);
        if (info.kind() == TransactionInfo.BEGIN && info.transaction().isPresent()) {
            open.computeIfAbsent(info.transaction().get(), id -> new Open(member.session().begin()));
            member.line().done(info.head());
        } else if (found.isEmpty()) {
            member.line().refuse(info.head(), unknown(info.transaction()));
        } else {
            end(info, found.get());
        }
    }

    private void end(TransactionInfo info, Open transaction) {
        switch (info.kind()) {
            case TransactionInfo.COMMIT_ONE_PHASE, TransactionInfo.COMMIT_TWO_PHASE -> {
                open.remove(info.transaction().orElseThrow());
                commit(info, transaction);
            }
            case TransactionInfo.ROLLBACK -> {
                open.remove(info.transaction().orElseThrow());
                rollback(transaction, () -> member.line().done(info.head()));
            }
            case TransactionInfo.PREPARE -> prepare(info, transaction);
            case TransactionInfo.END -> member.line().done(info.head());
            default -> member.line().refuse(info.head(), new Problem(OpenWireErrors.ILLEGAL_STATE, "there is nothing to forget"));
        }
    }

    private void commit(TransactionInfo info, Open transaction) {
        if (transaction.failure.isPresent()) {
            Problem problem = new Problem(OpenWireErrors.ROLLED_BACK, transaction.failure.get().getMessage());
            rollback(transaction, () -> member.line().refuse(info.head(), problem));
            return;
        }
        member.session().commit(transaction.transaction, Reply.of(done -> {
            transaction.acknowledged.forEach(part -> part.consumer().committed(part.messages()));
            member.line().done(info.head());
        }, refusal -> {
            transaction.acknowledged.forEach(part -> part.consumer().gaveBack(part.messages()));
            member.line().refuse(info.head(), new Problem(OpenWireErrors.ROLLED_BACK, refusal.getMessage()));
        }));
    }

    private void rollback(Open transaction, Runnable done) {
        member.session().rollbackToUnsettled(transaction.transaction, Reply.of(nothing -> {
            transaction.acknowledged.forEach(part -> part.consumer().rolledBack(part.messages()));
            done.run();
        }, refusal -> done.run()));
    }

    /** A branch in which nothing was done needs no second phase; others this broker can't keep over a restart. */
    private void prepare(TransactionInfo info, Open transaction) {
        if (transaction.used) {
            member.line().refuse(info.head(), new Problem(OpenWireErrors.XA, "two-phase commit is not supported"));
        } else {
            open.remove(info.transaction().orElseThrow());
            rollback(transaction, () -> member.line().say(new Answer.Number(info.head().id(), XA_READ_ONLY)));
        }
    }
}
