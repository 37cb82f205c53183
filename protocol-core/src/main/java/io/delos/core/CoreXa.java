package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.broker.XaException;
import io.delos.broker.XaSession;
import io.delos.core.SessionPacket.Bare;
import io.delos.core.SessionPacket.Xa;
import io.delos.core.SessionPacket.XaAnswer;
import io.delos.core.SessionPacket.XaInDoubt;
import io.delos.core.SessionPacket.XaSetTimeout;
import io.delos.core.SessionPacket.XaTimeout;
import io.delos.core.SessionPacket.XaTimeoutSet;
import io.delos.message.Xid;
import java.util.Optional;

/**
 * A session's part in distributed transactions (section 9.2): it works in one branch at a time, the current one. Owned by the connection's
 * loop. What comes behind a request waits for its answer.
 */
final class CoreXa {
    private static final XaAnswer OK = new XaAnswer(false, 0, Optional.empty());
    private static final long MILLIS = 1000;

    private final CoreSession session;
    private Optional<Current> current = Optional.empty();
    /** How long branches of this session may be open, in milliseconds; 0 for the broker's own time. */
    private long timeoutMillis;
    private boolean used;

    /** A branch, and what this session does in it; ended if others have ended the branch. */
    private record Current(Xid xid, Transaction work) { }

    CoreXa(CoreSession session) {
        this.session = session;
    }

    private XaSession branches() {
        used = true;
        return session.broker().xa();
    }

    /** What the session's sends and acknowledgements are part of; empty outside of branches. */
    Optional<Transaction> work() {
        return current.map(Current::work);
    }

    private boolean isCurrent(Xid xid) {
        return current.isPresent() && current.get().xid().equals(xid);
    }

    private void answer(SessionPacket answer) {
        session.send(answer);
        session.release();
    }

    private void refuse(BrokerException refusal) {
        if (refusal instanceof XaException xa) {
            answer(new XaAnswer(true, xa.code().number(), Optional.of(refusal.getMessage())));
        } else {
            session.fail(refusal);
            session.release();
        }
    }

    private void refuseInPlace(String sentence) {
        session.hold();
        session.broker().afterAll(() -> answer(new XaAnswer(true, XaException.Code.PROTOCOL.number(), Optional.of(sentence))));
    }

    private <T> Reply<T> answering() {
        return Reply.of(done -> answer(OK), this::refuse);
    }

    void handle(SessionPacket packet) throws MalformedPacketException {
        if (packet instanceof Xa xa) {
            handle(xa);
        } else if (packet == Bare.XA_SUSPEND) {
            suspend();
        } else if (packet == Bare.XA_IN_DOUBT) {
            session.hold();
            branches().recover(Reply.of(xids -> answer(new XaInDoubt(xids)), this::refuse));
        } else if (packet == Bare.XA_GET_TIMEOUT) {
            long millis = session.handler().connection().broker().config().timing().transactionTimeout();
            session.hold();
            session.broker().afterAll(() -> answer(new XaTimeout((int) (millis / MILLIS))));
        } else if (packet instanceof XaSetTimeout set) {
            setTimeout(set.seconds());
        } else {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says");
        }
    }

    private void setTimeout(int seconds) {
        timeoutMillis = Math.max(0, seconds * MILLIS);
        session.hold();
        Reply<Void> set = Reply.of(done -> answer(new XaTimeoutSet(true)), this::refuse);
        if (current.isPresent()) {
            branches().timeout(current.get().xid(), timeoutMillis, set);
        } else {
            session.broker().afterAll(() -> set.done(null));
        }
    }

    private void handle(Xa packet) {
        Xid xid = packet.xid();
        switch (packet.verb()) {
            case START -> start(xid);
            case JOIN, RESUME -> enter(packet);
            case END -> end(xid);
            case FAILED -> failed(xid);
            case FORGET -> {
                session.hold();
                branches().forget(xid, answering());
            }
            default -> decide(packet);
        }
    }

    private Reply<Transaction> entering(Xid xid) {
        return Reply.of(work -> {
            current = Optional.of(new Current(xid, work));
            answer(OK);
        }, this::refuse);
    }

    private void start(Xid xid) {
        session.hold();
        if (current.isPresent()) {
            Xid before = current.get().xid();
            current = Optional.empty();
            branches().abandon(before, Outcome.FAILED, Reply.ignored());
            branches().rollback(before, Reply.ignored());
        }
        branches().start(xid, timeoutMillis, entering(xid));
    }

    private void enter(Xa packet) {
        if (current.isPresent()) {
            refuseInPlace("the session works in " + current.get().xid());
            return;
        }
        session.hold();
        if (packet.verb() == Xa.Verb.JOIN) {
            branches().join(packet.xid(), entering(packet.xid()));
        } else {
            branches().resume(packet.xid(), entering(packet.xid()));
        }
    }

    private void suspend() {
        if (current.isEmpty()) {
            refuseInPlace("the session works in no branch");
            return;
        }
        Xid xid = current.get().xid();
        current = Optional.empty();
        session.hold();
        branches().suspend(xid, answering());
    }

    private void end(Xid xid) {
        if (isCurrent(xid)) {
            current = Optional.empty();
        }
        session.hold();
        branches().end(xid, answering());
    }

    /** Where the connection was lost in the midst of a branch; nobody waits for an answer. */
    private void failed(Xid xid) {
        session.hold();
        branches().failed(xid, timeoutMillis, Reply.of(work -> {
            current = work.ended() ? Optional.empty() : Optional.of(new Current(xid, work));
            session.release();
        }, refusal -> {
            session.log(refusal);
            session.release();
        }));
    }

    private void decide(Xa packet) {
        Xid xid = packet.xid();
        if (isCurrent(xid)) {
            refuseInPlace("the session still works in " + xid);
            return;
        }
        session.hold();
        switch (packet.verb()) {
            case PREPARE -> branches().prepare(xid, answering());
            case COMMIT -> branches().commit(xid, packet.flag(), answering());
            default -> rollback(xid);
        }
    }

    /** As after a local rollback, what was delivered and not acknowledged is delivered again. */
    private void rollback(Xid xid) {
        session.consumers().giveBackAll(false, () -> branches().rollback(xid, Reply.of(done -> {
            session.consumers().updateDelivery();
            answer(OK);
        }, refusal -> {
            session.consumers().updateDelivery();
            refuse(refusal);
        })));
    }

    /** The session ends as it should: what it did is others' to end, when {@code then} runs. */
    void leave(Runnable then) {
        if (used) {
            branches().leave(Reply.of(done -> then.run(), refusal -> then.run()));
        } else {
            then.run();
        }
    }

    /** SESS_ROLLBACK: what was done in the current branch is undone; the branch itself is still to be rolled back by its name. */
    void abandon(Outcome deliveries, Runnable then) {
        if (current.isPresent()) {
            Xid xid = current.get().xid();
            current = Optional.empty();
            branches().abandon(xid, deliveries, Reply.of(done -> then.run(), refusal -> then.run()));
        } else {
            session.broker().afterAll(then);
        }
    }
}
