package io.delos.broker;

import io.delos.config.BrokerSettings;
import io.delos.journal.Disk;
import io.delos.journal.Journal;
import io.delos.loop.Loop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Says when the disk is too full for producers ({@code max-disk-usage}, {@code min-disk-free}, or no journal file can be made ahead), so
 * that the journal itself never meets a full disk, and who waits until it is not. Any thread asks; one timer looks.
 */
final class DiskGuard {

    private static final Logger LOG = LogManager.getLogger(DiskGuard.class);

    private final Path directory;
    private final Disk disk;
    private final BrokerSettings.Memory limits;
    private final IntSupplier freeSegments;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean full;
    private boolean trouble;

    /** {@code freeSegments}: how many files the journal has in reserve. */
    DiskGuard(Path directory, Disk disk, BrokerSettings.Memory limits, IntSupplier freeSegments) {
        this.directory = directory;
        this.disk = disk;
        this.limits = limits;
        this.freeSegments = freeSegments;
    }

    /** Whether producers must wait. */
    boolean full() {
        return full;
    }

    /** The journal could not make a file ahead of need. It tries again by itself; {@link #look} sees when it has succeeded. */
    synchronized void trouble(IOException cause) {
        trouble = true;
        begin("has no space left for another journal file (" + cause.getMessage() + ")");
    }

    /** Runs {@code resume} on {@code loop} when there is room again, which may be at once; in the order of these calls. */
    void await(Loop loop, Runnable resume) {
        waiting.add(() -> loop.post(resume));
        if (!full) {
            wake();
        }
    }

    private synchronized void wake() {
        Runnable waiter;
        while (!full && (waiter = waiting.poll()) != null) {
            waiter.run();
        }
    }

    /** Looks at the disk; a worker's task, or the starting thread's. */
    void look() {
        String beyond = limits.diskScanPeriod() > 0 ? beyondLimit() : "";
        synchronized (this) {
            trouble &= freeSegments.getAsInt() < Journal.SEGMENTS_AHEAD;
            if (!beyond.isEmpty()) {
                begin(beyond);
            } else if (full && !trouble) {
                full = false;
                LOG.warn("AMQ222211: The disk under {} has room again; producers go on", directory);
            }
        }
        wake();
    }

    private void begin(String what) {
        if (!full) {
            full = true;
            LOG.warn("AMQ222210: The disk under {} {}; producers are blocked, or refused where disk-full-policy says so, until there is room;"
                    + " consumers go on", directory, what);
        }
    }

    /** What is wrong with the disk; empty if nothing is. */
    private String beyondLimit() {
        try {
            Disk.Space space = disk.space(directory);
            if (limits.minDiskFree() >= 0) {
                return space.usable() >= limits.minDiskFree() ? ""
                        : "has " + space.usable() + " bytes free, less than min-disk-free " + limits.minDiskFree();
            }
            double percent = space.usage() * 100;
            return limits.maxDiskUsage() < 0 || percent <= limits.maxDiskUsage() ? ""
                    : String.format(Locale.ROOT, "is %.1f %% full, more than max-disk-usage %d", percent, limits.maxDiskUsage());
        } catch (IOException unknown) {
            LOG.debug("How full the disk under {} is can't be told", directory, unknown);
            return "";
        }
    }
}
