package io.delos.bench;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/** A shape of load by clients that take next to nothing ({@link LightLoop}): so many producers and consumers at once, all in one thread. */
interface LightRow extends Trial {
    int KIB = 1024;

    int producers();

    /** As many as producers, of which each has one of its own; or any number that have all in common. */
    int consumers();

    /** Bytes of a message's body. */
    int size();

    /** Messages under way per producer. */
    int window();

    /** How far a producer may run ahead of the slowest of its consumers; so that a row measures both, and not how deep a queue gets. */
    int lead();

    /** Whether half of the most that goes through is sent at an even pace. */
    boolean paced();

    /** Where a producer's messages go. */
    byte[] destination(int producer);

    /** What a consumer subscribes that wants all producers' messages. */
    byte[] destinations();

    /** Begins to connect a client that consumes. */
    LightLink consumer(LightLoop loop, int index) throws IOException;

    /** Begins to connect one that produces. */
    LightLink producer(LightLoop loop, int index) throws IOException;

    static Optional<LightRow> named(String name) {
        return Stream.<LightRow>concat(MqttRow.all().stream(), StompRow.all().stream()).filter(row -> row.name().equals(name)).findFirst();
    }
}
