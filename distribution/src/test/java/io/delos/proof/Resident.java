package io.delos.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Watches how much memory a broker's process takes, ten times a second, in a thread of its own until it is closed. */
final class Resident implements AutoCloseable {

    private static final long KIB = 1024;

    private final Path status;
    private final AtomicLong most = new AtomicLong();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

    Resident(BrokerProcess broker) {
        status = Path.of("/proc/" + broker.pid() + "/status");
        watch.scheduleWithFixedDelay(this::look, 0, 100, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try (Stream<String> lines = Files.lines(status)) {
            lines.filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .forEach(now -> most.accumulateAndGet(now, Math::max));
        } catch (IOException gone) {
            watch.shutdown();
        }
    }

    /** The most there was so far, in bytes. */
    long most() {
        return most.get();
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
