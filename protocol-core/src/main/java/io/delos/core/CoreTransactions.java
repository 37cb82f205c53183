package io.delos.core;

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

/** A session's transaction; owned by the connection's loop (section 9). One is begun with the first work that needs it. */
final class CoreTransactions {
    /** XAER_RMERR: the resource manager cannot do this. */
    private static final int XA_RESOURCE_ERROR = -3;
    private static final String NO_XA = "this broker does not take part in distributed transactions";

    private final CoreSession session;
    private Optional<Transaction> transaction = Optional.empty();

    CoreTransactions(CoreSession session) {
        this.session = session;
    }

    Transaction current() {
        if (transaction.isEmpty()) {
            transaction = Optional.of(session.broker().begin());
        }
        return transaction.get();
    }

    void commit(Commit packet) {
        Optional<Transaction> ending = transaction;
        transaction = Optional.empty();
        long correlation = packet.correlation().orElse(AnswerPacket.UNCORRELATED);
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
            session.broker().afterAll(() -> {
                session.done();
                session.consumers().updateDelivery();
            });
        });
    }

    /** Undoes the transaction; what it acknowledged is settled so instead. */
    void abandon(Outcome deliveries) {
        transaction.ifPresent(open -> session.broker().rollback(open, deliveries, Reply.ignored()));
        transaction = Optional.empty();
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
