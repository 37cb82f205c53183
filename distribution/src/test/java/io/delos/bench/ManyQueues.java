package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A great many durable queues with a message each, made by sending to them, and a start with all of them in place. Only Delos is asked. */
record ManyQueues(int count) implements Trial {

    static final ManyQueues HUNDRED_THOUSAND = new ManyQueues(100_000);
    private static final int CONNECTIONS = 64;
    private static final int PATIENCE_MILLIS = 300_000;

    @Override
    public String name() {
        return "queues-" + count;
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public boolean suits(String side) {
        return side.equals(Side.DELOS);
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        side.startEmpty();
        double before = side.proc().residentMib();
        long start = System.nanoTime();
        send(side.broker().port());
        Figures figures = new Figures().put("made-rate", count / ((System.nanoTime() - start) / 1e9));
        side.quiesce();
        figures.put("queue-kib", (side.proc().residentMib() - before) * 1024 / count);
        side.stop();
        side.broker().launch();
        return figures.put("queues-active-ms", side.broker().awaitActive(Duration.ofMinutes(5)).toNanos() / 1e6)
                .put("queues-cpu-ms", side.proc().cpuMillis()).put("queues-resident", side.proc().residentMib());
    }

    /** One message to each, over many connections at a time, as each waits for its queue to be durable. */
    private void send(int port) throws IOException, InterruptedException {
        AtomicReference<IOException> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int first = i + 1;
            Thread thread = new Thread(() -> {
                try {
                    send(port, first);
                } catch (IOException e) {
                    failure.set(e);
                }
            }, "queues-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** Over STOMP, whose frames need no client; the last asks for a receipt. */
    private void send(int port, int first) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            write(out, "CONNECT\naccept-version:1.2\nhost:bench\nheart-beat:0,0\nlogin:" + BrokerProcess.USER + "\npasscode:"
                    + BrokerProcess.PASSWORD + "\n\n\0");
            out.flush();
            await(socket.getInputStream(), "CONNECTED");
            for (int i = first; i <= count; i += CONNECTIONS) {
                write(out, "SEND\ndestination:tiny." + i + "\ndestination-type:ANYCAST\npersistent:true\n"
                        + (i + CONNECTIONS > count ? "receipt:last\n" : "") + "\nthe message of queue " + i + "\0");
            }
            out.flush();
            await(socket.getInputStream(), "RECEIPT");
        }
    }

    private static void write(OutputStream out, String frame) throws IOException {
        out.write(frame.getBytes(StandardCharsets.UTF_8));
    }

    private static void await(InputStream in, String command) throws IOException {
        StringBuilder frame = new StringBuilder();
        for (int next = in.read(); next > 0; next = in.read()) {
            frame.append((char) next);
        }
        if (!frame.toString().strip().startsWith(command)) {
            throw new IOException("expected " + command + ", got " + frame);
        }
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.QUEUES);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(new Target.Limit("queues-active-ms", "", false, 5000)), Optional.empty()));
    }
}
