package io.delos.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One line of the benchmark: something done to a broker that yields figures. */
interface Trial {
    /** The set of all there are. */
    String EVERY = "every";

    String name();

    /** Whether it restarts its broker; then it comes after all that wants the broker warm. */
    boolean restarts();

    /** Whether the side of that name can take part. */
    default boolean suits(String side) {
        return side.equals(Side.DELOS) || side.equals(Side.ARTEMIS);
    }

    /** Whether it belongs to the set of that name. What restarts brokers takes long; it has to be asked for. */
    default boolean in(String set) {
        return switch (set) {
            case EVERY -> true;
            case "all" -> !restarts();
            case "acceptance" -> accepts() && !restarts();
            default -> false;
        };
    }

    /** A load that makes a broker's compilers see what this one uses, before anything of it is measured. */
    default Optional<Trial> warmUp() {
        return Optional.empty();
    }

    /**
     * Does it, on a broker that runs and is at rest.
     *
     * @param run tells this trial's messages from those of all others in this run of the benchmark
     */
    Figures run(Side side, int run, Options options) throws IOException, InterruptedException;

    /** The tables that show its figures. */
    List<Table> tables();

    /** What Delos is to reach of that table's figures. */
    Optional<Target> target(Table table);

    /** Whether Delos is to reach anything in it. */
    default boolean accepts() {
        return tables().stream().anyMatch(table -> target(table).isPresent());
    }

    /** Every trial that a round may have, in the order they are run. */
    static List<Trial> all() {
        List<Trial> all = new ArrayList<>(Row.all());
        all.addAll(StompRow.all());
        all.addAll(MqttRow.all());
        all.addAll(List.of(MqttConnects.CLEAN, MqttConnects.SESSION, MqttSubscribe.PIPELINED, MqttIdle.FIFTY_THOUSAND,
                MqttPayload.HUNDRED_MIB, MqttRetained.MILLION));
        all.addAll(Exchange.all());
        all.addAll(Large.all());
        all.addAll(Connects.all());
        all.addAll(IdleConnections.all());
        all.add(ManyQueues.HUNDRED_THOUSAND);
        all.addAll(Deep.all());
        return all;
    }
}
