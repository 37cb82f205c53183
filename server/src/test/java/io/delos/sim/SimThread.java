package io.delos.sim;

import java.util.ArrayDeque;

/** A thread of a broker's process. What it posts leaves it in order, one piece at each step, so others may run between. */
abstract class SimThread extends Actor {
    final Life life;
    private final ArrayDeque<Letter> outgoing = new ArrayDeque<>();

    private record Letter(SimLoop to, Runnable task) {
    }

    SimThread(Life life, String name) {
        super(life.world(), life.name() + "/" + name);
        this.life = life;
    }

    final void send(SimLoop to, Runnable task) {
        outgoing.add(new Letter(to, task));
    }

    @Override
    final boolean ready() {
        return !outgoing.isEmpty() || hasWork();
    }

    @Override
    final void step() {
        if (!deliver()) {
            work();
        }
    }

    /** Lets go of one piece of what it has posted; false if there is none. */
    final boolean deliver() {
        Letter letter = outgoing.poll();
        if (letter == null) {
            return false;
        }
        letter.to.receive(letter.task);
        return true;
    }

    abstract boolean hasWork();

    abstract void work();
}
