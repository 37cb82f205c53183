package io.delos.queue;

import io.delos.journal.Disk;
import io.delos.store.ReadTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Where the runs of deep queues lie, and from which depth on there is one. Any thread. */
public final class BacklogFiles implements AutoCloseable {

    /** An entry of a run: a reference and the checksum. */
    public static final int ENTRY_BYTES = Refs.BYTES + 4;

    private static final Logger LOG = LogManager.getLogger(BacklogFiles.class);

    private final Disk disk;
    private final Path directory;
    private final Executor workers;
    private final Depth depth;
    private final boolean salvage;
    private final Set<String> leftovers = new HashSet<>();
    private final Set<BacklogFile> open = ConcurrentHashMap.newKeySet();
    private final ReadTrouble unreadable = new ReadTrouble("References to messages");
    private volatile boolean closed;

    /**
     * How much of a backlog is in memory.
     *
     * @param chunk    references written and read together
     * @param inMemory so many full chunks of one priority wait in memory; what is more goes to a file, the oldest first
     */
    public record Depth(int chunk, int inMemory) {

        /** About 65,000 references, or one MiB, for each priority of a queue. */
        public static final Depth USUAL = new Depth(4096, 16);
    }

    /** A disk operation. */
    interface Work {
        void run() throws IOException;
    }

    /** {@code salvage}: whether references that are missing at start are given up, not a reason to refuse. */
    public BacklogFiles(Disk disk, Path directory, Executor workers, Depth depth, boolean salvage) {
        this.disk = disk;
        this.directory = directory;
        this.workers = workers;
        this.depth = depth;
        this.salvage = salvage;
    }

    Depth depth() {
        return depth;
    }

    /** At start, one thread: finds what earlier processes left; {@link #deleteLeftovers} deletes what no queue has opened by then. */
    public void find() throws IOException {
        for (String file : disk.list(directory)) {
            if (file.lastIndexOf('.') > 0) {
                leftovers.add(file.substring(0, file.lastIndexOf('.')));
            }
        }
    }

    /** At start, one thread: whether an earlier process left a run. */
    boolean left(long queue, int level) {
        return !leftovers.isEmpty() && leftovers.contains(name(queue, level));
    }

    /** The same of all its priorities. */
    boolean left(long queue) {
        for (int level = 0; !leftovers.isEmpty() && level < Window.LEVELS; level++) {
            if (left(queue, level)) {
                return true;
            }
        }
        return false;
    }

    BacklogFile open(long queue, int level) {
        synchronized (leftovers) {
            leftovers.remove(name(queue, level));
        }
        BacklogFile file = new BacklogFile(disk, directory, name(queue, level), open::remove);
        open.add(file);
        return file;
    }

    private static String name(long queue, int level) {
        return "q" + Long.toHexString(queue) + "-" + level;
    }

    /** At start, one thread, when all queues are there. */
    public void deleteLeftovers() throws IOException {
        for (String name : leftovers) {
            new BacklogFile(disk, directory, name, gone -> { }).delete();
        }
        leftovers.clear();
    }

    /** At start: the run of a queue is not what the checkpoint says. */
    void missing(String queue, SavedLane lane, IOException failure) {
        if (!salvage || ReadTrouble.mayPass(failure)) {
            throw new UncheckedIOException("the backlog of queue " + queue + " can't be read: " + failure.getMessage(), failure);
        }
        LOG.error("Salvaging: {} messages of queue {} are lost, because the references to them are: {}", lane.count(), queue,
                failure.getMessage());
        lane.chunks().clear();
    }

    /** At start: references are damaged, and the journal does not have all they led to. */
    void lost(String queue, long count) {
        if (!salvage) {
            throw new IllegalStateException("the backlog of queue " + queue + " is damaged: " + count
                    + " messages are neither there nor in the journal");
        }
        LOG.error("Salvaging: {} messages of queue {} are lost, because the references to them are", count, queue);
    }

    /** Tells operators of files that can't be read for a while. */
    ReadTrouble unreadable() {
        return unreadable;
    }

    /** Whether the broker is stopping: what can't be read any more is not lost. */
    boolean closed() {
        return closed;
    }

    /** Runs a task on a worker; not at all when the broker is stopping. */
    void execute(Runnable task) {
        if (!closed) {
            workers.execute(task);
        }
    }

    /** Starts nothing more and gives all descriptors back; after the last checkpoint. */
    @Override
    public void close() {
        closed = true;
        for (BacklogFile file : open) {
            try {
                file.close();
            } catch (IOException failure) {
                LOG.warn("While closing a file of references in {}: all a checkpoint needs is safe", directory, failure);
            }
        }
    }

    /** Does something on a worker that may fail without harm. */
    void tidy(Work work) {
        execute(() -> {
            try {
                work.run();
            } catch (IOException failure) {
                LOG.warn("A file of references in {} could not be removed; it takes space until the next start", directory, failure);
            }
        });
    }
}
