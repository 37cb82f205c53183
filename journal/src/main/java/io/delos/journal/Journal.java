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
    private final Compactor compactor;
    private boolean closed;

    /** What an opened journal is made of. */
    record Parts(Segments segments, Appender appender, Preparer preparer, Checkpoints checkpoints, Compactor compactor) {
    }

    Journal(JournalConfig config, Disk disk, UUID store, Parts parts) {
        this.config = config;
        this.disk = disk;
        this.store = store;
        this.segments = parts.segments();
        this.appender = parts.appender();
        this.preparer = parts.preparer();
        this.checkpoints = parts.checkpoints();
        this.compactor = parts.compactor();
    }

    /**
     * What lives in one segment.
     *
     * @param capacity how many positions it stands for
     * @param bytes its file's length, which is less if it is sparse
     * @param end where it was sealed; {@link Long#MAX_VALUE} while it is being written
     */
    public record SegmentState(long base, long capacity, long bytes, long end, long living) {
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

    /** The base position of the segment that holds a position; -1 if there is none. It may be given to {@link #retain} for any position there. */
    public long segment(long position) {
        return segments.find(position).base();
    }

    /**
     * Counts living records in a position's segment; a segment is kept as long as its count is not zero. Counts are not stored: whoever
     * restores the state counts again. To move a life from one owner to another, add before taking away.
     *
     * @throws IllegalArgumentException if no segment has the position; when salvaging, nothing happens instead
     */
    public void retain(long position, int delta) {
        if (!segments.retain(position, delta) && !config.salvage()) {
            throw new IllegalArgumentException("no segment holds position " + position);
        }
    }

    /** The segments there are, oldest first. */
    public List<SegmentState> segments() {
        return segments.all().stream().map(segment -> new SegmentState(segment.base(), segment.limit() - segment.base(), segment.bytes(),
                segment.end(), segment.living())).toList();
    }

    /** Reads one record into memory of its own; see {@link RecordReader#read(long, int)}, which saves a little when there are many. */
    public StoredRecord read(long position, int expectedBytes) throws IOException {
        return reader().read(position, expectedBytes);
    }

    /** A reader for one thread to keep. */
    public RecordReader reader() {
        return new RecordReader(segments, disk);
    }

    /**
     * Looks through one segment for what is left between two positions, both included, when nobody knows any more where its records are. On
     * the calling thread, in order of position; what is not sound is stepped over, and {@link RecordVisitor#failed} is told of what is in a
     * sparse segment's index and can't be read.
     *
     * @param from a position in that segment: where a record is or was, or the segment's beginning
     * @return the position behind the segment; {@code from} if no segment has that
     * @throws IOException if the segment can't be read
     */
    public long scan(long from, long to, RecordVisitor visitor) throws IOException {
        return new RangeReader(segments, disk).scan(from, to, visitor);
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

    /**
     * Begins to count what exactly lives in those segments that seem worth rewriting; empty if none does. To be called where a checkpoint
     * begins: what everybody says in his {@link Census.Tally} must be what he keeps at the position the checkpoint will replay from. Cheap;
     * takes no lock.
     */
    public Optional<Census> census() {
        return compactor.census();
    }

    /**
     * As {@link #census}, of all segments that were there when the journal was opened, so that {@link #compact} rewrites each: what is damaged
     * in them and kept alive by nobody is gone then. For who puts a damaged journal in order.
     */
    public Optional<Census> censusOfAll() {
        return compactor.censusOfAll();
    }

    /**
     * Rewrites segments of which the census has found little alive, so that they take about as much of the disk as what lives in them. On the
     * calling thread, a worker, when the checkpoint begun with the census was taken; writes up to about one segment's size. Nothing happens
     * if that checkpoint failed, or somebody did not answer the census. What can't be rewritten is logged and stays.
     *
     * @return whether something was rewritten and more seems worth it
     */
    public boolean compact(Census census) {
        return compactor.compact(census);
    }

    /** Writes and syncs what was appended, then stops. Units appended later fail. Any thread but the journal's; again is allowed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        compactor.close();
        appender.close();
        try {
            preparer.close();
            segments.close();
        } catch (IOException e) {
            LOG.warn("While closing the journal in {}: everything confirmed is safe", config.directory(), e);
        }
    }
}
