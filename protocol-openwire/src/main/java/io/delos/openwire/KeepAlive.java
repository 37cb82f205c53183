package io.delos.openwire;

import io.delos.loop.Loop;
import io.delos.spi.Connection;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Both sides' signs of life (section 3.4); owned by the connection's loop. A peer that was silent for too long is given up; so that it
 * doesn't give up on the broker, it is told something whenever nothing was for a while.
 */
final class KeepAlive {

    private static final Logger LOG = LogManager.getLogger(KeepAlive.class);

    private final Line line;
    private final long duration;
    private long heard;
    private boolean stopped;

    /** @param duration how long either side may be silent, in milliseconds; above 0 */
    KeepAlive(Line line, long duration) {
        this.line = line;
        this.duration = duration;
    }

    /** @param initialDelay how long before the peer's silence counts, in milliseconds */
    void start(long initialDelay, boolean tell) {
        Connection connection = line.connection();
        watch(initialDelay + duration);
        connection.loop().schedule(() -> {
            if (!stopped) {
                watch(duration);
            }
        }, initialDelay);
        if (tell) {
            tick();
        }
    }

    private void watch(long millis) {
        Connection connection = line.connection();
        connection.timeToLive(millis, () -> LOG.debug("the OpenWire connection {} from {} has fallen silent", connection.id(),
                connection.remoteAddress()));
    }

    private void tick() {
        if (stopped) {
            return;
        }
        long commands = line.outbox().commands();
        if (commands == heard) {
            line.say(new Answer.KeepAlive());
        }
        heard = line.outbox().commands();
        Loop loop = line.connection().loop();
        loop.schedule(this::tick, Math.max(1, duration / 3));
    }

    void stop() {
        stopped = true;
    }
}
