package io.delos.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The program of the process that writes a {@link ClassArchive}: a broker runs, a few messages pass through it, and the process ends with
 * the classes loaded that a broker needs until then.
 */
final class Rehearsal {

    private static final String USER = "rehearsal";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Rehearsal() {
    }

    /** Makes the instance to rehearse with. */
    static void create(Path home, Path instance, int port) throws CliException {
        int exit = Main.run(silence(), new Surroundings(home, Optional.empty(), Optional.empty()), "create", instance.toString(), "--silent",
                "--user", USER, "--password", USER, "--require-login", "--no-autotune", "--no-web", "--no-class-archive",
                "--host", "127.0.0.1", "--default-port", Integer.toString(port), "--home", home.toString(),
                "--no-amqp-acceptor", "--no-stomp-acceptor", "--no-mqtt-acceptor", "--no-hornetq-acceptor");
        if (exit != Action.DONE) {
            throw new CliException("the instance for it could not be made");
        }
    }

    /** @param args the port */
    public static void main(String[] args) throws IOException {
        Surroundings surroundings = Surroundings.ofProcess();
        Thread broker = new Thread(() -> Main.run(silence(), surroundings, "run"), "rehearsal");
        broker.setDaemon(true);
        broker.start();
        int port = Integer.parseInt(args[0]);
        awaitPort(port, broker);
        for (String command : List.of("producer", "consumer")) {
            Main.run(silence(), surroundings, command, "--url", "tcp://127.0.0.1:" + port, "--user", USER, "--password", USER,
                    "--message-count", "10", "--destination", "queue://rehearsal", "--silent");
        }
        System.exit(Action.DONE);
    }

    private static void awaitPort(int port, Thread broker) throws IOException {
        long began = System.nanoTime();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException notYet) {
                if (!broker.isAlive() || System.nanoTime() - began > PATIENCE_NANOS) {
                    throw notYet;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private static Terminal silence() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Terminal(nowhere, nowhere, new BufferedReader(Reader.nullReader()), false, false);
    }
}
