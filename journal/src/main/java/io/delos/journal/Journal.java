package io.delos.journal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Any thread. The front door of the journal: append units and hear when they are durable, read them back by position, say what still lives,
 * take checkpoints. What was durable before is told to a {@link Recovery} while opening.
 */
public final class Journal implements AutoCloseable {
    /** How many segments are made before they are needed, so long as the disk has room. */
    public static final int SEGMENTS_AHEAD = Preparer.AHEAD;

    private static final Logger LOG = LogManager.getLogger(Journal.class);

    private final JournalConfig config;
    private final Disk disk;
    private final UUID store;
    private final Segments segments;
    private final Appender appender;
    private final Preparer preparer;
    private final Checkpoints checkpoints;
    private boolean closed;

    Journal(JournalConfig config, Disk disk, UUID store, Segments segments, Appender appender, Preparer preparer, Checkpoints checkpoints) {
        this.config = config;
        this.disk = disk;
        this.store = store;
        this.segments = segments;
        this.appender = appender;
        this.preparer = preparer;
        this.checkpoints = checkpoints;
    }

    /** What lives in one segment. {@code end} is {@link Long#MAX_VALUE} while it is being written. */
    public record SegmentState(long base, int capacity, long end, long living) {
    }

    /**
     * Opens or creates the journal in a directory, which the caller has locked: validates it, ignores a torn end, replays everything from the
     * newest checkpoint's replay position on, and starts the thread "delos-journal".
     *
     * @throws DamagedException if what was durable is not there, unless the configuration says to salvage
     * @throws FormatException if a file is another journal's or a newer release's
     */
    public static Journal open(JournalConfig config, Disk disk, Recovery recovery) throws IOException {
        return new Opening(config, disk, recovery).open();
    }

    /** Hands a unit over; wait-free. It will be told {@link Append#durable} or {@link Append#failed}. */
    public void append(Append unit) {
        appender.append(unit);
    }

    /** Everything before this position is durable. */
    public long durablePosition() {
        return appender.durable();
    }

    /** Payload bytes handed over and not yet durable. */
    public long pendingBytes() {
        return appender.pending();
    }

    /** The failure after which nothing more is accepted. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(appender.failure());
    }

    /**
     * How many segments can be begun without asking the disk for space, {@link #SEGMENTS_AHEAD} or more when all is well. At 0 on a full
     * disk, filling the current one is the end.
     */
    public int freeSegments() {
        return preparer.free();
    }

    /** The journal's identity, made when it was created. */
    public UUID storeId() {
        return store;
    }

    /** Whether a segment with this position exists. */
    public boolean holds(long position) {
        return segments.find(position) != Segment.NONE;
    }

    /**
     * Counts living records in a position's segment; a segment is kept as long as its count is not zero. Counts are not stored: whoever
     * restores the state counts again. To move a life from one owner to another, add before taking away.
     *
     * @throws IllegalArgumentException if no segment has the position; when salvaging, nothing happens instead
     */
    public void retain(long position, int delta) {
        Segment segment = segments.find(position);
        if (segment != Segment.NONE) {
            segment.retain(delta);
        } else if (!config.salvage()) {
            throw new IllegalArgumentException("no segment holds position " + position);
        }
    }

    /** The segments there are, oldest first. */
    public List<SegmentState> segments() {
        return segments.all().stream()
                .map(segment -> new SegmentState(segment.base(), segment.capacity(), segment.end(), segment.living())).toList();
    }

    /** Reads one record into memory of its own; see {@link RecordReader#read(long, int)}, which saves a little when there are many. */
    public StoredRecord read(long position, int expectedBytes) throws IOException {
        return reader().read(position, expectedBytes);
    }

    /** A reader for one thread to keep. */
    public RecordReader reader() {
        return new RecordReader(segments, disk);
    }

    /** How far the journal has moved on since the newest checkpoint. */
    public long bytesSinceCheckpoint() {
        return appender.durable() - appender.checkpointed();
    }

    /**
     * Takes a checkpoint on the calling thread, which may be any but the journal's; one at a time. Then gives dead segments back: those in
     * which nothing lives, which end before {@code replayFrom}, and which no kept checkpoint lists (so two checkpoints later).
     *
     * @param replayFrom every unit that ends at or before this position must be in the saved state; at most {@link #durablePosition},
     *        and never less than the time before
     * @throws IOException if it could not be written: the checkpoint before is still there and the journal goes on
     */
    public void checkpoint(long replayFrom, CheckpointContents contents) throws IOException {
        checkpoints.take(replayFrom, contents);
    }

    /** Writes and syncs what was appended, then stops. Units appended later fail. Any thread but the journal's; again is allowed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        appender.close();
        try {
            preparer.close();
            segments.close();
        } catch (IOException e) {
            LOG.warn("While closing the journal in {}: everything confirmed is safe", config.directory(), e);
        }
    }
}
