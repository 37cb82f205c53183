package io.delos.queue;

import io.delos.journal.DamagedException;
import io.delos.journal.Disk;
import io.delos.journal.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The run of one priority of one queue. Any thread, blocking: one call at a time. Two checkpoints are kept, so what the last two need is
 * not given back.
 */
final class BacklogFile {

    /** What a checkpoint needs of a run of which it names no entry. */
    static final long NOTHING = Long.MAX_VALUE;
    private static final Logger LOG = LogManager.getLogger(BacklogFile.class);

    private final Disk disk;
    private final Path directory;
    private final String name;
    private final Consumer<BacklogFile> onDeleted;
    private Run run;
    /** What the newest checkpoint needs. */
    private long needed;
    private boolean deleted;

    BacklogFile(Disk disk, Path directory, String name, Consumer<BacklogFile> onDeleted) {
        this.disk = disk;
        this.directory = directory;
        this.name = name;
        this.onDeleted = onDeleted;
    }

    private Run run() throws IOException {
        if (deleted) {
            throw new IOException("the run " + name + " was deleted with its queue");
        }
        if (run == null) {
            run = Run.open(disk, directory, name, BacklogFiles.ENTRY_BYTES);
        }
        return run;
    }

    /** Adds references, which must not change meanwhile; returns the number of the first. Nothing is durable yet. */
    synchronized long append(Refs refs) throws IOException {
        long first = run().size();
        run().append(entries(refs));
        return first;
    }

    private static ByteBuffer entries(Refs refs) {
        ByteBuffer entries = ByteBuffer.allocate(refs.count() * Refs.BYTES);
        for (int i = 0; i < refs.count(); i++) {
            refs.write(i, entries);
        }
        return entries.flip();
    }

    /** Reads references. */
    synchronized Refs read(long first, int count) throws IOException {
        ByteBuffer entries = ByteBuffer.allocate(count * Refs.BYTES);
        int got = run().read(first, count, entries);
        if (got < count) {
            throw new DamagedException(name, (first + got) * BacklogFiles.ENTRY_BYTES, "the run ends before entry " + (first + count));
        }
        entries.flip();
        Refs refs = new Refs(count);
        for (int i = 0; i < count; i++) {
            refs.readOne(entries);
        }
        return refs;
    }

    /** Writes references once more, durably, where they were: those that could not be read. */
    synchronized void rewrite(long first, Refs refs) throws IOException {
        run().rewrite(first, entries(refs));
    }

    /**
     * At start: a checkpoint of {@code queue} names the entries from {@code first} to before {@code end}; what lies behind was never
     * confirmed. What is not there is found in the journal when it is wanted.
     */
    synchronized void expect(long first, long end, String queue) throws IOException {
        long there = run().size();
        run().truncate(end);
        run().assume(end);
        needed = first;
        if (there < end) {
            LOG.warn("The references {} to {} of queue {} should be in {} in {}, which ends at {}; they will be found in the journal", first, end,
                    queue, name, directory, there);
        }
    }

    /** Whether its queue is gone. */
    synchronized boolean deleted() {
        return deleted;
    }

    /** Makes all that was added durable. */
    synchronized void sync() throws IOException {
        if (run != null && !deleted) {
            run.sync();
        }
    }

    /** At start: the newest checkpoint names no entry; returns how many there have been. */
    synchronized long inherit() throws IOException {
        needed = NOTHING;
        return run().size();
    }

    /**
     * A checkpoint has been written that needs the entries from {@code first} on, of which there were {@code end} when it was taken. What
     * neither it nor the one before needs is given back.
     */
    synchronized void checkpointed(long first, long end) throws IOException {
        long unneeded = Math.min(needed, first);
        needed = first;
        if (deleted) {
            return;
        }
        if (unneeded == NOTHING && run().size() == end) {
            // numbers are never used again: what is appended from now on must not look like what a checkpoint under way means
            if (run().hasFiles()) {
                run().restart(end);
            }
        } else {
            run().dropBefore(Math.min(unneeded, end));
        }
    }

    /** No entry before this one is needed, and no checkpoint speaks of this run. */
    synchronized void drop(long first) throws IOException {
        if (!deleted) {
            run().dropBefore(Math.min(first, run().size()));
        }
    }

    /** Removes it; it can't be used again. */
    synchronized void delete() throws IOException {
        if (!deleted) {
            run().delete();
            deleted = true;
            onDeleted.accept(this);
        }
    }

    /** Syncs, and gives the descriptors back; they are opened again if needed. */
    synchronized void close() throws IOException {
        if (run != null && !deleted) {
            run.close();
        }
    }
}
