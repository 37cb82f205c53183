package io.delos.amqp;

import io.delos.loop.Loop;
import java.util.Optional;

/**
 * Sends an empty frame when nothing else has been said for half of the time the peer bears (AMQP 1.0 part 2 §2.4.5). Owned by the
 * connection's loop.
 */
final class Heartbeat {

    /** A peer that bears less is not kept, in milliseconds. */
    static final long SHORTEST = 10;

    private final Loop loop;
    private final Engine engine;
    private Optional<Loop.Timer> timer = Optional.empty();
    private long bytesAtLastBeat;

    Heartbeat(Loop loop, Engine engine) {
        this.loop = loop;
        this.engine = engine;
    }

    /** Whether the peer asks for more than can be done. */
    boolean overtaxed() {
        return engine.remoteIdleTimeout() > 0 && engine.remoteIdleTimeout() < SHORTEST;
    }

    /** Begins, if the peer minds. */
    void start() {
        long timeout = engine.remoteIdleTimeout();
        if (timeout > 0) {
            timer = Optional.of(loop.schedule(this::beat, Math.max(1, timeout / 2)));
        }
    }

    private void beat() {
        if (engine.bytesWritten() == bytesAtLastBeat) {
            engine.beat();
        }
        bytesAtLastBeat = engine.bytesWritten();
        start();
    }

    void stop() {
        timer.ifPresent(Loop.Timer::cancel);
        timer = Optional.empty();
    }
}
