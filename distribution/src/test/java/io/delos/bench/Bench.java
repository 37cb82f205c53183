package io.delos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The benchmark's main program; {@link Options#USAGE} has its options, docs/benchmarks.md what it measures and how to read it.
 *
 * <p>Both brokers stay up through a round and one of them is loaded at a time, row by row in turn, so that whatever else the machine
 * does meets both; the idle one is waited for until it has become quiet. Rounds alternate who goes first.
 */
public final class Bench {
    private final Options options;
    private final Results results = new Results();
    private final List<Trial> wanted;
    private int run;

    private Bench(Options options) {
        this.options = options;
        this.wanted = Trial.all().stream().filter(options::wants).toList();
    }

    /** Exits with 0 when all rows ran, 1 when some failed, 2 when it was called wrongly. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        if (arguments.contains("--list")) {
            Trial.all().forEach(trial -> System.out.println(trial.name() + Stream.of("acceptance", MqttTrial.SET, StompRow.SET)
                    .filter(trial::in).map(set -> " (" + set + ")").collect(Collectors.joining())));
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println((arguments.contains("--help") ? "" : "Not understood: " + e.getMessage() + "\n\n") + Options.USAGE);
            System.exit(2);
            return;
        }
        System.exit(new Bench(options).run() ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        Path work = Path.of("target", "bench").toAbsolutePath();
        Path instances = work.resolve("run-" + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now()));
        List<Side> sides = new ArrayList<>();
        try {
            for (String name : Side.ALL) {
                if (options.wantsSide(name.toLowerCase(Locale.ROOT)) && wanted.stream().anyMatch(trial -> trial.suits(name))) {
                    Optional<Path> home = Homes.of(name, work, options);
                    if (home.isPresent()) {
                        sides.add(Side.create(name, home.get(), instances.resolve(name.toLowerCase(Locale.ROOT)), options));
                    }
                }
            }
            long start = System.nanoTime();
            for (int round = 1; round <= options.rounds(); round++) {
                round(round, sides);
                save(instances);
            }
            for (Side side : sides) {
                Figures stopped = attempt(side::stop);
                if (stopped.failure().isPresent()) {
                    record(options.rounds(), "stop", side, stopped);
                }
            }
            System.out.println(Report.markdown(results, trials()));
            System.out.printf("%n%d round(s) in %d s; every figure is in %s%n", options.rounds(),
                    Duration.ofNanos(System.nanoTime() - start).toSeconds(), instances.resolve("results.json"));
        } finally {
            sides.forEach(Side::close);
        }
        return results.rows().stream().flatMap(row -> results.sides().stream().flatMap(side -> results.of(row, side).stream()))
                .allMatch(figures -> figures.failure().isEmpty());
    }

    private void round(int round, List<Side> sides) throws IOException, InterruptedException {
        boolean instance = options.wants(Instance.AFTER.name());
        for (Side side : order(round, sides)) {
            // A broker that has run hot stays up from round to round: the medians are then those of compiled code.
            if (!side.warm()) {
                Figures started = attempt(side::startEmpty);
                if (instance || started.failure().isPresent()) {
                    record(round, Instance.EMPTY.name(), side, started);
                }
            }
        }
        warmUp(round, sides);
        rows(round, sides, wanted.stream().filter(trial -> !trial.restarts()).toList());
        if (instance) {
            for (Side side : sides) {
                record(round, Instance.AFTER.name(), side, attempt(side::footprint));
            }
        }
        rows(round, sides, wanted.stream().filter(Trial::restarts).toList());
    }

    private void warmUp(int round, List<Side> sides) throws InterruptedException {
        for (Trial load : wanted.stream().flatMap(trial -> trial.warmUp().stream()).distinct().toList()) {
            run++;
            for (Side side : order(round, sides)) {
                if (load.suits(side.name()) && !side.warm(load)) {
                    attempt(() -> side.warmUp(load, run, options.quick() ? 2 : 8));
                }
            }
        }
    }

    private void rows(int round, List<Side> sides, List<Trial> trials) throws InterruptedException {
        for (Trial trial : trials) {
            run++;
            for (Side side : order(round, sides)) {
                if (trial.suits(side.name())) {
                    record(round, trial.name(), side, attempt(() -> side.run(trial, run, options)));
                }
            }
        }
    }

    /** All that the report may show. */
    private List<Trial> trials() {
        List<Trial> all = new ArrayList<>(wanted);
        all.addAll(List.of(Instance.EMPTY, Instance.AFTER));
        return all;
    }

    @FunctionalInterface
    private interface Step {
        Figures run() throws IOException, InterruptedException;
    }

    /** A broker that fails is a result, not the end of the benchmark. */
    private static Figures attempt(Step step) throws InterruptedException {
        try {
            return step.run();
        } catch (IOException | RuntimeException e) {
            return Figures.failed(e.toString());
        }
    }

    private static List<Side> order(int round, List<Side> sides) {
        List<Side> ordered = new ArrayList<>(sides);
        if (round % 2 == 0) {
            Collections.reverse(ordered);
        }
        return ordered;
    }

    private void record(int round, String row, Side side, Figures figures) {
        results.add(row, side.name(), figures);
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%d/%d %-8s %-26s", round, options.rounds(), side.name(), row));
        figures.failure().ifPresent(why -> line.append(" FAILED: ").append(why));
        figures.values().forEach((name, value) -> line.append(String.format(Locale.ROOT, " %s=%,.2f", name, value)));
        System.err.println(line);
    }

    private void save(Path directory) throws IOException {
        Files.writeString(directory.resolve("results.json"), Json.of(results));
        Files.writeString(directory.resolve("results.md"), Report.markdown(results, trials()));
    }
}
