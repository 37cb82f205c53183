package io.delos.queue;

import io.delos.store.ReadTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Where chunks of a lane lie on the disk: workers write them, one at a time, and read them. Owned by the queue's loop. */
final class LaneRun {

    private static final Logger LOG = LogManager.getLogger(LaneRun.class);

    private final Queue queue;
    private final int level;
    private final BacklogFiles files;
    private BacklogFile file;
    private long end;
    private boolean writing;

    LaneRun(Queue queue, int level, BacklogFiles files) {
        this.queue = queue;
        this.level = level;
        this.files = files;
    }

    int level() {
        return level;
    }

    /** Whether there is, or may be, a file. */
    boolean begun() {
        return file != null;
    }

    /** Whether a chunk is being written, so that no other may be. */
    boolean writing() {
        return writing;
    }

    /** Writes these to the end; {@code then} is told the first one's number there. If it fails they stay in memory, and that is said. */
    void write(Refs refs, LongConsumer then) {
        BacklogFile target = file();
        writing = true;
        files.execute(() -> {
            try {
                long entry = target.append(refs);
                queue.loop().post(() -> {
                    writing = false;
                    end = entry + refs.count();
                    then.accept(entry);
                });
            } catch (IOException | RuntimeException failure) {
                queue.loop().post(() -> unwritten(failure));
            }
        });
    }

    private void unwritten(Exception failure) {
        writing = false;
        if (!queue.closed()) {
            LOG.warn("References of queue {} could not be written and stay in memory; the next ones are tried again", queue.name(), failure);
        }
    }

    /** Reads the references of a chunk; null, after that was reported, if it can't be done. While the disk itself fails it is tried again. */
    void read(Chunk chunk, Consumer<Refs> then) {
        read(chunk, false, then);
    }

    private void read(Chunk chunk, boolean waited, Consumer<Refs> then) {
        ChunkOnDisk onDisk = place(chunk);
        files.execute(() -> {
            try {
                Refs refs = onDisk.read();
                queue.loop().post(() -> {
                    ended(waited);
                    then.accept(refs);
                });
            } catch (IOException | RuntimeException failure) {
                if (!files.closed()) {
                    queue.loop().post(() -> failed(chunk, waited, failure, then));
                }
            }
        });
    }

    private void failed(Chunk chunk, boolean waited, Exception failure, Consumer<Refs> then) {
        if (!queue.closed() && ReadTrouble.mayPass(failure)) {
            if (!waited) {
                files.unreadable().begun(failure);
            }
            queue.loop().schedule(() -> read(chunk, true, then), ReadTrouble.RETRY_MILLIS);
            return;
        }
        ended(waited);
        if (!queue.closed()) {
            LOG.error("References of queue {} can't be read: {}", queue.name(), failure.getMessage(), failure);
        }
        then.accept(null);
    }

    private void ended(boolean waited) {
        if (waited) {
            files.unreadable().over();
        }
    }

    /** The same at once, blocking: before the queue runs. */
    Refs readNow(Chunk chunk) {
        try {
            return place(chunk).read();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    /** Where a chunk that was written is to be found. */
    ChunkOnDisk place(Chunk chunk) {
        return chunk.onDisk(home());
    }

    ChunkOnDisk.Home home() {
        return new ChunkOnDisk.Home(queue.id(), queue.name(), level, file(), queue.cold());
    }

    /** How much of it a checkpoint needs that is taken now, the first of which is {@code first}. */
    QueueSnapshot.Need need(long first) {
        return new QueueSnapshot.Need(file, first, end);
    }

    /** Nothing before {@code needed} is needed any more. */
    void drop(long needed) {
        files.tidy(() -> file.drop(needed));
    }

    /** Takes over what an earlier process left, perhaps with nothing in it that is needed. */
    void inherit() {
        try {
            end = file().inherit();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    /** This chunk, behind all others, lies in it. */
    void has(Chunk chunk) {
        end = chunk.entry() + chunk.slots();
    }

    /** Removes it; nothing may be asked of it any more. */
    void delete() {
        if (file != null) {
            files.tidy(file::delete);
        }
    }

    private BacklogFile file() {
        if (file == null) {
            file = files.open(queue.id(), level);
        }
        return file;
    }
}
