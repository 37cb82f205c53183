package io.delos.stomp;

import io.delos.loop.Loop;

/** For asking the broker something in a test that doesn't wait for the answer. */
final class ImmediateLoop implements Loop {

    @Override
    public void post(Runnable task) {
        task.run();
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        throw new UnsupportedOperationException();
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
