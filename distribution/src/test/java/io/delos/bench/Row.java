package io.delos.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of the benchmark: a shape of load.
 *
 * @param producers each has a queue and a consumer of its own; for FAN_OUT one producer, one topic and {@code consumers}
 * @param size      bytes of a message's body
 */
record Row(Protocol protocol, Load load, int producers, int consumers, int size) implements Trial {
    private static final int KIB = 1024;
    private static final int WINDOW_BYTES = 8 << 20;
    private static final int LEAD_BYTES = 16 << 20;
    private static final int LEAD_DELIVERIES = 40_000;

    /** OPENWIRE is there to compare with ActiveMQ Classic too. */
    enum Protocol { CORE, AMQP, MQTT, OPENWIRE }

    private static final List<Protocol> MAIN = List.of(Protocol.CORE, Protocol.AMQP, Protocol.MQTT);

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

    /** Sends under way per producer. Many producers share the machine's memory, and the broker's patience; so do large messages. */
    int window() {
        if (load.window == 1) {
            return 1;
        }
        return Math.max(1, Math.min(load.window / among(1, 5, 20), WINDOW_BYTES / size / producers));
    }

    /** How far a producer may run ahead of its consumer; so that a row measures both, and not how deep a queue gets. */
    int lead() {
        int messages = load == Load.FAN_OUT ? LEAD_DELIVERIES / consumers : among(4_000, 500, 100);
        return Math.max(load == Load.FAN_OUT ? 1 : 2 * window(), Math.min(messages, LEAD_BYTES / size / producers));
    }

    private int among(int one, int several, int many) {
        return producers == 1 ? one : producers <= 16 ? several : many;
    }

    /** How many producers, and how many consumers, have a connection in common: each its own, unless there are very many. */
    int perConnection() {
        return Math.max(producers, consumers) > 16 ? 10 : 1;
    }

    @Override
    public String name() {
        String kind = load.name().toLowerCase(Locale.ROOT).replace('_', '-');
        String count = load == Load.FAN_OUT ? "1to" + consumers : producers + "p";
        return protocol.name().toLowerCase(Locale.ROOT) + "-" + kind + "-" + count + "-" + (size % KIB == 0 ? size / KIB + "k" : size + "b");
    }

    @Override
    public boolean restarts() {
        return load == Load.BACKLOG;
    }

    /** One row by a real client belongs to those of light ones, for truth. */
    @Override
    public boolean in(String set) {
        return Trial.super.in(set) || set.equals(StompRow.SET) && protocol == Protocol.OPENWIRE && !(load == Load.FAN_OUT && consumers > 10)
                || set.equals(MqttTrial.SET) && name().equals("mqtt-pipelined-1p-1k");
    }

    @Override
    public boolean suits(String side) {
        return protocol == Protocol.OPENWIRE && side.equals(Side.CLASSIC) || Trial.super.suits(side);
    }

    @Override
    public Optional<Trial> warmUp() {
        return Optional.of(warmUp(protocol));
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        return load == Load.BACKLOG ? side.backlog(this, run, options.backlog()) : side.measure(this, run, options);
    }

    @Override
    public List<Table> tables() {
        return switch (load) {
            case SYNC, PIPELINED -> List.of(Table.THROUGHPUT, Table.COST);
            case NON_PERSISTENT, FAN_OUT -> List.of(Table.THROUGHPUT);
            case LATENCY -> List.of(Table.LATENCY);
            case BACKLOG -> List.of(Table.BACKLOG, Table.DRAIN);
        };
    }

    @Override
    public Optional<Target> target(Table table) {
        if (table == Table.COST) {
            return load == Load.PIPELINED && size >= KIB && protocol != Protocol.OPENWIRE ? Optional.of(cost()) : Optional.empty();
        }
        if (table == Table.DRAIN) {
            return Optional.of(new Target(List.of(Target.atLeast("drain-rate", 2), absolute("first-ms", 3000)), Optional.empty()));
        }
        boolean small = size < KIB;
        if (protocol == Protocol.OPENWIRE) {
            return Optional.of(Target.either(2, 0.4).and(Target.AHEAD_OF_CLASSIC));
        }
        return switch (load) {
            case SYNC -> producers == 1 ? either(1.8, 0.5) : small ? Optional.empty() : either(2, 0.4);
            case PIPELINED -> small ? Optional.empty() : either(2, size > KIB ? 0.5 : 0.4);
            case NON_PERSISTENT -> small ? Optional.empty() : either(2, 0.4);
            case FAN_OUT -> either(2, 0.5);
            case LATENCY -> Optional.of(new Target(List.of(Target.atMost("p50", 0.5), Target.atMost("p99", 0.5), Target.atMost("p999", 0.5)),
                    Optional.of(Target.atMost("cpu", 0.5))));
            case BACKLOG -> Optional.of(new Target(List.of(Target.atLeast("fill-rate", 2),
                    new Target.Limit("fill-last-to-first", "", true, 0.9), absolute("fill-peak", 900), absolute("disk", 1.1 * size + 100)),
                    Optional.empty()));
        };
    }

    private Target cost() {
        Target.Limit written = absolute("written", 1.4 * size);
        return new Target(size == KIB ? List.of(written, absolute("allocated", 200)) : List.of(written), Optional.empty());
    }

    private static Target.Limit absolute(String figure, double most) {
        return new Target.Limit(figure, "", false, most);
    }

    private static Optional<Target> either(double rate, double cpu) {
        return Optional.of(Target.either(rate, cpu));
    }

    private static Row warmUp(Protocol protocol) {
        return new Row(protocol, Load.PIPELINED, 1, 1, KIB);
    }

    static Row named(String name) {
        return all().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    /** Every row, in the order they are run. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        for (Load load : List.of(Load.SYNC, Load.PIPELINED, Load.NON_PERSISTENT)) {
            for (int producers : new int[] {1, 16}) {
                for (int size : new int[] {100, KIB}) {
                    MAIN.forEach(protocol -> rows.add(new Row(protocol, load, producers, producers, size)));
                }
            }
        }
        for (int producers : new int[] {1, 16}) {
            for (Load load : List.of(Load.SYNC, Load.PIPELINED, Load.NON_PERSISTENT)) {
                rows.add(new Row(Protocol.OPENWIRE, load, producers, producers, KIB));
            }
            MAIN.forEach(protocol -> rows.add(new Row(protocol, Load.PIPELINED, producers, producers, 64 * KIB)));
        }
        MAIN.forEach(protocol -> rows.add(new Row(protocol, Load.PIPELINED, 100, 100, KIB)));
        for (int consumers : new int[] {10, 100}) {
            for (Protocol protocol : Protocol.values()) {
                rows.add(new Row(protocol, Load.FAN_OUT, 1, consumers, 100));
            }
        }
        MAIN.forEach(protocol -> rows.add(new Row(protocol, Load.LATENCY, 1, 1, KIB)));
        rows.add(new Row(Protocol.CORE, Load.BACKLOG, 1, 1, KIB));
        return List.copyOf(rows);
    }
}
