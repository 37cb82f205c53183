package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.openwire.Command.TransactionInfo;
import io.delos.openwire.Id.TransactionId;
import io.delos.openwire.Id.XaId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client's open transactions, and those branches of distributed ones in which it works; owned by its connection's loop. A transaction's
 * messages and acknowledgements become one unit of the journal when it is committed. What was acknowledged in one that is rolled back stays with the client, which delivers it again by itself (section 7).
 */
final class Transactions {

    private final Member member;
    private final Map<TransactionId, Open> open = new HashMap<>();
    private final XaTransactions branches;

    /** One that has begun. */
    static final class Open {
        private final Transaction transaction;
        private final List<Acknowledged> acknowledged = new ArrayList<>();
        private Optional<BrokerException> failure = Optional.empty();

        Open(Transaction transaction) {
            this.transaction = transaction;
        }

        /** The same work, as a part of another of the broker's transactions. */
        Open in(Transaction other) {
            Open moved = new Open(other);
            moved.acknowledged.addAll(acknowledged);
            return moved;
        }

        /** The broker's. */
        Transaction use() {
            return transaction;
        }

        /** It came true. */
        void committed() {
            acknowledged.forEach(part -> part.consumer().committed(part.messages()));
        }

        /** It did not, and the client has what it acknowledged. */
        void rolledBack() {
            acknowledged.forEach(part -> part.consumer().rolledBack(part.messages()));
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
        this.branches = new XaTransactions(member, open);
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
            branches.recover(info);
            return;
        }
        if (info.transaction().isPresent() && info.transaction().get() instanceof XaId id) {
            branches.receive(info, id);
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
            case TransactionInfo.END -> member.line().done(info.head());
            default -> member.line().refuse(info.head(), new Problem(OpenWireErrors.ILLEGAL_STATE, "a local transaction has one phase"));
        }
    }

    private void commit(TransactionInfo info, Open transaction) {
        if (transaction.failure.isPresent()) {
            Problem problem = new Problem(OpenWireErrors.ROLLED_BACK, transaction.failure.get().getMessage());
            rollback(transaction, () -> member.line().refuse(info.head(), problem));
            return;
        }
        member.session().commit(transaction.transaction, Reply.of(done -> {
            transaction.committed();
            member.line().done(info.head());
        }, refusal -> {
            transaction.acknowledged.forEach(part -> part.consumer().gaveBack(part.messages()));
            member.line().refuse(info.head(), new Problem(OpenWireErrors.ROLLED_BACK, refusal.getMessage()));
        }));
    }

    private void rollback(Open transaction, Runnable done) {
        member.session().rollbackToUnsettled(transaction.transaction, Reply.of(nothing -> {
            transaction.rolledBack();
            done.run();
        }, refusal -> done.run()));
    }
}
