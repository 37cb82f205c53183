package io.delos.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line of the benchmark: a shape of load.
 *
 * @param producers each has a queue and a consumer of its own; for FAN_OUT one producer, one topic and {@code consumers}
 * @param size      bytes of a message's body
 */
record Row(Protocol protocol, Load load, int producers, int consumers, int size) {

    enum Protocol { CORE, AMQP, MQTT }

    /** How a producer sends. Everything but NON_PERSISTENT and FAN_OUT is durable and confirmed by the broker. */
    enum Load {
        /** Waits for each confirmation. */
        SYNC(1),
        /** Many sends under way, each confirmed. */
        PIPELINED(1000),
        /** Not durable; MQTT's QoS 0. */
        NON_PERSISTENT(1000),
        /** Not durable, each message to many consumers. */
        FAN_OUT(1000),
        /** 2,000 messages per second, whatever the broker does, and the time from due to received. */
        LATENCY(2000),
        /** Written with nobody consuming, the broker restarted, and drained. */
        BACKLOG(1000);

        private final int window;

        Load(int window) {
            this.window = window;
        }

        boolean durable() {
            return this != NON_PERSISTENT && this != FAN_OUT;
        }
    }

    /** Sends under way per producer. Many producers share the machine's memory, and the broker's patience. */
    int window() {
        return producers == 1 || load.window == 1 ? load.window : load.window / 5;
    }

    /** How far a producer may run ahead of its consumer; so that a row measures both, and not how deep a queue gets. */
    int lead() {
        return producers == 1 ? 4_000 : 500;
    }

    String name() {
        String kind = load.name().toLowerCase(Locale.ROOT).replace('_', '-');
        String count = load == Load.FAN_OUT ? "1to" + consumers : producers + "p";
        return protocol.name().toLowerCase(Locale.ROOT) + "-" + kind + "-" + count + "-" + (size == 1024 ? "1k" : size + "b");
    }

    /** A load that makes both sides' compilers see the protocol's code before anything of it is measured. */
    static Row warmUp(Protocol protocol) {
        return new Row(protocol, Load.PIPELINED, 1, 1, 1024);
    }

    static Row named(String name) {
        return all().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    /** Every row, in the order they are run. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        for (Load load : List.of(Load.SYNC, Load.PIPELINED, Load.NON_PERSISTENT)) {
            for (int producers : new int[] {1, 16}) {
                for (int size : new int[] {100, 1024}) {
                    for (Protocol protocol : Protocol.values()) {
                        rows.add(new Row(protocol, load, producers, producers, size));
                    }
                }
            }
        }
        for (Protocol protocol : Protocol.values()) {
            rows.add(new Row(protocol, Load.FAN_OUT, 1, 10, 100));
        }
        for (Protocol protocol : Protocol.values()) {
            rows.add(new Row(protocol, Load.LATENCY, 1, 1, 1024));
        }
        rows.add(new Row(Protocol.CORE, Load.BACKLOG, 1, 1, 1024));
        return List.copyOf(rows);
    }
}
