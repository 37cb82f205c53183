package io.delos.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A shape of load over MQTT 3.1.1 by clients that take next to nothing ({@link LightLoop}), on all brokers that speak it.
 *
 * @param producers with as many consumers each has one of its own; else all have all in common
 * @param size      bytes of a message's payload
 */
record MqttRow(Load load, int qos, int producers, int consumers, int size) implements MqttTrial, LightRow {
    private static final int LEAD_DELIVERIES = 40_000;

    /** How a producer sends, and to whom. */
    enum Load {
        /** Waits for each confirmation; with QoS 0, which has none, until the consumer has it. */
        SYNC,
        /** Many under way. */
        PIPELINED,
        /** Each message to many clean sessions. */
        FAN_OUT,
        /** Very many clients, and one session that has them all. */
        FAN_IN,
        /** The most that goes through, pipelined; then half of that at an even pace, and the time from due to received. */
        LATENCY
    }

    /** Whether the consumers' sessions outlive their connections. */
    boolean durable() {
        return qos > 0 && load != Load.FAN_OUT;
    }

    @Override
    public int window() {
        return load == Load.SYNC ? 1 : among(1000, 200, 100, 10);
    }

    @Override
    public int lead() {
        if (load == Load.SYNC && qos == 0) {
            return 1;
        }
        return load == Load.FAN_OUT ? Math.max(40, LEAD_DELIVERIES / consumers) : among(4000, 500, 250, 40);
    }

    private int among(int one, int several, int many, int crowd) {
        return producers == 1 ? one : producers <= 16 ? several : producers <= 32 ? many : crowd;
    }

    @Override
    public String name() {
        String bytes = size % KIB == 0 ? size / KIB + "k" : size + "b";
        return switch (load) {
            case FAN_OUT -> "mqtt-fan-out-1to" + consumers + "-q" + qos + "-" + bytes;
            case FAN_IN -> "mqtt-fan-in-" + producers + "to1-q" + qos;
            case LATENCY -> "mqtt-latency-half-q" + qos;
            default -> "mqtt-q" + qos + "-" + load.name().toLowerCase(Locale.ROOT) + "-" + producers + "p-" + bytes;
        };
    }

    @Override
    public boolean paced() {
        return load == Load.LATENCY;
    }

    @Override
    public byte[] destination(int producer) {
        return MqttPackets.utf8(topics() + producer);
    }

    @Override
    public byte[] destinations() {
        return MqttPackets.utf8(topics() + "+");
    }

    private String topics() {
        return "bench/" + load.name().toLowerCase(Locale.ROOT) + "/";
    }

    @Override
    public LightLink consumer(LightLoop loop, int index) throws IOException {
        return MqttLink.connect(loop, index, "bench-in-" + index, new MqttLink.Kind(false, !durable(), qos));
    }

    @Override
    public LightLink producer(LightLoop loop, int index) throws IOException {
        return MqttLink.connect(loop, consumers + index, "bench-out-" + index, new MqttLink.Kind(false, true, qos));
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Optional<Trial> warmUp() {
        return Optional.of(WARM_UP);
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        return side.load(this, run, options).put("resident", side.proc().residentMib());
    }

    @Override
    public List<Table> tables() {
        return List.of(load == Load.LATENCY ? Table.MQTT_LATENCY : Table.MQTT);
    }

    @Override
    public Optional<Target> target(Table table) {
        if (load == Load.LATENCY) {
            return Optional.of(new Target(List.of(new Target.Limit("p99", "", false, 10)), Optional.empty()));
        }
        if (load == Load.FAN_OUT) {
            return Optional.of(new Target(List.of(Target.atLeast("rate", 1.5), new Target.Limit("rate", Side.HIVEMQ, true, 1)),
                    Optional.empty()));
        }
        if (qos == 0) {
            return Optional.empty();
        }
        Target target = new Target(List.of(Target.atLeast("rate", 2.5)), Optional.of(Target.atMost("cpu", 0.35)));
        return Optional.of(load == Load.PIPELINED && qos == 1 ? target.and(new Target.Limit("rate", Side.MOSQUITTO, true, 1)) : target);
    }

    static final MqttRow WARM_UP = new MqttRow(Load.PIPELINED, 1, 1, 1, KIB);

    /** Every row, in the order they are run. */
    static List<MqttRow> all() {
        List<MqttRow> rows = new ArrayList<>();
        for (int qos = 0; qos <= 2; qos++) {
            for (Load load : List.of(Load.SYNC, Load.PIPELINED)) {
                for (int producers : new int[] {1, 16, 32}) {
                    rows.add(new MqttRow(load, qos, producers, producers, KIB));
                }
            }
        }
        for (int consumers : new int[] {10, 100, 1000}) {
            rows.add(new MqttRow(Load.FAN_OUT, 0, 1, consumers, 100));
            rows.add(new MqttRow(Load.FAN_OUT, 1, 1, consumers, 100));
        }
        rows.add(new MqttRow(Load.FAN_IN, 1, 1000, 1, 100));
        rows.add(new MqttRow(Load.LATENCY, 1, 16, 16, KIB));
        return List.copyOf(rows);
    }
}
