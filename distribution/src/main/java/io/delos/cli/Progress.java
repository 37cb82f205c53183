package io.delos.cli;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Tells a waiting person every few seconds how far a long command has come; silent when nobody watches. Any thread may count. */
final class Progress implements AutoCloseable {

    private static final int EVERY_SECONDS = 5;

    private final LongAdder done = new LongAdder();
    private final ScheduledExecutorService clock;

    private Progress(ScheduledExecutorService clock) {
        this.clock = clock;
    }

    /**
     * Starts telling.
     *
     * @param what the past participle: "sent"
     * @param total how many there will be; 0 or less = unknown
     */
    static Progress watch(Terminal terminal, String what, long total) {
        if (!terminal.interactive()) {
            return new Progress(null);
        }
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        Progress progress = new Progress(clock);
        String of = total > 0 ? " of " + total : "";
        clock.scheduleAtFixedRate(() -> terminal.err().println("... " + progress.done.sum() + of + " " + what),
                EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return progress;
    }

    void count() {
        done.increment();
    }

    @Override
    public void close() {
        if (clock != null) {
            clock.shutdownNow();
        }
    }
}
