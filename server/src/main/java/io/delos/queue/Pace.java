package io.delos.queue;

import io.delos.config.AddressSettings.SlowConsumers;
import io.delos.config.SlowConsumerPolicy;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Looks, each period, for consumers that acknowledge more slowly than they must (address model, section 15). Owned by the queue's loop. */
final class Pace {

    private static final Logger LOG = LogManager.getLogger(Pace.class);

    private final Queue queue;
    private long since;
    private long addedBefore;

    Pace(Queue queue) {
        this.queue = queue;
        this.since = queue.loop().now();
        this.addedBefore = queue.counters().added();
    }

    /** Looks if it is time. */
    void look(List<Consumer> consumers, long now) {
        SlowConsumers rules = queue.settings().slowConsumers();
        long passed = now - since;
        if (rules.threshold() <= 0 || passed < rules.checkPeriod() * 1000) {
            return;
        }
        double least = (double) rules.threshold() / rules.thresholdUnit().seconds();
        double asked = least * consumers.size();
        double rate = 1000.0 * (queue.counters().added() - addedBefore) / passed;
        boolean enough = rate >= asked || queue.counters().messages() >= asked;
        since = now;
        addedBefore = queue.counters().added();
        for (Consumer consumer : List.copyOf(consumers)) {
            double own = 1000.0 * consumer.acknowledgedSinceAsked() / passed;
            if (enough && consumer.attachedBefore(now - passed) && own < least) {
                slow(consumer, rules.policy(), own);
            }
        }
    }

    private void slow(Consumer consumer, SlowConsumerPolicy policy, double rate) {
        LOG.info("AMQ221048: {} attached to queue '{}' identified as 'slow.' Expected consumption rate: {} msgs/second; actual consumption rate: {}"
                + " msgs/second; policy: {}", consumer.describe(), queue.name(), (double) queue.settings().slowConsumers().threshold()
                / queue.settings().slowConsumers().thresholdUnit().seconds(), rate, policy);
        consumer.tellSlow(policy, queue.counters().consumers());
    }
}
