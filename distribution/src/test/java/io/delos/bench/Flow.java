package io.delos.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one row's load: producers and consumers at once, a warm-up, a measured interval, an orderly end and a count of what came.
 * Used by one thread; producers have one each.
 */
final class Flow {
    private static final int LATENCY_RATE = 2000;
    private static final long DRAIN_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Wire wire;
    private final Row row;
    private final Watched broker;
    private final int run;
    private final Optional<Profiler> profiler;
    private final List<Wire.Receiver> receivers = new ArrayList<>();
    private final List<Wire.Sender> senders = new ArrayList<>();
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Thread> producers = new ArrayList<>();
    private final long[] sent;
    private final AtomicReference<Throwable> trouble = new AtomicReference<>();
    private volatile boolean sending = true;

    /** @param run tells this run's messages from those of others that share its queues
     *  @param profiler looks at the broker while it is measured */
    Flow(Wire wire, Row row, Watched broker, int run, Optional<Profiler> profiler) {
        this.wire = wire;
        this.row = row;
        this.broker = broker;
        this.run = run;
        this.profiler = profiler;
        this.sent = new long[row.producers()];
    }

    Figures measure(double warmUpSeconds, double seconds) throws Exception {
        Figures figures = new Figures();
        try {
            open();
            startProducers();
            sleep(warmUpSeconds);
            tallies.forEach(Tally::measureLatency);
            if (profiler.isPresent()) {
                profiler.get().start();
            }
            Sample from = Sample.of(broker, received());
            sleep(seconds);
            Sample to = Sample.of(broker, received());
            if (profiler.isPresent()) {
                profiler.get().stop();
            }
            sending = false;
            for (Thread each : producers) {
                each.join();
            }
            drain();
            rates(figures, from, to);
        } finally {
            sending = false;
            close(figures);
        }
        counts(figures);
        if (trouble.get() != null) {
            figures.fail(trouble.get().toString());
        }
        return figures;
    }

    private void open() throws Exception {
        for (int i = 0; i < row.consumers(); i++) {
            Tally tally = new Tally(run, row.producers() == 1 ? 0 : i);
            tallies.add(tally);
            receivers.add(wire.receiver(row, destination(i), i, tally::accept));
        }
        for (int i = 0; i < row.producers(); i++) {
            senders.add(wire.sender(row, destination(i), i));
        }
    }

    private String destination(int index) {
        return "bench." + row.protocol().name().toLowerCase(Locale.ROOT)
                + (row.load() == Row.Load.FAN_OUT ? ".topic" : "." + index);
    }

    private void startProducers() {
        for (int i = 0; i < row.producers(); i++) {
            int producer = i;
            Thread thread = new Thread(() -> produce(producer), "producer " + i);
            thread.setDaemon(true);
            producers.add(thread);
            thread.start();
        }
    }

    private void produce(int producer) {
        List<Tally> listeners = row.producers() == 1 ? tallies : List.of(tallies.get(producer));
        boolean paced = row.load() == Row.Load.LATENCY;
        long start = System.nanoTime();
        try {
            Wire.Sender sender = senders.get(producer);
            for (long sequence = 0; sending; sequence++) {
                long due = paced ? start + sequence * (TimeUnit.SECONDS.toNanos(1) / LATENCY_RATE) : 0;
                if (paced) {
                    awaitDue(due);
                } else if (!awaitConsumers(listeners, sequence)) {
                    break;
                }
                sender.send(Stamp.body(row.size(), run, producer, sequence, due));
                sent[producer] = sequence + 1;
            }
            sender.flush();
        } catch (Exception e) {
            trouble.compareAndSet(null, e);
        }
    }

    private static void awaitDue(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Whether sending may go on: false if it is over before the consumers have come close enough. */
    private boolean awaitConsumers(List<Tally> listeners, long sequence) {
        for (Tally each : listeners) {
            while (sequence - each.received() > row.lead()) {
                if (!sending) {
                    return false;
                }
                LockSupport.parkNanos(200_000);
            }
        }
        return true;
    }

    private void sleep(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end && trouble.get() == null) {
            LockSupport.parkNanos(Math.min(50_000_000, Math.max(1, end - System.nanoTime())));
        }
    }

    private long received() {
        return tallies.stream().mapToLong(Tally::received).sum();
    }

    private long expected() {
        long all = 0;
        for (long each : sent) {
            all += each;
        }
        return all * (row.consumers() / row.producers());
    }

    /** Waits until everything sent has come, or nothing comes any more. */
    private void drain() {
        long last = received();
        long lastChange = System.nanoTime();
        while (last < expected() && System.nanoTime() - lastChange < DRAIN_PATIENCE_NANOS) {
            LockSupport.parkNanos(2_000_000);
            if (received() != last) {
                last = received();
                lastChange = System.nanoTime();
            }
        }
    }

    private void rates(Figures figures, Sample from, Sample to) {
        from.rates(to, figures);
        if (row.load() == Row.Load.LATENCY && figures.failure().isEmpty()) {
            Sample.latency(tallies.get(0).latency(), figures);
        }
    }

    private void counts(Figures figures) {
        figures.put("sent", expected());
        figures.put("lost", expected() - received());
        figures.put("duplicated", tallies.stream().mapToLong(Tally::duplicated).sum());
        figures.put("disordered", tallies.stream().mapToLong(Tally::outOfOrder).sum());
    }

    private void close(Figures figures) {
        List<AutoCloseable> all = new ArrayList<>(senders);
        all.addAll(receivers);
        all.add(wire);
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                figures.fail("closing: " + e);
            }
        }
    }
}
