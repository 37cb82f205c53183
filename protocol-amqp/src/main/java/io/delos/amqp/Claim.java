package io.delos.amqp;

import io.delos.broker.Client;
import io.delos.broker.Reply;
import java.util.Optional;

/**
 * A link's hold on something of which there is one, as the durable subscription it reads alone: whichever link of the container attached it last has
 * it, on whatever connection, for the end of the former one may not have been noticed yet (AMQP 1.0 part 2 §2.6.1). Owned by the connection's loop.
 */
final class Claim {

    /** What subscriptions are claimed under, apart from client ids. */
    static final String SUBSCRIPTION = "amqp-subscription=";

    private final Client client;
    private final String prefix;
    private Optional<String> held = Optional.empty();

    Claim(Client client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    /** Takes it; {@code stolen} runs when another link wants it, and must lead to {@link #letGo}. */
    void take(String name, Runnable stolen, Runnable taken) {
        client.claim(prefix + name, true, stolen, Reply.of(displaced -> {
            held = Optional.of(prefix + name);
            taken.run();
        }, refusal -> taken.run()));
    }

    /** Gives it up, to who is next in line; harmless if it isn't held. */
    void letGo() {
        held.ifPresent(client::release);
        held = Optional.empty();
    }
}
