package io.delos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks twice a second whether {@code artemis stop} or {@code artemis kill} left its file; on the thread "delos-signals". */
final class SignalWatch implements AutoCloseable {

    private static final long PERIOD_MILLIS = 500;

    private final ScheduledExecutorService clock;

    private SignalWatch(ScheduledExecutorService clock) {
        this.clock = clock;
    }

    /**
     * Starts looking; files left from before count for nothing.
     *
     * @param onStop called once, on the watch's thread
     * @param onKill called once, on the watch's thread; only with {@code killAllowed}
     */
    static SignalWatch start(Path etc, boolean killAllowed, Runnable onStop, Runnable onKill) throws CliException {
        Path stop = etc.resolve(SignalCommands.STOP_FILE);
        Path kill = etc.resolve(SignalCommands.KILL_FILE);
        try {
            Files.deleteIfExists(stop);
            Files.deleteIfExists(kill);
        } catch (IOException e) {
            throw new CliException("Cannot remove " + e.getMessage() + ": the broker would stop at once", e);
        }
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "delos-signals");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleWithFixedDelay(() -> {
            if (killAllowed && taken(kill)) {
                onKill.run();
            } else if (taken(stop)) {
                clock.shutdown();
                onStop.run();
            }
        }, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return new SignalWatch(clock);
    }

    private static boolean taken(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            return Files.exists(file);
        }
    }

    @Override
    public void close() {
        clock.shutdown();
    }
}
