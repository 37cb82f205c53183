package io.delos.sim;

import io.delos.message.Xid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The part of the {@link Model} that knows which transactions there are, local ones and branches of distributed ones, and what became of them. */
final class Decisions {
    private final Model model;
    private final List<Tx> transactions = new ArrayList<>();

    Decisions(Model model) {
        this.model = model;
    }

    List<Tx> all() {
        return transactions;
    }

    void begun(Tx tx) {
        transactions.add(tx);
    }

    void ending(Copy copy, Tx tx) {
        tx.ends.add(copy);
        copy.ending = tx;
    }

    void committing(Tx tx) {
        tx.state = Tx.State.COMMITTING;
        model.say(() -> "committing " + tx + " with " + tx.sends + " and without " + tx.ends);
        model.shelves.committing(tx);
        // a branch is decided by another owner, and what its sessions do meanwhile may come before or behind it
        int producer = tx.xid.isPresent() ? model.newProducer() : 0;
        for (Sent message : tx.sends) {
            message.order = model.nextOrder();
            message.producer = producer > 0 ? producer : message.producer;
            message.copies.forEach(copy -> copy.may(Place.QUEUE));
            model.replacing(message);
        }
    }

    void committed(Tx tx) {
        model.say(() -> "committed " + tx);
        model.shelves.committed(tx);
        tx.resolve(true);
    }

    /** It was rolled back, or ended with its connection. */
    void undone(Tx tx) {
        if (tx.state == Tx.State.OPEN || tx.state == Tx.State.UNDOING) {
            tx.resolve(false);
        }
    }

    /** A branch that nobody prepared is rolled back, or ends with its connection: what it acknowledged counts as tried. */
    void givenUp(Tx branch) {
        if (branch.state == Tx.State.OPEN) {
            branch.resolve(false);
            branch.ends.forEach(model::failed);
        }
    }

    /** As {@link #givenUp}, by a client that keeps what it has acknowledged, unless that is over. */
    void givenBack(Tx branch) {
        if (branch.state == Tx.State.OPEN) {
            branch.resolve(false);
            branch.ends.stream().filter(copy -> !branch.keeper.keeps(branch, copy)).forEach(model::failed);
        }
    }

    void preparing(Tx branch) {
        branch.state = Tx.State.PREPARING;
        model.say(() -> "preparing " + branch + " with " + branch.sends + " and without " + branch.ends);
    }

    void prepared(Tx branch) {
        model.say(() -> "prepared " + branch);
        branch.waits();
    }

    void undoing(Tx branch) {
        branch.state = Tx.State.UNDOING;
        model.say(() -> "undoing " + branch);
        branch.ends.forEach(model::failed);
    }

    /** What a broker that has just been started says which branches wait for a decision. */
    void inDoubt(Set<Xid> found) {
        for (Tx tx : transactions) {
            if (tx.xid.isPresent() && tx.state != Tx.State.COMMITTED && tx.state != Tx.State.UNDONE) {
                inDoubt(tx, found.contains(tx.xid.get()));
            }
        }
        Set<Xid> expected = transactions.stream().filter(tx -> tx.state == Tx.State.PREPARED).map(tx -> tx.xid.orElseThrow())
                .collect(Collectors.toSet());
        if (!expected.containsAll(found)) {
            model.violated("branches wait that should not: " + found + " instead of " + expected);
        }
    }

    private void inDoubt(Tx branch, boolean found) {
        model.say(() -> "" + branch + (found ? " waits" : " does not wait any more"));
        if (found && branch.state != Tx.State.COMMITTING || found && branch.prepared) {
            branch.waits();
        } else if (branch.state == Tx.State.PREPARED) {
            model.violated(branch + " was prepared, and is forgotten");
        } else if (branch.state != Tx.State.COMMITTING || branch.prepared) {
            branch.resolve(branch.state == Tx.State.COMMITTING && branch.prepared);
        }
    }

    /** The broker says that it can't commit: what was to be acknowledged comes back, as failed. */
    void refused(Tx tx) {
        tx.ends.forEach(model::failed);
    }

    /** The process has ended: what was open is no more. */
    void crashed() {
        for (Tx tx : transactions) {
            if (tx.state == Tx.State.OPEN) {
                tx.resolve(false);
            }
        }
    }
}
