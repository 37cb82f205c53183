package io.delos.sim;

import io.delos.broker.Transaction;
import io.delos.message.Xid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A transaction as the model knows it. */
final class Tx {
    final int number;
    /** Its name, if it is a branch of a distributed one. */
    final Optional<Xid> xid;
    final List<Sent> sends = new ArrayList<>();
    /** What it puts on the shelf, by key; empty for nothing. */
    final Map<String, String> shelved = new LinkedHashMap<>(0);
    /** What it acknowledges. */
    final List<Copy> ends = new ArrayList<>();
    /** The same, as its client has it; if that keeps it when the branch does not come true. */
    final List<Connection.Held> kept = new ArrayList<>(0);
    /** Whose it is then. */
    Connection keeper;
    State state = State.OPEN;
    /** Whether it is known to have been prepared. */
    boolean prepared;
    private Transaction real;
    private final List<Runnable> waiting = new ArrayList<>(0);

    /**
     * How far it has come: what was asked for and never answered stays at PREPARING, COMMITTING or UNDOING; after a crash, until the broker has
     * been asked, nobody knows what became of that.
     */
    enum State { OPEN, PREPARING, PREPARED, COMMITTING, UNDOING, COMMITTED, UNDONE }

    Tx(int number, Transaction real) {
        this.number = number;
        this.xid = Optional.empty();
        this.real = real;
    }

    /** A branch, which has to be begun. */
    Tx(int number) {
        this.number = number;
        this.xid = Optional.of(new Xid(1, ByteBuffer.allocate(4).putInt(number).array(), new byte[0]));
    }

    Transaction real() {
        return real;
    }

    void begun(Transaction made) {
        real = made;
        List.copyOf(waiting).forEach(Runnable::run);
        waiting.clear();
    }

    /** Runs a task when it has been begun. */
    void whenBegun(Runnable task) {
        if (real == null) {
            waiting.add(task);
        } else {
            task.run();
        }
    }

    /** Whether what it acknowledges is in nobody's reach, for sure. */
    boolean holds() {
        return state == State.PREPARED || prepared && state == State.COMMITTING;
    }

    /** It is known what became of it. */
    void resolve(boolean committed) {
        state = committed ? State.COMMITTED : State.UNDONE;
        for (Sent sent : sends) {
            for (Copy copy : sent.copies) {
                if (!committed) {
                    copy.is(Place.NOWHERE);
                } else if (!copy.optional) {
                    copy.not(Place.NOWHERE);
                }
            }
        }
        for (Copy copy : ends) {
            copy.holder = null;
            if (committed) {
                copy.is(Place.GONE);
            }
        }
    }

    /** It waits to be decided: nothing of it has come true. */
    void waits() {
        state = State.PREPARED;
        prepared = true;
        for (Sent sent : sends) {
            for (Copy copy : sent.copies) {
                copy.not(Place.QUEUE);
                copy.not(Place.OVER);
                copy.not(Place.DEAD);
            }
        }
        for (Copy copy : ends) {
            copy.holder = null;
            if (copy.mayBe(Place.QUEUE) || copy.mayBe(Place.DEAD) || copy.mayBe(Place.OVER)) {
                copy.not(Place.GONE);
            }
        }
    }

    @Override
    public String toString() {
        return "transaction " + number + (xid.isPresent() ? ", a branch," : "") + " (" + state + ")";
    }
}
