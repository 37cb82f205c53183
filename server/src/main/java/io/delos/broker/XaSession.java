package io.delos.broker;

import io.delos.broker.XaException.Code;
import io.delos.message.Xid;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What one session does in distributed transactions. It may work in several branches at a time; in each it has a {@link Transaction} of its
 * own, to which its sends and settlements are added as to a local one, and which is no more to be ended by the session itself. A refusal is
 * an {@link XaException}, or another one where the XA specification has no word for it. Owned by the session's loop.
 */
public final class XaSession {

    private final Session session;
    private final Broker broker;
    /** The branches it works in; if the transaction has ended, the branch was ended by others. */
    private final Map<Xid, Transaction> working = new LinkedHashMap<>(2);
    /** Those of them that did not come true. */
    private final Set<Xid> lost = new HashSet<>(0);
    private boolean keeps;

    XaSession(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    Client client() {
        return session.client();
    }

    /**
     * In branches that are begun from now on the client keeps what it acknowledges if they don't come true: that is unsettled again then, and does
     * not go back to its queues, unless the client is gone.
     */
    public void keepDeliveries() {
        keeps = true;
    }

    private void ask(Consumer<Branches> question) {
        Branches branches = broker.branches();
        branches.loop().post(() -> question.accept(branches));
    }

    /** A reply for the control loop that comes back here. */
    private <T> Reply<T> here(Reply<T> done) {
        return Reply.of(result -> session.post(() -> done.done(result)), refusal -> session.post(() -> done.failed(refusal)));
    }

    /** Asks in the session's order. */
    private void inOrder(Consumer<Branches> question) {
        session.afterAll(() -> ask(question));
    }

    /** Begins a branch. DUPLICATE. It is rolled back if it isn't prepared in time; 0 for the time the configuration gives. */
    public void start(Xid xid, long timeoutMillis, Reply<Transaction> done) {
        inOrder(branches -> branches.start(xid, this, timeout(timeoutMillis), here(entering(xid, done))));
    }

    private long timeout(long millis) {
        return millis > 0 ? millis : broker.config().timing().transactionTimeout();
    }

    private Reply<Void> entering(Xid xid, Reply<Transaction> done) {
        return Reply.of(entered -> {
            Transaction before = working.get(xid);
            Transaction mine = before == null || before.ended() ? broker.newTransaction() : before;
            if (keeps) {
                mine.keptBy(session);
            }
            working.put(xid, mine);
            lost.remove(xid);
            if (session.isClosed()) {
                leave(xid, mine, false, Reply.ignored());
            }
            done.done(mine);
        }, done::failed);
    }

    /** Works in a branch that others have begun. UNKNOWN; PROTOCOL if it is suspended or past that. */
    public void join(Xid xid, Reply<Transaction> done) {
        inOrder(branches -> branches.join(xid, this, here(entering(xid, done))));
    }

    /** Goes on with a branch that was suspended, here or elsewhere. UNKNOWN, PROTOCOL. */
    public void resume(Xid xid, Reply<Transaction> done) {
        inOrder(branches -> branches.resume(xid, this, here(entering(xid, done))));
    }

    /** Stops working in a branch, which can't be ended until somebody resumes it; whoever asks after that is answered so. PROTOCOL. */
    public void suspend(Xid xid, Reply<Void> done) {
        stop(xid, true, done);
    }

    /**
     * Stops working in a branch; whoever decides it after that finds what was done here. If this session doesn't work in it: UNKNOWN, PROTOCOL
     * if it is prepared. PROTOCOL too if it was rolled back meanwhile.
     */
    public void end(Xid xid, Reply<Void> done) {
        stop(xid, false, done);
    }

    private void stop(Xid xid, boolean suspend, Reply<Void> done) {
        session.afterAll(() -> {
            Transaction mine = working.get(xid);
            if (mine == null && suspend) {
                done.failed(new XaException(Code.PROTOCOL, "the session does not work in " + xid));
            } else if (mine == null) {
                ask(branches -> branches.end(xid, here(done)));
            } else if (mine.ended()) {
                working.remove(xid);
                if (lost.remove(xid)) {
                    done.failed(Branches.ended());
                } else {
                    done.done(null);
                }
            } else {
                working.remove(xid);
                if (mine.cause().isPresent()) {
                    BrokerException why = mine.cause().get();
                    ask(branches -> branches.markRollbackOnly(xid, why));
                }
                leave(xid, mine, suspend, done);
            }
        });
    }

    /** Hands over what it did, when all of that has a place; done when it is the branch's. */
    private void leave(Xid xid, Transaction mine, boolean suspend, Reply<Void> done) {
        mine.handOver();
        boolean[] waited = new boolean[1];
        Runnable go = () -> {
            ask(branches -> branches.leave(xid, this, mine, suspend, here(done)));
            if (waited[0]) {
                session.turns().unblock();
            }
        };
        if (mine.placed(go)) {
            go.run();
        } else {
            waited[0] = true;
            session.turns().block();
        }
    }

    /**
     * Goes on, over a new connection, where the old one was lost in the midst of a branch: there is nothing left of it but its name, and it can
     * only be rolled back. Done with that, ended if the branch is prepared.
     */
    public void failed(Xid xid, long timeoutMillis, Reply<Transaction> done) {
        inOrder(branches -> branches.failed(xid, this, timeout(timeoutMillis), here(Reply.of(enters -> {
            if (enters) {
                entering(xid, done).done(null);
            } else {
                Transaction none = broker.newTransaction();
                none.handOver();
                done.done(none);
            }
        }, done::failed))));
    }

    /** Undoes what this session has done in a branch, and stops working in it; then it can only be rolled back. */
    public void abandon(Xid xid, Outcome deliveries, Reply<Void> done) {
        session.afterAll(() -> {
            Transaction mine = working.remove(xid);
            lost.remove(xid);
            if (mine == null || mine.ended()) {
                done.done(null);
                return;
            }
            session.undo(mine, deliveries);
            ask(branches -> {
                branches.markRollbackOnly(xid, new XaException(Code.ROLLED_BACK, xid + " was rolled back by its session"));
                branches.leave(xid, this, broker.newTransaction(), false, Reply.ignored());
                here(done).done(null);
            });
        });
    }

    /** Gives a branch another time, counted from when it was begun; nothing happens if there is none. */
    public void timeout(Xid xid, long millis, Reply<Void> done) {
        inOrder(branches -> {
            branches.timeout(xid, timeout(millis));
            here(done).done(null);
        });
    }

    /** Done when the branch is prepared: it survives everything, and nothing of it is seen, until it is decided. UNKNOWN, PROTOCOL. */
    public void prepare(Xid xid, Reply<Void> done) {
        inOrder(branches -> branches.prepare(xid, here(done)));
    }

    /**
     * Makes it true; done when that is durable. A prepared one, or with {@code onePhase} one that isn't; TRANSACTION_STATE otherwise. UNKNOWN,
     * PROTOCOL, HEURISTIC_COMMIT, HEURISTIC_ROLLBACK; whatever made a one-phase commit impossible, after which it is gone.
     */
    public void commit(Xid xid, boolean onePhase, Reply<Void> done) {
        inOrder(branches -> branches.commit(xid, onePhase, here(done)));
    }

    /** Undoes it. UNKNOWN, PROTOCOL, HEURISTIC_COMMIT, HEURISTIC_ROLLBACK. */
    public void rollback(Xid xid, Reply<Void> done) {
        inOrder(branches -> branches.rollback(xid, here(done)));
    }

    /** Forgets what an operator has decided. UNKNOWN if none has. */
    public void forget(Xid xid, Reply<Void> done) {
        inOrder(branches -> branches.forget(xid, here(done)));
    }

    /** Which branches are prepared, whoever did it. */
    public void recover(Reply<List<Xid>> done) {
        inOrder(branches -> here(done).done(branches.prepared().stream().map(branch -> branch.xid).toList()));
    }

    /** Any thread: the branch is over, without having come true. */
    void lose(Xid xid) {
        session.post(() -> {
            Transaction mine = working.get(xid);
            if (mine != null && !mine.ended()) {
                session.undo(mine, Outcome.FAILED);
                lost.add(xid);
            }
        });
    }

    /** Any thread: somebody ends the branch; what was done here is part of it. */
    void recall(Xid xid) {
        session.post(() -> {
            Transaction mine = working.get(xid);
            if (mine != null && !mine.ended()) {
                leave(xid, mine, false, Reply.ignored());
            }
        });
    }

    /**
     * The session ends as it should, so that what it did and did not prepare may be decided by others, though its connection ends too. Done when
     * it may.
     */
    public void leave(Reply<Void> done) {
        close();
        ask(branches -> {
            branches.left(this);
            here(done).done(null);
        });
    }

    /** The session is over. */
    void close() {
        working.forEach((xid, mine) -> {
            if (!mine.ended()) {
                leave(xid, mine, false, Reply.ignored());
            }
        });
        working.clear();
    }
}
