package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.List;

/** Writes the work of branches down, and undoes it. Owned by the control loop. */
final class BranchWriter {

    private final Broker broker;
    private final Loop control;
    private final Stager stager;

    BranchWriter(Broker broker, Loop control) {
        this.broker = broker;
        this.control = control;
        this.stager = new Stager(control, broker);
    }

    /** Has the journal keep all of it, until it is decided; done when that is durable. */
    void prepare(Branch branch, Reply<Void> done) {
        write(branch);
        broker.store().write(BranchUnits.Prepare.of(broker, branch.xid, branch.shares, control, done));
    }

    /** Its work becomes shares. One that did nothing has an empty one: it is to be found again too. */
    private void write(Branch branch) {
        branch.work.forEach(work -> branch.shares.add(write(work)));
        branch.work.clear();
        if (branch.shares.isEmpty()) {
            branch.shares.add(write(broker.newTransaction()));
        }
    }

    private Share write(Transaction work) {
        stager.number(work);
        if (!work.sends().isEmpty()) {
            if (work.bufferedBytes() > broker.stagingBytes()) {
                stager.stageSends(work);
            } else {
                stager.keepSends(work);
            }
        }
        stager.stageIds(work);
        List<Delivery> accepted = new ArrayList<>();
        for (Transaction.Settled settled : work.settled()) {
            if (settled.outcome().kind() == Outcome.Kind.ACCEPTED) {
                accepted.addAll(settled.deliveries());
            }
        }
        List<SettleUnit.Settlement> ends = SettleUnit.byQueue(accepted);
        stager.stageEnds(work, ends);
        return Share.of(work, ends);
    }

    /** Makes it true, or undoes it; done when that is durable. {@code notes} become true with it. */
    void decide(Branch branch, boolean commit, List<Fact> notes, Reply<Void> done) {
        write(branch);
        for (Share share : branch.shares) {
            if (!share.placed(() -> decide(branch, commit, notes, done))) {
                return;
            }
        }
        List<Share> shares = List.copyOf(branch.shares);
        List<Fact> facts = new ArrayList<>(notes);
        if (commit) {
            shares.forEach(share -> share.session().ifPresent(transaction -> transaction.notes().stream()
                    .filter(note -> !(note instanceof Fact.Claimed)).forEach(facts::add)));
        }
        broker.store().write(BranchUnits.Decide.of(broker, shares, commit, facts, control, Reply.of(durable -> {
            for (Share share : shares) {
                if (commit) {
                    share.committed(broker, control);
                } else {
                    share.undone(broker, control);
                }
            }
            done.done(null);
        }, done::failed)));
    }

    /** Undoes what was not written, or not all of it. */
    void undo(Transaction work) {
        work.letGo();
        work.undo();
        work.unpin();
        stager.undo(work);
        for (Transaction.Settled settled : work.settled()) {
            broker.settlements().undone(work.keeper(), settled.deliveries(), control);
        }
    }

    /** Undoes what was written and could not be prepared: the disk has failed, and the broker stops. */
    void undo(Share share) {
        share.undone(broker, control);
    }
}
