package io.delos.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One load test: when it ends, who works in it, and the second that is being told. Any thread asks; one thread tells. */
final class PerfRun {

    private static final int JOIN_MILLIS = 10_000;

    private final PerfOptions options;
    private final PerfTally tally;
    private final CountDownLatch consumersReady;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();
    private final List<Thread> workers = new ArrayList<>();
    private final List<Exception> failures = new ArrayList<>();
    private volatile boolean ended;

    /** The work of one thread. */
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    PerfRun(PerfOptions options, PerfTally tally, int consumers) {
        this.options = options;
        this.tally = tally;
        this.consumersReady = new CountDownLatch(consumers);
    }

    PerfTally tally() {
        return tally;
    }

    boolean goesOn() {
        return !ended;
    }

    /** Whether one more message may be sent. */
    boolean mayBegin() {
        return !ended && (options.messageCount <= 0 || begun.incrementAndGet() <= options.messageCount);
    }

    /** A consumer can receive. */
    void ready() {
        consumersReady.countDown();
    }

    void received(long micros) {
        tally.count(PerfTally.Kind.RECEIVED);
        tally.measure(PerfTally.Time.TRANSFER, micros);
        arrived.incrementAndGet();
    }

    void start(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException | RuntimeException failure) {
                failed(failure);
            } finally {
                ready();
            }
        }, name);
        thread.setDaemon(true);
        workers.add(thread);
        thread.start();
    }

    private synchronized void failed(Exception failure) {
        if (!ended) {
            failures.add(failure);
            ended = true;
        }
    }

    synchronized Optional<Exception> failure() {
        return failures.stream().findFirst();
    }

    void awaitConsumers() throws InterruptedException {
        consumersReady.await();
    }

    /** Tells each second until the test ends. */
    void watch(Optional<PrintStream> out, boolean sends, boolean receives) throws InterruptedException {
        long start = System.nanoTime();
        while (!ended && !done(start, sends, receives)) {
            TimeUnit.SECONDS.sleep(1);
            tally.interval(seconds(start) <= options.warmup, out);
        }
        ended = true;
        for (Thread worker : workers) {
            worker.join(JOIN_MILLIS);
        }
        tally.interval(false, Optional.empty());
    }

    private static long seconds(long start) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    }

    private boolean done(long start, boolean sends, boolean receives) {
        boolean over = options.duration > 0 && seconds(start) >= options.warmup + options.duration;
        boolean enoughSent = !sends || begun.get() > options.messageCount;
        boolean enoughReceived = !receives || arrived.get() >= options.messageCount;
        return over || options.messageCount > 0 && enoughSent && enoughReceived;
    }
}
