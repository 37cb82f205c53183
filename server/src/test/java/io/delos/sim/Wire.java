package io.delos.sim;

import java.util.ArrayDeque;

/** What runs between a client and a broker, in order each way and as late as chance will have it; it can be cut at any moment. */
final class Wire extends Actor {
    private final Life life;
    private final SimLoop end;
    private final ArrayDeque<Runnable> toBroker = new ArrayDeque<>();
    private final ArrayDeque<Runnable> toClient = new ArrayDeque<>();
    private boolean cut;

    /** @param end the loop where the broker's end of it is */
    Wire(Life life, SimLoop end, String name) {
        super(life.world(), name);
        this.life = life;
        this.end = end;
    }

    void toBroker(Runnable task) {
        if (!cut) {
            toBroker.add(task);
        }
    }

    void toClient(Runnable task) {
        if (!cut) {
            toClient.add(task);
        }
    }

    /** What was under way is lost. The broker's end hears of it, some time. */
    void cut(Runnable heard) {
        if (!cut) {
            toBroker.clear();
            toClient.clear();
            toBroker.add(heard);
            cut = true;
        }
    }

    /** Whether both ends are still there. */
    boolean whole() {
        return !cut && life.alive();
    }

    @Override
    boolean ready() {
        return life.alive() && !(toBroker.isEmpty() && toClient.isEmpty());
    }

    @Override
    void step() {
        boolean there = toClient.isEmpty() || !toBroker.isEmpty() && world.chance.nextBoolean();
        if (there) {
            end.receive(toBroker.remove());
        } else {
            toClient.remove().run();
        }
    }
}
