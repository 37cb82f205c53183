package io.delos.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * All there is in a simulation, and its time. One thread takes every step; which one comes next, and how much time passes, follows from the
 * seed alone.
 */
final class World {
    private static final long EPOCH = 1_700_000_000_000L;
    /** More steps than it ever takes until nothing is left to do. */
    private static final int NEVER = 300_000;
    /** One history in so many has queues of all kinds. */
    private static final int WITH_KINDS = Integer.getInteger("sim.kinds", 7);

    final Random chance;
    /** Whether there are queues that do more than queue. */
    final boolean kinds;
    final Trace trace;
    /** Whether some messages are large: their bodies lie in files. */
    final boolean bodies;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Actor> candidates = new ArrayList<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(
            Comparator.comparingLong(Alarm::at).thenComparingLong(Alarm::number));
    private Actor current;
    private Violation violation;
    private long now = EPOCH;
    private long steps;
    private long alarmsSet;

    private record Alarm(long at, long number, Runnable task) {
    }

    World(long seed, Trace trace) {
        this.kinds = seed % WITH_KINDS == WITH_KINDS - 2;
        this.chance = new Random(seed);
        this.trace = trace;
        this.bodies = Math.floorMod(seed, 3) == 2;
    }

    /** Some are slow and some are quick, each for as long as it lives. */
    int weight() {
        return switch (chance.nextInt(5)) {
            case 0 -> 1;
            case 1 -> 4;
            case 2 -> 16;
            default -> 8;
        };
    }

    void add(Actor actor) {
        actors.add(actor);
    }

    void remove(Collection<? extends Actor> gone) {
        actors.removeAll(gone);
    }

    /** Milliseconds since the epoch. */
    long now() {
        return now;
    }

    long steps() {
        return steps;
    }

    /** Who is taking a step; null between steps. */
    Actor current() {
        return current;
    }

    /** Has a task run at a time. */
    void at(long time, Runnable task) {
        alarms.add(new Alarm(time, alarmsSet++, task));
    }

    /** Something must not be as it is: the first one counts. */
    void violated(Violation what) {
        if (violation == null) {
            violation = what;
            trace.say(() -> "VIOLATION " + what.getMessage());
        }
    }

    boolean broken() {
        return violation != null;
    }

    /** Throws what has been found. */
    void check() {
        if (violation != null) {
            throw violation;
        }
    }

    /** One step of anybody; false if there is nothing to do, now or later. */
    boolean step() {
        if (chance.nextInt(16) == 0) {
            now += 1 + chance.nextInt(3);
        }
        ring();
        return stepOf(true) || jump();
    }

    /** One step of what has begun, or the passing of time until there is one; false if nothing is left. */
    boolean goOn() {
        ring();
        return stepOf(false) || jump();
    }

    /** Lets everything that has begun come to its end, and so many milliseconds pass. */
    void settle(long millis) {
        long end = now + millis;
        for (int i = 0; i < NEVER; i++) {
            if (!stepOf(false)) {
                if (alarms.isEmpty() || alarms.peek().at > end) {
                    now = end;
                    return;
                }
                jump();
            }
        }
        violated(new Violation("it never comes to rest"));
        check();
    }

    private boolean jump() {
        if (alarms.isEmpty()) {
            return false;
        }
        now = Math.max(now, alarms.peek().at);
        ring();
        return true;
    }

    private void ring() {
        while (!alarms.isEmpty() && alarms.peek().at <= now) {
            alarms.poll().task.run();
        }
    }

    private boolean stepOf(boolean anybody) {
        candidates.clear();
        int sum = 0;
        for (int i = 0; i < actors.size(); i++) {
            Actor actor = actors.get(i);
            if ((anybody || actor.passive()) && actor.ready()) {
                candidates.add(actor);
                sum += actor.weight;
            }
        }
        if (candidates.isEmpty()) {
            return false;
        }
        int left = chance.nextInt(sum);
        int next = 0;
        while (left >= candidates.get(next).weight) {
            left -= candidates.get(next++).weight;
        }
        Actor chosen = candidates.get(next);
        trace.count(actors.indexOf(chosen));
        take(chosen, chosen::step);
        check();
        return true;
    }

    /** Runs something as this actor. */
    void take(Actor actor, Runnable step) {
        Actor before = current;
        current = actor;
        steps++;
        try {
            step.run();
        } catch (PowerCut cut) {
            trace.say(() -> actor.name + " is cut off");
        } finally {
            current = before;
        }
    }
}
