package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.core.AnswerPacket.Failed;
import io.delos.core.SessionPacket.Bare;
import io.delos.core.SessionPacket.Commit;
import io.delos.core.SessionPacket.Rollback;
import io.delos.core.SessionPacket.Xa;
import io.delos.core.SessionPacket.XaAnswer;
import io.delos.core.SessionPacket.XaInDoubt;
import io.delos.core.SessionPacket.XaSetTimeout;
import io.delos.core.SessionPacket.XaTimeout;
import io.delos.core.SessionPacket.XaTimeoutSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A session's transaction; owned by the connection's loop (section 9). One is begun with the first work that needs it. */
final class CoreTransactions {
    /** XAER_RMERR: the resource manager cannot do this. */
    private static final int XA_RESOURCE_ERROR = -3;
    private static final String NO_XA = "this broker does not take part in distributed transactions";

    private final CoreSession session;
    private Optional<Transaction> transaction = Optional.empty();
    /** Why the transaction can only be rolled back. */
    private Optional<BrokerException> doom = Optional.empty();

    CoreTransactions(CoreSession session) {
        this.session = session;
    }

    Transaction current() {
        if (transaction.isEmpty()) {
            transaction = Optional.of(session.broker().begin());
        }
        return transaction.get();
    }

    /** Something done in the transaction failed: its commit will say so, and undo the rest. */
    void failed(BrokerException cause) {
        if (doom.isEmpty()) {
            doom = Optional.of(cause);
        }
    }

    void commit(Commit packet) {
        session.hold();
        // failures of what was sent before are known only when it has been answered
        session.broker().afterAll(() -> commitNow(packet.correlation()));
    }

    private void commitNow(OptionalLong correlation) {
        Optional<Transaction> ending = transaction;
        transaction = Optional.empty();
        if (doom.isPresent()) {
            BrokerException cause = doom.get();
            doom = Optional.empty();
            undo(ending, Reply.of(done -> refused(cause, correlation), refusal -> refused(cause, correlation)));
        } else if (ending.isEmpty()) {
            committed(correlation);
        } else {
            session.broker().commit(ending.get(), Reply.of(done -> committed(correlation), cause ->
                    undo(ending, Reply.of(done -> refused(cause, correlation), refusal -> refused(cause, correlation)))));
        }
    }

    private void undo(Optional<Transaction> ending, Reply<Void> reply) {
        if (ending.isPresent()) {
            session.broker().rollback(ending.get(), Outcome.FAILED, reply);
        } else {
            reply.done(null);
        }
    }

    private void committed(OptionalLong correlation) {
        session.done(correlation.orElse(AnswerPacket.UNCORRELATED));
        session.release();
    }

    private void refused(BrokerException cause, OptionalLong correlation) {
        session.send(new Failed(CoreErrors.code(cause.reason()), Optional.of(cause.getMessage()), correlation));
        session.release();
    }

    /** Acknowledged messages keep their count of attempts, those only delivered do not; all stand where they stood. */
    void rollback(Rollback packet) {
        session.consumers().giveBackAll(packet.lastMessageDelivered(), () -> {
            session.hold();
            Optional<Transaction> ending = transaction;
            transaction = Optional.empty();
            doom = Optional.empty();
            undo(ending, Reply.of(done -> rolledBack(), refusal -> rolledBack()));
        });
    }

    private void rolledBack() {
        session.done();
        session.consumers().updateDelivery();
        session.release();
    }

    /** The session ends. */
    void abandon(Outcome deliveries) {
        transaction.ifPresent(open -> session.broker().rollback(open, deliveries, Reply.ignored()));
        transaction = Optional.empty();
        doom = Optional.empty();
    }

    /** Distributed transactions: refused in the transaction manager's own words. */
    void handle(SessionPacket packet) throws MalformedPacketException {
        if (packet instanceof Xa xa) {
            if (xa.verb() != Xa.Verb.FAILED) {
                answer(new XaAnswer(true, XA_RESOURCE_ERROR, Optional.of(NO_XA)));
            }
        } else if (packet == Bare.XA_SUSPEND) {
            answer(new XaAnswer(true, XA_RESOURCE_ERROR, Optional.of(NO_XA)));
        } else if (packet == Bare.XA_IN_DOUBT) {
            answer(new XaInDoubt(List.of()));
        } else if (packet == Bare.XA_GET_TIMEOUT) {
            long millis = session.handler().connection().broker().config().timing().transactionTimeout();
            answer(new XaTimeout((int) (millis / 1000)));
        } else if (packet instanceof XaSetTimeout) {
            answer(new XaTimeoutSet(false));
        } else {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says");
        }
    }

    private void answer(SessionPacket packet) {
        session.broker().afterAll(() -> session.send(packet));
    }
}
