package io.delos.sim;

import io.delos.broker.Broker;
import io.delos.broker.BrokerFiles;
import io.delos.broker.BrokerStart;
import io.delos.broker.PlainFormat;
import io.delos.broker.Reply;
import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import io.delos.message.Formats;
import io.delos.message.Xid;
import io.delos.store.MemoryBudget;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A machine with a disk, on which a broker is started, stopped and cut off. */
final class Node {
    private static final Formats FORMATS = new Formats(List.of(new PlainFormat()));

    private final World world;
    private final String name;
    private final Setup setup;
    private final Model model;
    private MemoryDisk memory = new MemoryDisk();
    private Life life;
    private BrokerStart start;
    private boolean loseCache;

    Node(World world, String name, Setup setup, boolean kinds) {
        this.world = world;
        this.name = name;
        this.setup = setup;
        this.model = new Model(world, name, kinds);
    }

    World world() {
        return world;
    }

    String name() {
        return name;
    }

    Setup setup() {
        return setup;
    }

    Model model() {
        return model;
    }

    boolean up() {
        return life != null && life.alive() && start != null;
    }

    /** The process; there is one when it is {@link #up}. */
    Life life() {
        return life;
    }

    Broker broker() {
        return start.broker();
    }

    /** The names of the files with bodies of large messages. */
    List<String> bodies() {
        return memory.list(BrokerFiles.beside(setup.journal().directory()));
    }

    /** What becomes of what was not forced when the process dies: chance says, or the system keeps it all. */
    void loseCache(boolean lost) {
        loseCache = lost;
    }

    /** Starts the broker on what its disk holds; it may die of it. {@code operations}: of the disk, after which it dies; 0 for never. */
    void start(int operations) {
        world.trace.say(() -> name + " starts");
        start = null;
        life = new Life(this, new FaultDisk(memory));
        life.endAfter(operations);
        Life mine = life;
        try {
            BrokerStart started = new BrokerStart(new BrokerStart.Parts(setup.config(),
                    new BrokerFiles(setup.journal().withCrew(mine), mine.disk(), setup.depth()), MemoryBudget.dividing(setup.memory()), mine,
                    mine.workers(), FORMATS, null, null, mine::diskFailed));
            model.decisions.inDoubt(inDoubt(started, mine));
            start = started;
        } catch (PowerCut cut) {
            world.trace.say(() -> name + " was cut off while it started");
        } catch (IOException | RuntimeException failure) {
            if (mine.alive()) {
                world.violated(new Violation(name + " does not start: " + failure.getMessage(), failure));
            }
        }
        world.check();
        if (mine.alive()) {
            life.endAfter(0);
        }
    }

    /** What the broker says which branches wait to be decided. */
    private static Set<Xid> inDoubt(BrokerStart started, Life life) {
        Set<Xid> found = new HashSet<>();
        CountDownLatch told = new CountDownLatch(1);
        started.broker().xa().prepared(life.control(), Reply.of(all -> {
            all.forEach(branch -> found.add(branch.xid()));
            told.countDown();
        }, refusal -> { }));
        life.await(told, 1, TimeUnit.MINUTES);
        return found;
    }

    /** The process ends between two steps, or within one. */
    void die() {
        if (!life.alive()) {
            return;
        }
        boolean lost = loseCache;
        world.trace.say(() -> name + (lost ? " loses its power" : " is killed"));
        life.end();
        long seed = world.chance.nextLong();
        memory = lost ? memory.afterCrash(seed) : memory;
        model.crashed();
    }

    /** Stops the broker as an operator does. Its clients are gone. */
    void stop() {
        world.trace.say(() -> name + " is stopped");
        Life mine = life;
        try {
            start.close();
            world.settle(0);
        } catch (PowerCut cut) {
            world.trace.say(() -> name + " was cut off while it stopped");
        }
        if (mine.alive()) {
            mine.end();
            model.crashed();
        }
    }
}
