package io.delos.transport;

import io.delos.loop.Loop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Owned by its loop: the one timer that looks at all of the loop's connections of an acceptor and ends those that were silent for too
 * long. It ticks only while there is somebody to look at. An expiry is noticed up to two intervals late.
 */
final class IdleScan {

    private final Loop loop;
    private final long intervalMillis;
    private final Set<SocketConnection> watched = new LinkedHashSet<>();
    private boolean ticking;

    IdleScan(Loop loop, long intervalMillis) {
        this.loop = loop;
        this.intervalMillis = intervalMillis;
    }

    void watch(SocketConnection connection) {
        loop.assertInside();
        watched.add(connection);
        if (!ticking) {
            ticking = true;
            loop.schedule(this::tick, intervalMillis);
        }
    }

    void forget(SocketConnection connection) {
        loop.assertInside();
        watched.remove(connection);
    }

    static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void tick() {
        long now = nowMillis();
        for (SocketConnection connection : watched.toArray(SocketConnection[]::new)) {
            connection.checkSilence(now);
        }
        ticking = !watched.isEmpty();
        if (ticking) {
            loop.schedule(this::tick, intervalMillis);
        }
    }
}
