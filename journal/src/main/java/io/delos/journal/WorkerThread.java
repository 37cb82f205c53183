package io.delos.journal;

import java.util.concurrent.locks.LockSupport;

/** A worker's own thread: goes on from step to step, and sleeps while there is nothing to do. */
final class WorkerThread implements Crew.Hand {
    private static final int SPINS = 100;

    private final Crew.Worker worker;
    private final Thread thread;
    private volatile boolean sleeping;

    private WorkerThread(String name, Crew.Worker worker) {
        this.worker = worker;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    static Crew.Hand begin(String name, Crew.Worker worker) {
        WorkerThread begun = new WorkerThread(name, worker);
        begun.thread.start();
        return begun;
    }

    @Override
    public void wake() {
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public boolean help() {
        return false;
    }

    @Override
    public void join() {
        Threads.join(thread);
    }

    private void run() {
        do {
            if (!worker.ready()) {
                rest();
            }
        } while (worker.step());
    }

    private void rest() {
        for (int i = 0; i < SPINS; i++) {
            if (worker.ready()) {
                return;
            }
            Thread.onSpinWait();
        }
        long patience = worker.patience();
        long since = System.nanoTime();
        sleeping = true;
        while (!worker.ready()) {
            if (patience == Crew.Worker.FOREVER) {
                LockSupport.park(this);
            } else {
                long left = patience - (System.nanoTime() - since);
                if (left <= 0) {
                    break;
                }
                LockSupport.parkNanos(this, left);
            }
            Thread.interrupted();
        }
        sleeping = false;
    }
}
