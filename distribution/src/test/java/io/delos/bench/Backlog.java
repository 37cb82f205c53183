package io.delos.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** The two halves of the backlog's row, with a broker's restart between them. Used by one thread. */
final class Backlog {
    private static final String QUEUE = "bench.backlog";
    private static final long CONNECT_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(180);
    private static final long DRAIN_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Backlog() { }

    /** Writes {@code count} messages, pipelined and confirmed, with nobody consuming. */
    static Figures fill(Wire wire, Row row, Proc broker, int run, int count) throws Exception {
        double cpu = broker.cpuMillis();
        long[] tenths = new long[11];
        long start = System.nanoTime();
        try (Wire.Sender sender = wire.sender(row, QUEUE, 0)) {
            for (int i = 0; i < count; i++) {
                if (i % Math.max(1, count / 10) == 0) {
                    tenths[Math.min(9, i / Math.max(1, count / 10))] = System.nanoTime();
                }
                sender.send(Stamp.body(row.size(), run, 0, i, 0));
            }
            sender.flush();
            tenths[10] = System.nanoTime();
        }
        double first = count / 10.0 / ((tenths[1] - tenths[0]) / 1e9);
        double last = count / 10.0 / ((tenths[10] - tenths[9]) / 1e9);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Figures()
                .put("fill-rate", count / seconds)
                .put("fill-cpu", (broker.cpuMillis() - cpu) * 1000 / count)
                .put("fill-first", first)
                .put("fill-last", last)
                .put("fill-last-to-first", last / first)
                .put("fill-peak", broker.peakMib())
                .put("fill-resident", broker.residentMib());
    }

    /** Connects to a broker that is just being started, as soon as that lets it, and takes all there is. */
    static Figures drain(Wire wire, Row row, Proc broker, int run, int count) throws Exception {
        long called = System.nanoTime();
        Tally tally = new Tally(run, 0);
        long[] first = new long[1];
        try (Wire.Receiver receiver = connect(wire, row, called, body -> {
            if (first[0] == 0) {
                first[0] = System.nanoTime();
            }
            tally.accept(body);
        })) {
            awaitAll(tally, 1);
            double cpu = broker.cpuMillis();
            awaitAll(tally, count);
            double seconds = (System.nanoTime() - first[0]) / 1e9;
            Figures figures = new Figures()
                    .put("first-ms", (first[0] - called) / 1e6)
                    .put("drain-rate", tally.received() / seconds)
                    .put("drain-cpu", (broker.cpuMillis() - cpu) / tally.received() * 1000)
                    .put("drain-peak", broker.peakMib())
                    .put("sent", count)
                    .put("lost", count - tally.received())
                    .put("duplicated", tally.duplicated())
                    .put("disordered", tally.outOfOrder());
            if (tally.received() == 0) {
                figures.fail("nothing received");
            }
            return figures;
        }
    }

    private static Wire.Receiver connect(Wire wire, Row row, long called, java.util.function.Consumer<java.nio.ByteBuffer> onMessage)
            throws Exception {
        while (true) {
            try {
                return wire.receiver(row, QUEUE, 0, onMessage);
            } catch (Exception e) {
                if (System.nanoTime() - called > CONNECT_PATIENCE_NANOS) {
                    throw new TimeoutException("no connection: " + e);
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private static void awaitAll(Tally tally, int count) {
        long last = -1;
        long lastChange = System.nanoTime();
        long patience = CONNECT_PATIENCE_NANOS;
        while (tally.received() < count && System.nanoTime() - lastChange < patience) {
            LockSupport.parkNanos(1_000_000);
            if (tally.received() != last) {
                last = tally.received();
                lastChange = System.nanoTime();
                patience = last > 0 ? DRAIN_PATIENCE_NANOS : CONNECT_PATIENCE_NANOS;
            }
        }
    }
}
