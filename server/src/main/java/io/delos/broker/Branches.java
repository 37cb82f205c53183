package io.delos.broker;

import io.delos.broker.Branch.Phase;
import io.delos.broker.XaException.Code;
import io.delos.loop.Loop;
import io.delos.message.Xid;
import io.delos.queue.Queue;
import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The branches of distributed transactions, and by which rules they come and go. Owned by the control loop: its methods are called there, by
 * posting, and run their replies there.
 */
final class Branches {

    private static final Logger LOG = LogManager.getLogger(Branches.class);
    /** Names of branches that were decided by an operator are remembered, under this and their text, until their manager forgets them. */
    private static final String HEURISTIC = "xa-heuristic:";
    private static final byte COMMITTED = 1;
    private static final byte ROLLED_BACK = 0;

    private final Broker broker;
    private final Loop control;
    private final BranchWriter writer;
    private final Map<Xid, Branch> branches = new LinkedHashMap<>();

    Branches(Broker broker, Loop control) {
        this.broker = broker;
        this.control = control;
        this.writer = new BranchWriter(broker, control);
    }

    Loop loop() {
        return control;
    }

    Collection<Branch> all() {
        return branches.values();
    }

    private static BrokerException refusal(Code code, String sentence) {
        return new XaException(code, sentence);
    }

    private static BrokerException unknown(Xid xid) {
        return refusal(Code.UNKNOWN, "no branch is called " + xid);
    }

    /** The branch that may be decided: known, and not suspended. Null if it isn't, which {@code done} has been told then. */
    private Branch decidable(Xid xid, Reply<?> done) {
        Branch branch = branches.get(xid);
        if (branch == null) {
            done.failed(outcome(xid).map(committed -> committed
                    ? refusal(Code.HEURISTIC_COMMIT, "an operator has committed " + xid)
                    : refusal(Code.HEURISTIC_ROLLBACK, "an operator has rolled back " + xid)).orElseGet(() -> unknown(xid)));
        } else if (branch.suspended()) {
            done.failed(refusal(Code.PROTOCOL, xid + " is suspended"));
        } else {
            return branch;
        }
        return null;
    }

    /** A new branch, in which the party works. */
    void start(Xid xid, XaSession party, long timeoutMillis, Reply<Void> done) {
        if (xid.global().length > Xid.LONGEST || xid.branch().length > Xid.LONGEST) {
            done.failed(refusal(Code.INVALID, "the ids of a branch have at most " + Xid.LONGEST + " bytes"));
        } else if (branches.containsKey(xid) || outcome(xid).isPresent()) {
            done.failed(refusal(Code.DUPLICATE, "there is a branch called " + xid));
        } else {
            enter(begin(xid, timeoutMillis), party);
            done.done(null);
        }
    }

    private Branch begin(Xid xid, long timeoutMillis) {
        Branch branch = new Branch(xid, control.now(), timeoutMillis);
        branches.put(xid, branch);
        return branch;
    }

    private static void enter(Branch branch, XaSession party) {
        branch.parties.add(party);
        branch.workers.add(party);
    }

    /** The party works in it too. */
    void join(Xid xid, XaSession party, Reply<Void> done) {
        Branch branch = branches.get(xid);
        if (branch == null) {
            done.failed(unknown(xid));
        } else if (branch.suspended() || branch.phase() != Phase.OPEN) {
            done.failed(refusal(Code.PROTOCOL, xid + (branch.suspended() ? " is suspended" : " is being ended")));
        } else {
            enter(branch, party);
            done.done(null);
        }
    }

    /** The party goes on with what was suspended. */
    void resume(Xid xid, XaSession party, Reply<Void> done) {
        Branch branch = branches.get(xid);
        if (branch == null) {
            done.failed(unknown(xid));
        } else if (!branch.suspended()) {
            done.failed(refusal(Code.PROTOCOL, xid + " is not suspended"));
        } else {
            branch.suspended(false);
            enter(branch, party);
            done.done(null);
        }
    }

    static BrokerException ended() {
        return refusal(Code.PROTOCOL, "Cannot end, transaction is rolled back");
    }

    /** The party works in it no more, and hands over what it did. PROTOCOL if it was rolled back meanwhile. */
    void leave(Xid xid, XaSession party, Transaction work, boolean suspend, Reply<Void> done) {
        Branch branch = branches.get(xid);
        boolean late = branch == null || !branch.parties.remove(party);
        if (late) {
            writer.undo(work);
            done.failed(ended());
            return;
        }
        if (work.worked()) {
            branch.work.add(work);
        } else {
            work.letGo();
        }
        branch.suspended(suspend);
        done.done(null);
        if (branch.parties.isEmpty()) {
            branch.release();
        }
    }

    /** The end of a party's work that it has not begun: of one that suspended it, perhaps. */
    void end(Xid xid, Reply<Void> done) {
        Branch branch = branches.get(xid);
        if (branch == null) {
            done.failed(unknown(xid));
        } else if (branch.phase() != Phase.OPEN) {
            done.failed(refusal(Code.PROTOCOL, xid + " is prepared"));
        } else {
            branch.suspended(false);
            done.done(null);
        }
    }

    /**
     * The party's client was cut off while it worked in it: it can only be rolled back, by this name. Done with whether the party works in it
     * now; not if it is prepared.
     */
    void failed(Xid xid, XaSession party, long timeoutMillis, Reply<Boolean> done) {
        Branch branch = branches.get(xid);
        if (branch != null && branch.phase() != Phase.OPEN) {
            done.done(false);
            return;
        }
        Branch open = branch == null ? begin(xid, timeoutMillis) : branch;
        open.markRollbackOnly(new XaException(Code.ROLLED_BACK, "the connection was lost while there was work in " + xid));
        open.suspended(false);
        enter(open, party);
        done.done(true);
    }

    /** It can only be rolled back from now on. */
    void markRollbackOnly(Xid xid, BrokerException why) {
        Optional.ofNullable(branches.get(xid)).ifPresent(branch -> branch.markRollbackOnly(why));
    }

    /** It may be open for so long, since it was begun. */
    void timeout(Xid xid, long millis) {
        Optional.ofNullable(branches.get(xid)).ifPresent(branch -> branch.timeout(millis));
    }

    /** Prepares it: done when nothing but a decision can end it, whatever becomes of the process. */
    void prepare(Xid xid, Reply<Void> done) {
        Branch branch = decidable(xid, done);
        if (branch == null || waits(branch, () -> prepare(xid, done))) {
            return;
        }
        if (branch.phase() == Phase.PREPARED) {
            done.done(null);
        } else if (waitsForIds(branch, () -> prepare(xid, done))) {
            return;
        } else if (branch.cause().isPresent()) {
            rolledBack(branch, done);
        } else {
            branch.phase(Phase.PREPARING);
            writer.prepare(branch, Reply.of(durable -> {
                branch.phase(Phase.PREPARED);
                done.done(null);
            }, refused -> {
                forget(branch);
                done.failed(refused);
            }));
        }
    }

    /** Whether nothing can be decided now; {@code again} runs when it can. */
    private boolean waits(Branch branch, Runnable again) {
        if (branch.underWay()) {
            branch.await(again);
            return true;
        }
        if (!branch.parties.isEmpty()) {
            branch.await(again);
            branch.parties.forEach(party -> party.recall(branch.xid));
            return true;
        }
        if (broker.diskGuard().full() && branch.work.stream().anyMatch(work -> !work.sends().isEmpty())) {
            broker.diskGuard().await(control, again);
            return true;
        }
        return false;
    }

    /**
     * Whether nothing can be decided now because of a message of somebody else's with one of its duplicate ids; {@code again} runs when it can.
     * If that message is there already, the branch can only be rolled back.
     */
    private boolean waitsForIds(Branch branch, Runnable again) {
        Optional<Claims.Conflict> conflict = branch.cause().isPresent() ? Optional.empty() : branch.takeIds(broker.routes());
        if (conflict.isEmpty()) {
            return false;
        }
        if (conflict.get().await(() -> control.post(again))) {
            return true;
        }
        branch.markRollbackOnly(Claims.refusal(conflict.get().id()));
        return false;
    }

    /** Commits it; TRANSACTION_STATE if it is prepared and {@code onePhase}, or neither. */
    void commit(Xid xid, boolean onePhase, Reply<Void> done) {
        Branch branch = decidable(xid, done);
        if (branch == null || waits(branch, () -> commit(xid, onePhase, done))) {
            return;
        }
        if (onePhase == (branch.phase() == Phase.PREPARED)) {
            done.failed(new BrokerException(Reason.TRANSACTION_STATE, xid + (onePhase ? " is prepared" : " is not prepared")));
        } else if (onePhase && waitsForIds(branch, () -> commit(xid, true, done))) {
            return;
        } else if (branch.cause().isPresent()) {
            rolledBack(branch, done);
        } else {
            decide(branch, true, List.of(), done);
        }
    }

    /** Rolls it back, prepared or not. */
    void rollback(Xid xid, Reply<Void> done) {
        Branch branch = decidable(xid, done);
        if (branch == null) {
            return;
        }
        if (branch.phase() == Phase.OPEN) {
            forget(branch);
            done.done(null);
        } else if (!waits(branch, () -> rollback(xid, done))) {
            decide(branch, false, List.of(), done);
        }
    }

    private void rolledBack(Branch branch, Reply<?> done) {
        String why = branch.cause().orElseThrow().getMessage();
        forget(branch);
        done.failed(refusal(Code.ROLLED_BACK, branch.xid + " was rolled back: " + why));
    }

    private void decide(Branch branch, boolean commit, List<Fact> notes, Reply<Void> done) {
        branch.phase(Phase.DECIDING);
        writer.decide(branch, commit, notes, Reply.of(durable -> {
            remove(branch);
            done.done(null);
        }, refused -> {
            remove(branch);
            done.failed(refused);
        }));
    }

    private void remove(Branch branch) {
        branches.remove(branch.xid);
        branch.release();
    }

    /** One that is not prepared never will be. */
    private void forget(Branch branch) {
        branches.remove(branch.xid);
        branch.parties.forEach(party -> party.lose(branch.xid));
        branch.parties.clear();
        branch.work.forEach(writer::undo);
        branch.shares.forEach(writer::undo);
        branch.release();
    }

    /** A connection is gone: so is what was done over it and not prepared. */
    void lost(Client client) {
        List<Branch> theirs = branches.values().stream().filter(branch -> branch.phase() == Phase.OPEN
                && branch.workers.stream().anyMatch(worker -> worker.client() == client)).toList();
        theirs.forEach(this::forget);
    }

    /** A session has ended as it should: branches go on without it. */
    void left(XaSession worker) {
        branches.values().forEach(branch -> branch.workers.remove(worker));
    }

    /** Rolls back what has been open for too long. */
    void expire(long now) {
        for (Branch branch : List.copyOf(branches.values())) {
            if (branch.expired(now)) {
                LOG.warn("The branch {} of a distributed transaction was neither prepared nor decided within its time, and is rolled back",
                        branch.xid);
                forget(branch);
            }
        }
    }

    /** A branch that an earlier process left prepared. */
    void restore(Xid xid, long since, Share share) {
        Branch branch = branches.computeIfAbsent(xid, name -> new Branch(name, since, 0));
        branch.shares.add(share);
        branch.phase(Phase.PREPARED);
    }

    /** Those that are prepared, until their decision is durable. */
    List<Branch> prepared() {
        List<Branch> prepared = new ArrayList<>();
        for (Branch branch : branches.values()) {
            if (branch.waits()) {
                prepared.add(branch);
            }
        }
        return prepared;
    }

    /** Whether a prepared branch has messages for this queue. */
    boolean feed(Queue queue) {
        return branches.values().stream().anyMatch(branch -> branch.feeds(queue));
    }

    /** An operator decides: done with false if no prepared branch has this text. */
    void decide(String base64, boolean commit, Reply<Boolean> done) {
        Optional<Branch> found = prepared().stream()
                .filter(branch -> branch.phase() == Phase.PREPARED && branch.xid.base64().equals(base64)).findFirst();
        if (found.isEmpty()) {
            done.done(false);
            return;
        }
        LOG.warn("An operator {} the prepared branch {} of a distributed transaction", commit ? "commits" : "rolls back", base64);
        Fact note = new Fact.Remembered(HEURISTIC + base64, new byte[] {commit ? COMMITTED : ROLLED_BACK});
        decide(found.get(), commit, List.of(note), Reply.of(durable -> done.done(true), done::failed));
    }

    /** What an operator has decided of a branch; empty if nothing is remembered of that. */
    private Optional<Boolean> outcome(Xid xid) {
        return broker.recall(HEURISTIC + xid.base64()).map(Branches::committed);
    }

    private static boolean committed(byte[] note) {
        return note.length > 0 && note[0] == COMMITTED;
    }

    /** The texts of those that an operator has committed, or rolled back. Any thread. */
    List<String> heuristic(boolean committed) {
        List<String> texts = new ArrayList<>();
        broker.recallAll(HEURISTIC).forEach((key, note) -> {
            if (committed(note) == committed) {
                texts.add(key.substring(HEURISTIC.length()));
            }
        });
        return texts;
    }

    /** Its manager has taken note of what an operator decided. */
    void forget(Xid xid, Reply<Void> done) {
        if (outcome(xid).isEmpty()) {
            done.failed(unknown(xid));
        } else {
            broker.forget(HEURISTIC + xid.base64(), control, done);
        }
    }
}
