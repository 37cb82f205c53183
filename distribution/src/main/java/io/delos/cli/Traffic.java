package io.delos.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs the same work on several threads and adds up what they did. */
final class Traffic {

    /** The work of one thread; returns how many messages it handled. */
    interface Work {
        long run(int thread) throws IOException, CliException, InterruptedException;
    }

    private Traffic() {
    }

    static long run(int threads, Work work) throws CliException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads));
        try {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < Math.max(1, threads); i++) {
                int thread = i;
                results.add(pool.submit(() -> work.run(thread)));
            }
            long total = 0;
            for (Future<Long> result : results) {
                total += result.get();
            }
            return total;
        } catch (ExecutionException e) {
            throw new CliException(e.getCause().getMessage(), e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** Rests, when a pace was asked for. */
    static void pace(int millis) throws InterruptedException {
        if (millis > 0) {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    }

    /** The two lines about how long something took. */
    static void tellElapsed(Terminal terminal, String who, long startNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        terminal.out().println(who + " Elapsed time in second : " + millis / 1000 + " s");
        terminal.out().println(who + " Elapsed time in milli second : " + millis + " milli seconds");
    }
}
