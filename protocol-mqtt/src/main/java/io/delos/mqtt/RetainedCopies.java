package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.store.Shelf;
import java.io.IOException;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Puts the retained messages that match a new subscription into its queue, a portion at a time: a worker looks for them and reads them, the
 * connection's loop, which owns this, sends them.
 */
final class RetainedCopies {

    private static final Logger LOG = LogManager.getLogger(RetainedCopies.class);

    /** Messages, and bytes, of one portion. */
    private static final int PORTION = 500;
    private static final long PORTION_BYTES = 1 << 20;
    /** Times a retained message is looked at again because it was replaced meanwhile. */
    private static final int ROUNDS = 5;
    private static final long RETRY_MILLIS = 2000;

    private final Broker broker;
    private final Loop loop;
    private final Custodian custodian;
    private final MqttSubscription subscription;
    private final String queue;
    private final Retained retained;
    private final Retained.Matching matching;
    private final Runnable done;

    /** {@code queue}: with its address, as one sends to it. */
    RetainedCopies(MqttSession.Setup setup, MqttSubscription subscription, String queue, Runnable done) {
        this.broker = setup.broker();
        this.loop = setup.loop();
        this.custodian = new Custodian(broker, loop);
        this.subscription = subscription;
        this.queue = queue;
        this.retained = new Retained(broker);
        this.matching = retained.matching(subscription.filter());
        this.done = done;
    }

    /** Sends the next portion, and those that follow; {@code done} runs after the last. */
    void next() {
        broker.workers().execute(() -> {
            List<Shelf.Spot> portion = matching.next(PORTION, PORTION_BYTES);
            loop.post(() -> {
                if (portion.isEmpty() || subscription.ended()) {
                    done.run();
                } else {
                    read(portion, 0);
                }
            });
        });
    }

    private void read(List<Shelf.Spot> portion, int round) {
        broker.workers().execute(() -> {
            try {
                List<Retained.Found> found = retained.read(portion);
                loop.post(() -> send(found, round));
            } catch (IOException trouble) {
                LOG.warn("Retained messages for {} can't be read now, and are tried again: {}", queue, trouble.toString());
                loop.schedule(() -> readAgain(portion, round), RETRY_MILLIS);
            }
        });
    }

    private void readAgain(List<Shelf.Spot> portion, int round) {
        if (subscription.ended()) {
            done.run();
        } else {
            read(portion, round);
        }
    }

    /** Sends them; then once more those that were replaced in the meantime, so that the last one is the newest. */
    private void send(List<Retained.Found> found, int round) {
        List<Message> copies = Retained.copies(found, queue);
        if (copies.isEmpty() || subscription.ended()) {
            next();
            return;
        }
        custodian.sendAll(copies, () -> {
            List<Shelf.Spot> changed = round == ROUNDS ? List.of() : retained.changed(found);
            if (changed.isEmpty()) {
                next();
            } else {
                read(changed, round + 1);
            }
        });
    }
}
