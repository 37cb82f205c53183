package io.delos.sim;

import io.delos.journal.Crew;
import io.delos.journal.FaultDisk;
import io.delos.loop.Loop;
import io.delos.loop.LoopPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process that a broker runs in, from its start to its end, however that comes: its threads, and its way to the disk. */
final class Life implements LoopPool, Crew {
    private final Node node;
    private final FaultDisk disk;
    private final List<Actor> actors = new ArrayList<>();
    private final List<SimLoop> loops = new ArrayList<>();
    private final SimLoop control;
    private final SimWorkers workers;
    private boolean alive = true;
    private boolean diskFailed;
    private boolean troubled;
    private int nextLoop;
    private int operationsLeft;

    Life(Node node, FaultDisk disk) {
        this.node = node;
        this.disk = disk;
        for (int i = 0; i < node.setup().loops(); i++) {
            loops.add(add(new SimLoop(this, "loop-" + i)));
        }
        control = add(new SimLoop(this, "control"));
        workers = new SimWorkers(this, node.setup().workers());
        workers.threads().forEach(this::add);
        disk.observe(this::touched);
    }

    /** Somebody who ends with it. */
    <T extends Actor> T add(T actor) {
        actors.add(actor);
        world().add(actor);
        return actor;
    }

    World world() {
        return node.world();
    }

    String name() {
        return node.name();
    }

    FaultDisk disk() {
        return disk;
    }

    SimWorkers workers() {
        return workers;
    }

    boolean alive() {
        return alive;
    }

    /** Whether the disk has failed so that the broker must stop. */
    boolean diskFailed() {
        return diskFailed;
    }

    /** Whether the disk has been made to fail, in any way. */
    boolean troubled() {
        return troubled;
    }

    /** The disk will fail, in some way. */
    void trouble() {
        troubled = true;
    }

    /** It ends at the n-th operation of the disk from now. */
    void endAfter(int operations) {
        operationsLeft = operations;
    }

    /** Nothing of it takes a step any more. */
    void end() {
        alive = false;
        world().remove(actors);
    }

    void checkAlive() {
        if (!alive) {
            throw new PowerCut();
        }
    }

    void diskFailed(IOException cause) {
        diskFailed = true;
        world().trace.say(() -> name() + ": the disk has failed: " + cause.getMessage());
        if (alive && !troubled) {
            world().violated(new Violation("the broker says that a sound disk has failed", cause));
        }
    }

    private void touched(String operation, Path file) {
        checkAlive();
        world().trace.count(operation.hashCode() * 31L + file.getFileName().toString().hashCode());
        world().trace.say(() -> name() + ": " + operation + " " + file.getFileName());
        if (operationsLeft > 0 && --operationsLeft == 0) {
            node.die();
            throw new PowerCut();
        }
    }

    @Override
    public Loop next() {
        return nextLoop();
    }

    SimLoop nextLoop() {
        return loops.get(nextLoop++ % loops.size());
    }

    @Override
    public Loop control() {
        return control;
    }

    @Override
    public boolean await(CountDownLatch latch, long timeout, TimeUnit unit) {
        while (latch.getCount() > 0) {
            checkAlive();
            if (!world().goOn()) {
                throw new Violation(name() + " waits for what will never happen");
            }
        }
        checkAlive();
        return true;
    }

    @Override
    public Hand begin(String name, Worker worker) {
        return add(new SimHand(this, name, worker));
    }
}
