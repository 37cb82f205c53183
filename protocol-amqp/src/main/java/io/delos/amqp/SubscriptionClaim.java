package io.delos.amqp;

import io.delos.broker.Client;
import io.delos.broker.Reply;
import java.util.Optional;

/**
 * A link's hold on the durable subscription it reads alone: whichever link of the container attached it last has it, on whatever connection,
 * for the end of the former one may not have been noticed yet (AMQP 1.0 part 2 §2.6.1). Owned by the connection's loop.
 */
final class SubscriptionClaim {

    /** What subscriptions are claimed under, apart from client ids. */
    private static final String PREFIX = "amqp-subscription=";

    private final Client client;
    private Optional<String> held = Optional.empty();

    SubscriptionClaim(Client client) {
        this.client = client;
    }

    /** Takes the subscription; {@code stolen} runs when another link wants it, and must lead to {@link #letGo}. */
    void take(String queue, Runnable stolen, Runnable taken) {
        client.claim(PREFIX + queue, true, stolen, Reply.of(displaced -> {
            held = Optional.of(PREFIX + queue);
            taken.run();
        }, refusal -> taken.run()));
    }

    /** Gives it up, to who is next in line; harmless if it isn't held. */
    void letGo() {
        held.ifPresent(client::release);
        held = Optional.empty();
    }
}
