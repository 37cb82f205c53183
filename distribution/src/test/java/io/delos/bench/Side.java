package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One of the brokers compared, with the load's process that belongs to it. Used by one thread. */
final class Side implements AutoCloseable {
    static final String DELOS = "Delos";
    static final String ARTEMIS = "Artemis";
    static final String CLASSIC = "Classic";
    static final String MOSQUITTO = "Mosquitto";
    static final String HIVEMQ = "HiveMQ";
    /** All there may be, in the order of the report. */
    static final List<String> ALL = List.of(DELOS, ARTEMIS, CLASSIC, MOSQUITTO, HIVEMQ);

    private static final Duration START = Duration.ofSeconds(180);
    private final String name;
    private final BrokerProcess broker;
    private final Optional<String> profile;
    private LoadProcess load;
    private boolean suspect;
    private final Set<Trial> warm = new HashSet<>();

    private Side(String name, BrokerProcess broker, Optional<String> profile) {
        this.name = name;
        this.broker = broker;
        this.profile = profile;
    }

    /** Makes an instance of the distribution at {@code home}: as {@code create} does, but for what both must share to be compared. */
    static Side create(String name, Path home, Path instance, Options options) throws IOException {
        switch (name) {
            case CLASSIC:
                return new Side(name, Classic.create(home, instance, options.javaMemory()), Optional.empty());
            case MOSQUITTO:
                return new Side(name, Mosquitto.create(home, instance), Optional.empty());
            case HIVEMQ:
                return new Side(name, HiveMq.create(home, instance, options.javaMemory()), Optional.empty());
            default:
                return likeArtemis(name, home, instance, options);
        }
    }

    private static Side likeArtemis(String name, Path home, Path instance, Options options) throws IOException {
        Optional<String> profile = options.profile().filter(event -> name.equals(DELOS));
        BrokerProcess broker = BrokerProcess.create(home, instance, "--nio", "--java-memory", options.javaMemory());
        Path access = instance.resolve("etc").resolve("management.xml");
        if (Files.exists(access)) {
            // Or Artemis doesn't let its virtual machine be asked what it allocates, and what its buffers take.
            Files.writeString(access, Files.readString(access).replaceFirst("<allowlist>",
                    "<allowlist><entry domain=\"java.lang\"/><entry domain=\"java.nio\"/>"));
        }
        // Without it a profiler sees a compiled function's time at the nearest call in it.
        profile.ifPresent(event -> broker.environment("JDK_JAVA_OPTIONS", "-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints"));
        return new Side(name, broker, profile);
    }

    String name() {
        return name;
    }

    /** The broker's process, for what only some trials do to it. */
    BrokerProcess broker() {
        return broker;
    }

    /** What Linux counts of the broker's process of now. */
    Proc proc() {
        return new Proc(broker.pid());
    }

    /** Whether the broker has run under load since it was started. */
    boolean warm() {
        return !warm.isEmpty() && broker.alive();
    }

    /** Whether it has under that one. */
    boolean warm(Trial load) {
        return warm.contains(load) && broker.alive();
    }

    /** Starts the broker with nothing in it, and says how long that took and what it takes. */
    Figures startEmpty() throws IOException {
        broker.kill();
        broker.wipe();
        suspect = false;
        warm.clear();
        Figures figures = start();
        quiesce();
        return figures.put("idle-resident", proc().residentMib()).put("idle-threads", proc().threads());
    }

    /** What the broker takes now. The threads that measuring itself has it make are left out. */
    Figures footprint() throws IOException {
        return new Figures().put("resident", proc().residentMib()).put("peak", proc().peakMib()).put("threads", proc().threads());
    }

    /** Runs a trial on the broker at rest; one that failed the trial before is started anew, so that each trial has its chance. */
    Figures run(Trial trial, int run, Options options) throws IOException, InterruptedException {
        if (suspect || !broker.alive()) {
            startEmpty();
        }
        quiesce();
        Figures figures = trial.run(this, run, options);
        if (!broker.alive()) {
            figures.fail("the broker died");
        }
        suspect = figures.failure().isPresent();
        return figures;
    }

    /** Loads the broker without measuring. */
    Figures warmUp(Trial row, int run, double seconds) throws IOException, InterruptedException {
        Figures figures = flow(row, run, 0, seconds, "");
        suspect |= figures.failure().isPresent();
        warm.add(row);
        return figures;
    }

    /** Measures a row's load, and what came of it on the device until the broker had come to rest. */
    Figures measure(Trial row, int run, Options options) throws IOException, InterruptedException {
        Optional<Device> device = Device.under(data());
        long before = device.isPresent() ? device.get().writtenBytes() : 0;
        Figures figures = load(row, run, options);
        if (device.isPresent() && figures.get("sent").orElse(0) > 0) {
            quiesce();
            figures.put("written", (device.get().writtenBytes() - before) / figures.get("sent").getAsDouble());
        }
        return figures;
    }

    /** Measures a row's load alone. */
    Figures load(Trial row, int run, Options options) throws IOException, InterruptedException {
        return profile.isPresent() ? profiled(row, run, options) : flow(row, run, options.warmUp(), options.seconds(), "");
    }

    private Figures profiled(Trial row, int run, Options options) throws IOException, InterruptedException {
        String event = profile.get();
        Path stacks = broker.instance().resolveSibling("profile-" + row.name() + "-" + event + ".stacks");
        Figures figures = flow(row, run, options.warmUp(), options.seconds(), " " + Profiler.library() + " " + event + " " + stacks);
        if (Files.exists(stacks) && figures.get("rate").isPresent()) {
            Profile seen = Profile.of(Files.readAllLines(stacks));
            double messages = figures.get("rate").getAsDouble() * options.seconds();
            boolean allocation = event.equals("alloc");
            Files.writeString(stacks.resolveSibling("profile-" + row.name() + "-" + event + ".md"), "## " + row.name() + ", " + event + "\n\n"
                    + seen.markdown(allocation ? seen.total() / messages : figures.get("cpu").orElse(0), allocation ? "bytes" : "µs"));
        }
        return figures;
    }

    private Figures flow(Trial row, int run, double warmUp, double seconds, String more) throws IOException, InterruptedException {
        return load().ask("row " + row.name() + " " + broker.pid() + " " + run + " " + warmUp + " " + seconds + more,
                Duration.ofSeconds(60 + (long) (warmUp + seconds)));
    }

    /** Fills a queue, restarts the broker, and drains it. */
    Figures backlog(Row row, int run, int count) throws IOException, InterruptedException {
        Duration patience = Duration.ofSeconds(120 + count / 1000);
        String arguments = " " + row.name() + " %d " + run + " " + count;
        Optional<Device> device = Device.under(data());
        long before = device.isPresent() ? device.get().writtenBytes() : 0;
        Figures figures = load().ask("fill" + arguments.formatted(broker.pid()), patience);
        if (figures.failure().isPresent()) {
            return figures;
        }
        if (device.isPresent()) {
            figures.put("fill-written", (device.get().writtenBytes() - before) / (double) count);
        }
        long start = System.nanoTime();
        broker.stop();
        figures.put("stop-ms", (System.nanoTime() - start) / 1e6).put("disk", dataBytes() / (double) count);
        warm.clear();
        broker.launch();
        CompletableFuture<Figures> drained = load().send("drain" + arguments.formatted(broker.pid()));
        figures.put("accept-ms", broker.awaitAccepting(START).toNanos() / 1e6)
                .put("active-ms", broker.awaitActive(START).toNanos() / 1e6);
        return figures.addAll(load().answer(drained, patience.plusSeconds(180)));
    }

    private Figures start() throws IOException {
        broker.launch();
        return new Figures().put("accept-ms", broker.awaitAccepting(START).toNanos() / 1e6)
                .put("active-ms", broker.awaitActive(START).toNanos() / 1e6);
    }

    /** Stops the broker in an orderly way. */
    Figures stop() throws IOException {
        if (broker.alive()) {
            broker.stop();
        }
        return new Figures();
    }

    /** Waits until the broker has nothing left to do from before: cleaning up, compacting, collecting garbage. At most ten seconds. */
    void quiesce() throws IOException {
        long end = System.nanoTime() + 10_000_000_000L;
        double before = proc().cpuMillis();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(300_000_000);
            double now = proc().cpuMillis();
            if (now - before <= 20) {
                return;
            }
            before = now;
        }
    }

    private LoadProcess load() throws IOException {
        if (load == null || !load.usable()) {
            load = new LoadProcess(broker.port(), name.equals(CLASSIC) ? broker.stompPort() : broker.port(), broker.instance().resolve("log").resolve("load.log"));
        }
        return load;
    }

    private Path data() {
        return broker.instance().resolve("data");
    }

    private long dataBytes() throws IOException {
        try (Stream<Path> files = Files.walk(data())) {
            return files.filter(Files::isRegularFile).mapToLong(each -> each.toFile().length()).sum();
        }
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        broker.close();
    }
}
