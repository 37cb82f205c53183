package io.delos.sim;

import io.delos.journal.Crew;
import java.util.concurrent.TimeUnit;

/** Does the steps of one of a journal's workers. */
final class SimHand extends SimThread implements Crew.Hand {
    private final Crew.Worker worker;
    private boolean again;
    private boolean ended;

    SimHand(Life life, String name, Crew.Worker worker) {
        super(life, name);
        this.worker = worker;
    }

    @Override
    boolean hasWork() {
        return !ended && (again || worker.ready());
    }

    @Override
    void work() {
        again = false;
        ended = !worker.step();
        if (!ended && !worker.ready() && worker.patience() != Crew.Worker.FOREVER) {
            world.at(world.now() + TimeUnit.NANOSECONDS.toMillis(worker.patience()), () -> again = true);
        }
    }

    @Override
    public void wake() {
        // it is asked at every step whether it is ready
    }

    @Override
    public boolean help() {
        life.checkAlive();
        work();
        return true;
    }

    @Override
    public void join() {
        while (!ended) {
            life.checkAlive();
            deliverAll();
            world.take(this, this::work);
        }
        deliverAll();
    }

    private void deliverAll() {
        while (deliver()) {
            life.checkAlive();
        }
    }
}
