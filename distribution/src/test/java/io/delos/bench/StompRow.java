package io.delos.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A shape of load over STOMP 1.2 by clients that take next to nothing ({@link LightLoop}), beside Artemis and ActiveMQ Classic.
 *
 * @param producers each has a queue and a consumer of its own; for FAN_OUT one producer, one topic and {@code consumers}
 * @param size      bytes of a message's body
 */
record StompRow(Load load, int producers, int consumers, int size) implements LightRow {
    /** The set of these rows and OpenWire's. */
    static final String SET = "stomp-openwire";

    private static final int LEAD_DELIVERIES = 9_000;

    /** How a producer sends. */
    enum Load {
        /** Persistent; waits for the receipt of each. */
        SYNC,
        /** Persistent, with a receipt each, many under way. */
        PIPELINED,
        /** Not persistent, without receipts. */
        NON_PERSISTENT,
        /** The same, each message to many consumers. */
        FAN_OUT;

        boolean durable() {
            return this == SYNC || this == PIPELINED;
        }
    }

    @Override
    public int window() {
        return load == Load.SYNC ? 1 : producers == 1 ? 1000 : 200;
    }

    /** ActiveMQ Classic throws away what is more than 1,000 messages ahead of a topic's consumer. */
    @Override
    public int lead() {
        return load == Load.FAN_OUT ? LEAD_DELIVERIES / consumers : producers == 1 ? 4000 : 500;
    }

    @Override
    public boolean paced() {
        return false;
    }

    private StompLink.Kind kind() {
        return new StompLink.Kind(load == Load.FAN_OUT, load.durable(), load.durable());
    }

    @Override
    public byte[] destination(int producer) {
        return StompFrames.ascii(load == Load.FAN_OUT ? "/topic/bench.stomp.topic" : "/queue/bench.stomp." + producer);
    }

    /** One producer's: there is no row that has several in common. */
    @Override
    public byte[] destinations() {
        return destination(0);
    }

    @Override
    public LightLink consumer(LightLoop loop, int index) throws IOException {
        return StompLink.connect(loop, index, "consumer " + index, kind());
    }

    @Override
    public LightLink producer(LightLoop loop, int index) throws IOException {
        return StompLink.connect(loop, consumers + index, "producer " + index, kind());
    }

    @Override
    public String name() {
        String count = load == Load.FAN_OUT ? "1to" + consumers : producers + "p";
        return "stomp-" + load.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + count + "-"
                + (size % KIB == 0 ? size / KIB + "k" : size + "b");
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public boolean in(String set) {
        return set.equals(SET) || set.equals(EVERY);
    }

    @Override
    public boolean suits(String side) {
        return side.equals(Side.CLASSIC) || LightRow.super.suits(side);
    }

    @Override
    public Optional<Trial> warmUp() {
        return Optional.of(new StompRow(Load.PIPELINED, 1, 1, KIB));
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        return side.measure(this, run, options);
    }

    @Override
    public List<Table> tables() {
        return load.durable() ? List.of(Table.THROUGHPUT, Table.COST) : List.of(Table.THROUGHPUT);
    }

    @Override
    public Optional<Target> target(Table table) {
        return table == Table.COST ? Optional.empty() : Optional.of(Target.either(2.5, 0.4).and(Target.AHEAD_OF_CLASSIC));
    }

    /** Every row, in the order they are run. */
    static List<StompRow> all() {
        List<StompRow> rows = new ArrayList<>();
        for (Load load : List.of(Load.SYNC, Load.PIPELINED, Load.NON_PERSISTENT)) {
            for (int producers : new int[] {1, 16}) {
                rows.add(new StompRow(load, producers, producers, KIB));
            }
        }
        rows.add(new StompRow(Load.FAN_OUT, 1, 10, 100));
        return List.copyOf(rows);
    }
}
