package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Reply;
import io.delos.loop.Loop;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Forgets retained messages that have expired and that nobody meets any more: looks for them every now and then, a portion after the other.
 * Owned by one loop; a worker looks.
 */
final class RetainedSweep {

    private static final Logger LOG = LogManager.getLogger(RetainedSweep.class);
    private static final int PORTION = 256;

    private final Broker broker;
    private final Loop loop;
    private final Retained retained;
    private final Custodian custodian;
    private final long interval;

    /** Looks in the rhythm in which the broker looks for sessions that are over. */
    RetainedSweep(Broker broker, Loop loop, Custodian custodian) {
        this.broker = broker;
        this.loop = loop;
        this.custodian = custodian;
        this.retained = new Retained(broker);
        this.interval = broker.config().timing().mqttSessionScanInterval();
    }

    void start() {
        loop.schedule(this::sweep, interval);
    }

    private void sweep() {
        try {
            broker.workers().execute(this::look);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The broker is stopping");
        }
    }

    private void look() {
        boolean more = forget();
        loop.post(() -> {
            if (more) {
                custodian.afterWrites(Reply.of(done -> sweep(), failed -> start()));
            } else {
                start();
            }
        });
    }

    private boolean forget() {
        try {
            return retained.forgetExpired(PORTION);
        } catch (IOException trouble) {
            LOG.warn("Retained messages can't be read now; whether they have expired is looked at later: {}", trouble.toString());
            return false;
        }
    }
}
