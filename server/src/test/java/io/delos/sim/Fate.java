package io.delos.sim;

import io.delos.journal.FaultDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** What happens to a node: its power goes, its process is killed, its disk fails or is full; it is started and stopped, and looked at. */
final class Fate extends Actor {
    private static final List<Predicate<Path>> FILES = List.of(file -> true, file -> file.toString().endsWith(".log"),
            file -> file.toString().contains("backlog"), file -> file.toString().contains("ckpt"), file -> file.toString().contains("spill"));

    private final Node node;
    private final List<Guest> guests;
    private final Random chance;
    private long notBefore;

    Fate(Node node, List<Guest> guests) {
        super(node.world(), node.name() + "-fate");
        this.node = node;
        this.guests = guests;
        this.chance = world.chance;
    }

    @Override
    boolean passive() {
        return false;
    }

    @Override
    boolean ready() {
        return !node.up() || node.life().diskFailed() || world.steps() >= notBefore;
    }

    @Override
    void step() {
        if (!node.up()) {
            start(chance.nextInt(3) == 0 ? 1 + chance.nextInt(80) : 0);
        } else if (node.life().diskFailed()) {
            end();
        } else {
            mishap();
            notBefore = world.steps() + 50 + chance.nextInt(500);
        }
    }

    void start(int operations) {
        node.loseCache(chance.nextInt(4) > 0);
        node.start(operations);
    }

    private void end() {
        if (chance.nextBoolean()) {
            stop();
        } else {
            node.die();
        }
    }

    private void stop() {
        guests.forEach(guest -> guest.leave(chance.nextBoolean()));
        world.settle(0);
        if (node.up()) {
            node.stop();
        }
    }

    private void mishap() {
        FaultDisk disk = node.life().disk();
        switch (chance.nextInt(16)) {
            case 0, 1, 2, 3 -> node.life().endAfter(1 + chance.nextInt(60));
            case 4 -> node.die();
            case 5 -> stop();
            case 6 -> {
                node.life().trouble();
                disk.only(anyFiles()).failWrite(1 + chance.nextInt(12));
            }
            case 7 -> {
                node.life().trouble();
                boolean drops = chance.nextBoolean();
                disk.only(anyFiles()).failForce(1 + chance.nextInt(8), drops);
                if (drops) {
                    // pages that the system has marked clean look sound as long as it runs
                    node.loseCache(true);
                }
            }
            case 8 -> disk.shortWrites(512 + chance.nextInt(4000));
            case 9 -> {
                node.life().trouble();
                disk.fullAfter(chance.nextInt(100 << 10));
                world.at(world.now() + 50 + chance.nextInt(1500), disk::heal);
            }
            case 10, 11 -> audit();
            case 12 -> guests.get(chance.nextInt(guests.size())).leave(true);
            default -> Audit.pause(node);
        }
    }

    private Predicate<Path> anyFiles() {
        return FILES.get(chance.nextInt(FILES.size()));
    }

    private void audit() {
        guests.forEach(guest -> guest.leave(chance.nextBoolean()));
        Audit.take(node);
    }
}
