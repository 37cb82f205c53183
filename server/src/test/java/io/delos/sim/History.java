package io.delos.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;

/** One history: some brokers, each with its clients and its fate, from nothing to the last look at what is left. */
final class History {
    private static final int STEPS = 6000;

    private final World world;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Fate> fates = new ArrayList<>();
    private final List<Guest> guests = new ArrayList<>();

    private History(World world) {
        this.world = world;
        int brokers = world.chance.nextInt(8) == 0 ? 2 : 1;
        for (int i = 0; i < brokers; i++) {
            addNode("broker-" + i);
        }
    }

    private void addNode(String name) {
        Node node = new Node(world, name, Setup.of(world.chance, world.kinds), world.kinds);
        List<Guest> own = new ArrayList<>();
        boolean choosy = world.chance.nextInt(4) == 0;
        for (int i = 2 + world.chance.nextInt(3); i > 0; i--) {
            Guest guest = new Guest(node, name + "-guest-" + i, 20 + world.chance.nextInt(80), choosy);
            own.add(guest);
            world.add(guest);
        }
        Fate fate = new Fate(node, own);
        world.add(fate);
        nodes.add(node);
        fates.add(fate);
        guests.addAll(own);
    }

    /** Runs a history; the number that two runs of it agree on. In a thread of its own, so that what the broker keeps for a thread goes with it. */
    static long run(long seed, Trace trace) {
        FutureTask<Long> history = new FutureTask<>(() -> here(seed, trace));
        new Thread(history, "simulation").start();
        try {
            return history.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Violation violation ? violation
                    : new Violation("the simulation failed: " + failure.getCause(), failure.getCause());
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static long here(long seed, Trace trace) {
        World world = new World(seed, trace);
        try (LogWatch log = new LogWatch(world)) {
            History history = new History(world);
            log.watch(history.nodes);
            history.run();
        }
        return trace.hash();
    }

    private void run() {
        while (world.steps() < STEPS && !guests.stream().allMatch(Guest::idle) && world.step()) {
            world.check();
        }
        guests.forEach(guest -> guest.leave(true));
        for (int i = 0; i < nodes.size(); i++) {
            finish(nodes.get(i), fates.get(i));
        }
        world.check();
    }

    /** All that should be there is there, once; also after another crash; then it is consumed, and stays so. */
    private void finish(Node node, Fate fate) {
        untilDone(node, fate, Audit::take);
        node.die();
        untilDone(node, fate, Audit::take);
        untilDone(node, fate, Audit::drain);
        node.die();
        untilDone(node, fate, Audit::take);
    }

    private void untilDone(Node node, Fate fate, Predicate<Node> task) {
        while (!alive(node, fate) || !task.test(node)) {
            world.check();
        }
    }

    private boolean alive(Node node, Fate fate) {
        if (node.up() && node.life().diskFailed()) {
            node.die();
        }
        if (!node.up()) {
            fate.start(0);
        }
        if (node.up()) {
            node.life().endAfter(0);
            node.life().disk().heal();
        }
        return node.up();
    }
}
