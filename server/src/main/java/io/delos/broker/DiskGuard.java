package io.delos.broker;

import io.delos.config.BrokerConfig;
import io.delos.loop.Loop;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Holds durable sends back while the disk is too full ({@code max-disk-usage}, {@code min-disk-free}, or no journal file can be made ahead),
 * so that the journal itself never meets a full disk. Any thread asks; one timer looks.
 */
final class DiskGuard {

    private static final Logger LOG = LogManager.getLogger(DiskGuard.class);

    private final Path directory;
    private final int maxUsage;
    private final long minFree;
    private final IntSupplier freeSegments;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean full;
    private volatile boolean trouble;

    /** {@code freeSegments}: how many files the journal has in reserve. */
    DiskGuard(Path directory, BrokerConfig config, IntSupplier freeSegments) {
        this.directory = directory;
        this.maxUsage = config.memory().maxDiskUsage();
        this.minFree = config.memory().minDiskFree();
        this.freeSegments = freeSegments;
    }

    /** Whether durable sends must wait. */
    boolean full() {
        return full;
    }

    /** The journal could not make a file ahead of need. */
    void trouble(IOException cause) {
        if (!trouble) {
            LOG.warn("AMQ222210: The journal in {} can't get more space ({}); durable sends wait until it can", directory, cause.getMessage());
        }
        trouble = true;
        full = true;
    }

    /** Runs {@code resume} on {@code loop} when there is room again. */
    void await(Loop loop, Runnable resume) {
        waiting.add(() -> loop.post(resume));
        if (!full) {
            wake();
        }
    }

    private void wake() {
        Runnable waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.run();
        }
    }

    /** Looks at the disk; a worker's task. */
    void look() {
        boolean now = crowded() || trouble && freeSegments.getAsInt() == 0;
        if (now && !full) {
            LOG.warn("AMQ222210: The disk under {} is beyond its limit (max-disk-usage {}, min-disk-free {}); durable sends wait", directory,
                    maxUsage, minFree);
        } else if (!now && full) {
            LOG.warn("AMQ222211: The disk under {} has room again; sends go on", directory);
            trouble = false;
        }
        full = now;
        if (!now) {
            wake();
        }
    }

    private boolean crowded() {
        try {
            FileStore store = Files.getFileStore(directory);
            if (minFree >= 0) {
                return store.getUsableSpace() < minFree;
            }
            return maxUsage >= 0 && 100 - 100.0 * store.getUsableSpace() / Math.max(1, store.getTotalSpace()) > maxUsage;
        } catch (IOException unknown) {
            return false;
        }
    }
}
