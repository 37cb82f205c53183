package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker, a peer of it with a session on channel 0, and the name of a queue, for each test. */
abstract class WireCase {

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config.with("address-queue-scan-period", 50)
            .withAcceptors(List.of(AcceptorConfig.of("artemis",
                    "tcp://127.0.0.1:0?amqpCredits=10&amqpLowCredits=3&amqpMaxMessageSize=20000&anycastPrefix=/queue/")))
            .withAddressSettings("blocked.#", Map.of("max-size-bytes", "20000", "address-full-policy", "BLOCK"))
            .withAddressSettings("closed.#", Map.of("auto-create-addresses", "false", "auto-create-queues", "false")));

    WirePeer peer;
    String queue;

    @BeforeEach
    void connect() throws IOException {
        peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"));
        queue = SERVER.unique("wire.");
    }

    @AfterEach
    void disconnect() throws IOException {
        peer.close();
    }

    /** Messages in the queue, and a receiver with the handle 1 that has no credit. */
    void filled(Object... bodies) throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, bodies);
        peer.receiver(1, WirePeer.source(queue, "queue"));
    }

    /** Somebody else is served: what went wrong on one connection, session or link stayed there. */
    static void othersAreServed() throws IOException {
        try (WirePeer other = WirePeer.open(SERVER.port(), SERVER.unique("other"))) {
            works(other, SERVER.unique("other."));
        }
    }

    /** A message goes through a queue of this name, on the session of channel 0, by the handles 100 and 101. */
    static void works(WirePeer someone, String name) throws IOException {
        someone.sender(100, WirePeer.target(name, "queue"));
        someone.putAll(100, "served");
        someone.receiver(101, WirePeer.source(name, "queue"));
        someone.credit(101, 1, 0, false);
        assertThat(someone.take()).isEqualTo("served");
    }
}
