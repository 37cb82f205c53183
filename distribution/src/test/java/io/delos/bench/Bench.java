package io.delos.bench;

import io.delos.proof.Distribution;
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
    private int run;

    private Bench(Options options) {
        this.options = options;
    }

    /** Exits with 0 when all rows ran, 1 when some failed, 2 when it was called wrongly. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        if (arguments.contains("--list")) {
            Row.all().forEach(row -> System.out.println(row.name()));
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
            if (options.wantsSide("delos")) {
                sides.add(Side.create("Delos", home(options.home("delos"), Optional.empty(), work), instances.resolve("delos"), options));
            }
            if (options.wantsSide("artemis")) {
                sides.add(Side.create("Artemis", home(options.home("artemis"), Optional.of(work), work), instances.resolve("artemis"), options));
            }
            long start = System.nanoTime();
            for (int round = 1; round <= options.rounds(); round++) {
                round(round, sides);
                save(instances);
            }
            System.out.println(Report.markdown(results));
            System.out.printf("%n%d round(s) in %d s; every figure is in %s%n", options.rounds(),
                    Duration.ofNanos(System.nanoTime() - start).toSeconds(), instances.resolve("results.json"));
        } finally {
            sides.forEach(Side::close);
        }
        return results.rows().stream().flatMap(row -> results.sides().stream().flatMap(side -> results.of(row, side).stream()))
                .allMatch(figures -> figures.failure().isEmpty());
    }

    private void round(int round, List<Side> sides) throws IOException, InterruptedException {
        boolean instance = options.wants("instance");
        for (Side side : order(round, sides)) {
            Figures started = attempt(side::startEmpty);
            if (instance || started.failure().isPresent()) {
                record(round, "start", side, started);
            }
        }
        warmUp(round, sides);
        List<Row> wanted = Row.all().stream().filter(row -> options.wants(row.name())).toList();
        rows(round, sides, wanted.stream().filter(row -> row.load() != Row.Load.BACKLOG).toList());
        if (instance) {
            for (Side side : sides) {
                record(round, "after", side, attempt(side::footprint));
            }
        }
        // The backlog's row restarts the brokers, so it comes after all that wants them warm.
        rows(round, sides, wanted.stream().filter(row -> row.load() == Row.Load.BACKLOG).toList());
        for (Side side : sides) {
            Figures stopped = attempt(side::stop);
            if (stopped.failure().isPresent()) {
                record(round, "stop", side, stopped);
            }
        }
    }

    private void warmUp(int round, List<Side> sides) throws InterruptedException {
        for (Row.Protocol protocol : Row.Protocol.values()) {
            Row row = Row.warmUp(protocol);
            if (Row.all().stream().anyMatch(each -> each.protocol() == protocol && options.wants(each.name()))) {
                run++;
                for (Side side : order(round, sides)) {
                    attempt(() -> side.warmUp(row, run, options.quick() ? 2 : 5));
                }
            }
        }
    }

    private void rows(int round, List<Side> sides, List<Row> rows) throws InterruptedException {
        for (Row row : rows) {
            run++;
            for (Side side : order(round, sides)) {
                record(round, row.name(), side, attempt(() -> side.run(row, run, options)));
            }
        }
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
        Files.writeString(directory.resolve("results.json"), Report.json(results));
        Files.writeString(directory.resolve("results.md"), Report.markdown(results));
    }

    /** A side's home: what was given, unpacked if need be; else the archive in {@code fetched}; else the built distribution. */
    private static Path home(Optional<Path> given, Optional<Path> fetched, Path work) throws IOException {
        Optional<Path> archive = given;
        if (archive.isEmpty() && fetched.isPresent()) {
            try (Stream<Path> files = Files.list(fetched.get())) {
                archive = files.filter(each -> each.toString().endsWith(".tar.gz")).max(Path::compareTo);
            }
            if (archive.isEmpty()) {
                throw new IOException("no archive of Apache Artemis in " + fetched.get());
            }
        }
        if (archive.isEmpty()) {
            return Distribution.home();
        }
        return Files.isDirectory(archive.get()) ? archive.get() : Distribution.unpack(archive.get(), work);
    }
}
