package io.delos.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** The workers of a broker's process: a few threads that share what there is to do. */
final class SimWorkers implements Executor {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Worker> threads = new ArrayList<>();

    SimWorkers(Life life, int count) {
        for (int i = 0; i < count; i++) {
            threads.add(new Worker(life, "worker-" + i));
        }
    }

    List<Worker> threads() {
        return threads;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Takes a task at one step and does it at another, so what was begun first may be done last. */
    final class Worker extends SimThread {
        private Runnable task;

        Worker(Life life, String name) {
            super(life, name);
        }

        @Override
        boolean hasWork() {
            return task != null || !tasks.isEmpty();
        }

        @Override
        void work() {
            if (task == null) {
                task = tasks.remove();
                return;
            }
            Runnable now = task;
            task = null;
            try {
                now.run();
            } catch (PowerCut cut) {
                throw cut;
            } catch (Throwable fault) {
                world.violated(new Violation("a task of " + name + " failed: " + fault, fault));
            }
        }
    }
}
