package io.delos.mqtt;

import io.delos.loop.Loop;

/** Runs everything where it is posted. */
final class TestLoop implements Loop {

    @Override
    public void post(Runnable task) {
        task.run();
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        throw new UnsupportedOperationException("no time here");
    }

    @Override
    public boolean inside() {
        return true;
    }

    @Override
    public String name() {
        return "test";
    }
}
