package io.delos.sim;

import io.delos.loop.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A loop of a broker's process: one mailbox, and an outbox that is emptied behind what waited when the first post was made. */
final class SimLoop extends SimThread implements Loop {
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private final List<Bundle> outbox = new ArrayList<>();
    private boolean flushing;

    private record Bundle(SimLoop to, List<Runnable> tasks) {
    }

    SimLoop(Life life, String name) {
        super(life, name);
    }

    @Override
    public void post(Runnable task) {
        if (!life.alive()) {
            return;
        }
        Actor here = world.current();
        if (here instanceof SimLoop loop) {
            loop.put(this, task);
        } else if (here instanceof SimThread thread) {
            thread.send(this, task);
        } else {
            receive(task);
        }
    }

    /** A task is in the mailbox. */
    void receive(Runnable task) {
        mailbox.add(task);
    }

    private void put(SimLoop to, Runnable task) {
        bundle(to).tasks.add(task);
        if (!flushing) {
            flushing = true;
            mailbox.add(this::flush);
        }
    }

    private Bundle bundle(SimLoop to) {
        for (Bundle bundle : outbox) {
            if (bundle.to == to) {
                return bundle;
            }
        }
        Bundle made = new Bundle(to, new ArrayList<>());
        outbox.add(made);
        return made;
    }

    private void flush() {
        flushing = false;
        List<Bundle> bundles = new ArrayList<>(outbox);
        outbox.clear();
        for (Bundle bundle : bundles) {
            if (bundle.to == this) {
                mailbox.addFirst(() -> bundle.tasks.forEach(this::run));
            } else {
                send(bundle.to, () -> bundle.tasks.forEach(bundle.to::run));
            }
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (PowerCut cut) {
            throw cut;
        } catch (Throwable fault) {
            world.violated(new Violation("a task of " + name + " failed: " + fault, fault));
        }
    }

    @Override
    boolean hasWork() {
        return !mailbox.isEmpty();
    }

    @Override
    void work() {
        run(mailbox.remove());
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        boolean[] cancelled = new boolean[1];
        world.at(world.now() + delayMillis, () -> {
            if (!cancelled[0] && life.alive()) {
                receive(task);
            }
        });
        return () -> cancelled[0] = true;
    }

    @Override
    public long now() {
        return world.now();
    }

    @Override
    public boolean inside() {
        return world.current() == this;
    }

    @Override
    public String name() {
        return name;
    }
}
