package io.delos.proof;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real broker in a process of its own, made from an unpacked distribution by {@code artemis create} and run by {@code artemis run}.
 * Works with any distribution that has these two commands and says {@code AMQ221007} when it is active.
 *
 * <p>One thread steers an instance; {@link #logLines()} and {@link #alive()} may be asked from any. The broker binds to 127.0.0.1 only,
 * and every process still running when this virtual machine ends is killed.
 */
public final class BrokerProcess implements AutoCloseable {
    /** The user of every instance made here. */
    public static final String USER = "delos";
    /** That user's password. */
    public static final String PASSWORD = "delos-secret";

    private static final String ACTIVE = "AMQ221007";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(BrokerProcess::slay), "kill brokers"));
    }

    private final Path instance;
    private final int portOffset;
    private final List<String> command;
    private final String activeLine;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> wrapper = List.of();
    private volatile Run run;

    /** One life of the process; {@code active} completes with the nanoseconds it took until the broker said that it is active. */
    private record Run(Process process, long launchedAt, CompletableFuture<Long> active) { }

    private BrokerProcess(Path instance, int portOffset, List<String> command, String activeLine) {
        this.instance = instance;
        this.portOffset = portOffset;
        this.command = command;
        this.activeLine = activeLine;
    }

    /**
     * A broker of another kind, which the caller has configured, or will before it is launched, to listen on {@link #port()}.
     *
     * @param command    runs it in the foreground
     * @param activeLine part of the line that it prints when it is active
     */
    public static BrokerProcess of(Path instance, List<String> command, String activeLine) throws IOException {
        return new BrokerProcess(instance.toAbsolutePath(), Ports.freeOffset(), List.copyOf(command), activeLine);
    }

    /**
     * Makes an instance with free ports, login required, without a web console. Doesn't start it.
     *
     * @param home     the unpacked distribution
     * @param instance a directory that doesn't exist yet
     * @param options  more options for {@code create}
     * @throws IOException if {@code create} can't be run or fails; the message holds what it printed
     */
    public static BrokerProcess create(Path home, Path instance, String... options) throws IOException {
        int offset = Ports.freeOffset();
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/artemis").toAbsolutePath().toString(), "create",
                "--silent", "--user", USER, "--password", PASSWORD, "--require-login", "--no-web",
                "--host", "127.0.0.1", "--port-offset", Integer.toString(offset)));
        command.addAll(List.of(options));
        command.add(instance.toAbsolutePath().toString());
        Files.createDirectories(instance.toAbsolutePath().getParent());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        RUNNING.add(process);
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("'" + String.join(" ", command) + "' failed with " + process.exitValue() + ":\n" + said);
            }
        } catch (InterruptedException e) {
            slay(process);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while creating " + instance, e);
        } finally {
            RUNNING.remove(process);
        }
        Path made = instance.toAbsolutePath();
        return new BrokerProcess(made, offset, List.of(made.resolve("bin/artemis").toString(), "run"), ACTIVE);
    }

    /** The port that speaks all protocols. */
    public int port() {
        return Ports.ARTEMIS + portOffset;
    }

    /** The port of STOMP alone, for a broker that has one. */
    public int stompPort() {
        return Ports.STOMP + portOffset;
    }

    public Path instance() {
        return instance;
    }

    /** What the broker printed in all its lives. */
    public Path log() {
        return instance.resolve("log").resolve("console.log");
    }

    /** The lines of {@link #log()} so far. */
    public List<String> logLines() throws IOException {
        return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
    }

    public boolean alive() {
        Run current = run;
        return current != null && current.process().isAlive();
    }

    /** The process id of the broker's virtual machine, also when a script stands between it and us. */
    public long pid() {
        ProcessHandle handle = current().process().toHandle();
        return Stream.concat(Stream.of(handle), handle.descendants())
                .filter(each -> each.info().command().orElse("").endsWith("java"))
                .findFirst().orElse(handle).pid();
    }

    /** Adds a variable to the environment of the processes launched from now on. */
    public void environment(String name, String value) {
        environment.put(name, value);
    }

    /** Has the processes launched from now on run by another program, which takes their command as the end of its own. */
    public void under(List<String> program) {
        wrapper = List.copyOf(program);
    }

    /** Starts the process and returns at once. */
    public void launch() throws IOException {
        if (alive()) {
            throw new IllegalStateException("already running: " + instance);
        }
        Files.createDirectories(log().getParent());
        long now = System.nanoTime();
        List<String> whole = new ArrayList<>(wrapper);
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(instance.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        RUNNING.add(process);
        Run next = new Run(process, now, new CompletableFuture<>());
        run = next;
        Thread reader = new Thread(() -> copyLog(next), "log of " + instance.getFileName());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the process and waits until the broker is active; returns the time that took. */
    public Duration start() throws IOException {
        launch();
        return awaitActive(PATIENCE);
    }

    /**
     * Waits for the line that says that the broker is active.
     *
     * @return the time from launch to that line
     * @throws IOException if the process ends before, or the patience does; the message ends with the last lines of the log
     */
    public Duration awaitActive(Duration patience) throws IOException {
        try {
            return Duration.ofNanos(current().active().get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the broker did not become active:\n" + String.join("\n", lastLines(20)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Waits until the port accepts a connection; returns the time from launch to then. */
    public Duration awaitAccepting(Duration patience) throws IOException {
        long launched = current().launchedAt();
        while (alive() && System.nanoTime() - launched < patience.toNanos()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 1000);
                return Duration.ofNanos(System.nanoTime() - launched);
            } catch (IOException notYet) {
                LockSupport.parkNanos(5_000_000);
            }
        }
        throw new IOException("nobody accepts on port " + port() + ":\n" + String.join("\n", lastLines(20)));
    }

    /** SIGKILL: the process gets no chance to write anything more. Returns when it is gone; does nothing if it isn't running. */
    public void kill() {
        Run current = run;
        if (current != null) {
            slay(current.process());
            RUNNING.remove(current.process());
        }
    }

    /** SIGTERM, and waits for the process to end. If it doesn't within a minute it is killed and that is reported. */
    public void stop() throws IOException {
        Process process = current().process();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the broker did not stop:\n" + String.join("\n", lastLines(20)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            kill();
        }
    }

    /** Empties the data directory of a broker that isn't running. */
    public void wipe() throws IOException {
        if (alive()) {
            throw new IllegalStateException("still running: " + instance);
        }
        Path data = instance.resolve("data");
        if (Files.exists(data)) {
            deleteTree(data);
        }
        Files.createDirectories(data);
    }

    /** Kills the broker if it runs. */
    @Override
    public void close() {
        kill();
    }

    /** Deletes a directory and all that is in it. */
    public static void deleteTree(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }

    private Run current() {
        Run current = run;
        if (current == null) {
            throw new IllegalStateException("never launched: " + instance);
        }
        return current;
    }

    private List<String> lastLines(int count) throws IOException {
        List<String> lines = logLines();
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    private void copyLog(Run life) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(life.process().getInputStream(), StandardCharsets.UTF_8));
             BufferedWriter out = Files.newBufferedWriter(log(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                long now = System.nanoTime();
                out.write(line);
                out.newLine();
                out.flush();
                if (line.contains(activeLine)) {
                    life.active().complete(now - life.launchedAt());
                }
            }
        } catch (IOException e) {
            life.active().completeExceptionally(new UncheckedIOException(e));
        }
        life.active().completeExceptionally(new IOException("the process ended"));
    }

    private static void slay(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
