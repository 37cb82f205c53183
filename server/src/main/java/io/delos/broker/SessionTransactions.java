package io.delos.broker;

import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The open transactions of a session and how they end. Owned by the session's loop. */
final class SessionTransactions {

    private final Session session;
    private final Broker broker;
    private final Sender sender;
    private final Stager stager;
    private final Set<Transaction> open = new LinkedHashSet<>();

    SessionTransactions(Session session, Broker broker, Sender sender) {
        this.session = session;
        this.broker = broker;
        this.sender = sender;
        this.stager = new Stager(session.loop(), broker);
    }

    Transaction begin() {
        Transaction transaction = broker.newTransaction();
        open.add(transaction);
        return transaction;
    }

    /** A message has become part of the transaction: when it holds too many, they go to the disk. */
    void sent(Transaction transaction) {
        if (stager.due(transaction) && !transaction.ended() && sender.admission().admits(transaction, () -> sent(transaction))) {
            stager.stageSends(transaction);
            sender.waitUnderPressure();
        }
    }

    /** Commits what one send has become. */
    void sendTogether(Transaction whole, Reply<Void> done) {
        if (stager.due(whole)) {
            stager.stageSends(whole);
        }
        commit(whole, done);
        sender.waitUnderPressure();
    }

    void commit(Transaction transaction, Reply<Void> done) {
        open.remove(transaction);
        if (!transaction.ended() && !transaction.rollbackOnly() && !ownsItsIds(transaction, () -> commit(transaction, done))) {
            return;
        }
        if (transaction.rollbackOnly()) {
            rollBack(transaction, Optional.of(Outcome.FAILED));
            done.failed(transaction.cause().orElseThrow());
        } else if (!transaction.end()) {
            done.failed(new BrokerException(Reason.TRANSACTION_STATE, "the transaction has ended"));
        } else if (transaction.placed(() -> placed(transaction, done))) {
            admit(transaction, done);
        } else {
            session.turns().block();
        }
    }

    /**
     * Whether its duplicate ids are its own now, or it can only be rolled back because one isn't. If it isn't known yet what becomes of somebody
     * else's message with one of them, the session waits, and {@code again} runs when it is.
     */
    private boolean ownsItsIds(Transaction transaction, Runnable again) {
        Optional<Claims.Conflict> conflict = transaction.claims().take(broker.routes());
        if (conflict.isEmpty()) {
            return true;
        }
        boolean undecided = conflict.get().await(() -> session.post(() -> {
            again.run();
            session.turns().unblock();
        }));
        if (undecided) {
            session.turns().block();
            return false;
        }
        sender.tellDuplicate(conflict.get().address(), conflict.get().id());
        transaction.markRollbackOnly(Claims.refusal(conflict.get().id()));
        return true;
    }

    private void placed(Transaction transaction, Reply<Void> done) {
        admit(transaction, done);
        session.turns().unblock();
    }

    private void admit(Transaction transaction, Reply<Void> done) {
        if (sender.admission().admits(transaction, () -> write(transaction, done))) {
            write(transaction, done);
        }
    }

    private void write(Transaction transaction, Reply<Void> done) {
        List<Delivery> accepted = new ArrayList<>();
        for (Transaction.Settled settled : transaction.settled()) {
            if (settled.outcome().kind() == Outcome.Kind.ACCEPTED) {
                accepted.addAll(settled.deliveries());
            }
        }
        List<SettleUnit.Settlement> settlements = SettleUnit.byQueue(accepted);
        boolean endsStaged = accepted.size() > Settlements.AT_ONCE;
        if (endsStaged) {
            stager.stageEnds(transaction, settlements);
        }
        sender.commit(CommitUnit.of(session, broker, transaction, settlements, endsStaged, Reply.of(result -> {
            for (Transaction.Settled settled : transaction.settled()) {
                if (settled.outcome().kind() != Outcome.Kind.ACCEPTED) {
                    session.settleTaken(settled.deliveries(), settled.outcome(), Reply.ignored());
                }
            }
            done.done(null);
        }, done::failed)));
    }

    /** Undoes it; the deliveries it settled are settled by {@code deliveries} instead, or are unsettled again when that is empty. */
    void rollBack(Transaction transaction, Optional<Outcome> deliveries) {
        open.remove(transaction);
        if (!transaction.end()) {
            return;
        }
        transaction.undo();
        transaction.unpin();
        stager.undo(transaction);
        for (Transaction.Settled settled : transaction.settled()) {
            if (deliveries.isPresent()) {
                session.settleTaken(settled.deliveries(), deliveries.get(), Reply.ignored());
            } else {
                broker.settlements().keep(settled.deliveries(), session.loop());
            }
        }
    }

    /** The session ends: so do they. */
    void rollBackAll(Outcome deliveries) {
        new ArrayList<>(open).forEach(transaction -> rollBack(transaction, Optional.of(deliveries)));
    }
}
