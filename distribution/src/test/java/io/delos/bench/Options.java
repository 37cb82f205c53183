package io.delos.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The command line. Immutable. */
final class Options {
    static final String USAGE = """
            Runs the same load on Delos and on Apache Artemis, row by row in turn, and prints a table of both and their ratios.

              --set NAME         acceptance: the rows that have a target; all: every row but the backlog's (default); every: those too;
                                 mqtt: MQTT by light clients, beside Mosquitto and HiveMQ too;
                                 stomp-openwire: STOMP by light clients and OpenWire, beside ActiveMQ Classic too
              --rows A,B         only rows with one of these in their names (--list shows the names); "instance" for start and memory
              --quick            one short round
              --rounds N         rounds; the table shows medians (default 5)
              --seconds S        measured per row, broker and round (default 4)
              --warmup S         load before that (default 1.5)
              --backlog N        messages in the backlog row (default 1000000)
              --java-memory M    heap of each broker, as "create" takes it (default 2G)
              --profile EVENT    profile Delos in each row: cpu, or alloc for where the heap's bytes come from; one file per row
              --delos PATH       a Delos archive or unpacked distribution (default: the one built)
              --artemis PATH     the same for Artemis (default: fetched by Maven)
              --classic PATH     the same for ActiveMQ Classic
              --only A,B         only these sides: delos, artemis, classic (OpenWire and STOMP rows only), mosquitto and hivemq (the set mqtt)
              --list             shows the rows
            """;
    private static final Set<String> SETS = Set.of("acceptance", "all", Trial.EVERY, MqttTrial.SET, StompRow.SET);
    private static final Set<String> FLAGS = Set.of("--quick");
    private static final Set<String> VALUES = Set.of("--set", "--rows", "--rounds", "--seconds", "--warmup", "--backlog", "--java-memory",
            "--profile", "--delos", "--artemis", "--classic", "--only");

    private final Map<String, String> given;

    private Options(Map<String, String> given) {
        this.given = given;
    }

    /** @throws IllegalArgumentException naming the word that wasn't understood */
    static Options parse(List<String> arguments) {
        Map<String, String> given = new HashMap<>();
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (FLAGS.contains(word)) {
                given.put(word, "");
            } else if (VALUES.contains(word) && words.hasNext()) {
                given.put(word, words.next());
            } else {
                throw new IllegalArgumentException(word);
            }
        }
        return new Options(given);
    }

    boolean quick() {
        return given.containsKey("--quick");
    }

    int rounds() {
        return Integer.parseInt(given.getOrDefault("--rounds", quick() ? "1" : "5"));
    }

    double warmUp() {
        return Double.parseDouble(given.getOrDefault("--warmup", quick() ? "0.7" : "1.5"));
    }

    double seconds() {
        return Double.parseDouble(given.getOrDefault("--seconds", quick() ? "1.3" : "4"));
    }

    int backlog() {
        return Integer.parseInt(given.getOrDefault("--backlog", quick() ? "100000" : "1000000"));
    }

    String javaMemory() {
        return given.getOrDefault("--java-memory", "2G");
    }

    /** The profiler's event. */
    Optional<String> profile() {
        return Optional.ofNullable(given.get("--profile"));
    }

    /** An archive or unpacked distribution to take for a side. */
    Optional<Path> home(String side) {
        return Optional.ofNullable(given.get("--" + side)).map(Path::of);
    }

    /** Whether a trial of that name was asked for. */
    boolean wants(String row) {
        String rows = given.get("--rows");
        return rows == null || List.of(rows.split(",")).stream().anyMatch(row::contains);
    }

    /** Whether it is in the set, and asked for by its name. */
    boolean wants(Trial trial) {
        String set = given.getOrDefault("--set", given.containsKey("--rows") ? Trial.EVERY : "all");
        if (!SETS.contains(set)) {
            throw new IllegalArgumentException("--set " + set);
        }
        return wants(trial.name()) && trial.in(set);
    }

    boolean wantsSide(String side) {
        String only = given.get("--only");
        return only == null || List.of(only.split(",")).contains(side);
    }
}
