package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.core.AnswerPacket.Failed;
import io.delos.core.SessionPacket.Commit;
import io.delos.core.SessionPacket.Rollback;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.Optional;

/**
 * A session's transaction, local or distributed; owned by the connection's loop (section 9). A local one is begun with the first work that
 * needs it.
 */
final class CoreTransactions {
    private final CoreSession session;
    private final CoreXa xa;
    private Optional<Transaction> transaction = Optional.empty();

    CoreTransactions(CoreSession session) {
        this.session = session;
        this.xa = new CoreXa(session);
    }

    private Transaction local() {
        if (transaction.isEmpty()) {
            transaction = Optional.of(session.broker().begin());
        }
        return transaction.get();
    }

    /** What the session's sends are part of; empty if each is by itself, as they are outside of branches. */
    Optional<Transaction> sending() {
        if (session.request().autoCommitSends()) {
            return Optional.empty();
        }
        return current();
    }

    private Optional<Transaction> current() {
        return xa.work().isPresent() || session.request().xa() ? xa.work() : Optional.of(local());
    }

    /** Accepts deliveries, in the session's transaction if there is one for that. */
    void accept(List<Delivery> deliveries, Reply<Void> done) {
        Optional<Transaction> part = acknowledging();
        if (part.isPresent() && part.get().ended()) {
            // the branch was rolled back meanwhile: they come back with what was acknowledged before
            session.broker().settle(deliveries, Outcome.FAILED, done);
        } else if (part.isPresent()) {
            session.broker().settle(deliveries, Outcome.ACCEPTED, part.get(), done);
        } else if (deliveries.size() == 1) {
            session.broker().settle(deliveries.get(0), Outcome.ACCEPTED, done);
        } else {
            session.broker().settle(deliveries, Outcome.ACCEPTED, done);
        }
    }

    private Optional<Transaction> acknowledging() {
        if (session.request().autoCommitAcks()) {
            return Optional.empty();
        }
        return current();
    }

    /** An acknowledgement failed: what it was part of can't be committed, or if there is nothing like that somebody may read of it. */
    void acknowledgementFailed(BrokerException refusal) {
        acknowledging().ifPresentOrElse(part -> part.markRollbackOnly(refusal), () -> session.log(refusal));
    }

    /** A send failed that never reached the broker. */
    void sendFailed(BrokerException refusal) {
        sending().ifPresent(part -> part.markRollbackOnly(refusal));
    }

    void commit(Commit packet) {
        Optional<Transaction> ending = transaction;
        transaction = Optional.empty();
        long correlation = packet.correlation().orElse(AnswerPacket.UNCORRELATED);
        if (xa.work().isPresent()) {
            session.broker().afterAll(() -> session.send(new Failed(CoreErrors.code(Reason.TRANSACTION_STATE),
                    Optional.of("the session works in a branch of a distributed transaction"), packet.correlation())));
            return;
        }
        if (ending.isEmpty()) {
            session.broker().afterAll(() -> session.done(correlation));
            return;
        }
        // what comes behind is answered behind: a client that does not await this answer would take it for another
        session.hold();
        session.broker().commit(ending.get(), Reply.of(done -> {
            session.done(correlation);
            session.release();
        }, cause -> {
            session.send(new Failed(CoreErrors.code(cause.reason()), Optional.of(cause.getMessage()), packet.correlation()));
            session.release();
        }));
    }

    /** Acknowledged messages keep their count of attempts, those only delivered do not; all stand where they stood. */
    void rollback(Rollback packet) {
        session.consumers().giveBackAll(packet.lastMessageDelivered(), () -> {
            abandon(Outcome.FAILED);
            session.hold();
            xa.abandon(Outcome.FAILED, () -> {
                session.done();
                session.consumers().updateDelivery();
                session.release();
            });
        });
    }

    /** Undoes the local transaction; what it acknowledged is settled so instead. */
    void abandon(Outcome deliveries) {
        transaction.ifPresent(open -> session.broker().rollback(open, deliveries, Reply.ignored()));
        transaction = Optional.empty();
    }

    /** The session ends as it should: branches are others' to end, when {@code then} runs. */
    void leave(Runnable then) {
        xa.leave(then);
    }

    /** What a transaction manager asks. */
    void handle(SessionPacket packet) throws MalformedPacketException {
        xa.handle(packet);
    }
}
