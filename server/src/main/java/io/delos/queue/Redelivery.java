package io.delos.queue;

import io.delos.config.AddressSettings;
import java.util.concurrent.ThreadLocalRandom;

/** How often and how soon a message that came back is offered again (address model 10.1, 10.4). Owned by the queue's loop. */
final class Redelivery {

    /** Whether a message that failed so often must leave. */
    boolean exhausted(AddressSettings settings, int failures) {
        int most = settings.deadLetters().maxDeliveryAttempts();
        return most > 0 && failures >= most;
    }

    /** Milliseconds to wait after the n-th failure; 0 for none. */
    long delay(AddressSettings settings, int failures) {
        AddressSettings.DeadLetters rules = settings.deadLetters();
        if (rules.redeliveryDelay() <= 0) {
            return 0;
        }
        double delay = rules.redeliveryDelay() * Math.pow(rules.redeliveryMultiplier(), failures - 1);
        double spread = rules.redeliveryCollisionAvoidance();
        if (spread > 0) {
            delay += delay * spread * ThreadLocalRandom.current().nextDouble(-1, 1);
        }
        return (long) Math.min(delay, rules.maxRedeliveryDelay());
    }
}
