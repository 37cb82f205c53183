package io.delos.sim;

import io.delos.broker.Transaction;
import java.util.ArrayList;
import java.util.List;

/** A transaction as the model knows it. */
final class Tx {
    final int number;
    final Transaction real;
    final List<Sent> sends = new ArrayList<>();
    /** What it acknowledges. */
    final List<Copy> ends = new ArrayList<>();
    State state = State.OPEN;

    /** How far it has come: its commit was asked for but never answered if it stays at COMMITTING. */
    enum State { OPEN, COMMITTING, COMMITTED, UNDONE }

    Tx(int number, Transaction real) {
        this.number = number;
        this.real = real;
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

    @Override
    public String toString() {
        return "transaction " + number + " (" + state + ")";
    }
}
