package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Any thread. One segment as its readers see it: where it is, how much in it lives, and a descriptor of their own, so that nothing a reader
 * does (being interrupted, above all, which closes the channel) can hurt the writer. A plain segment has every position at its place; a
 * sparse one stands for a range of positions and has those records of it that lived when it was written.
 */
final class Segment {
    /** Holds no position; what a search finds when it finds nothing. */
    static final Segment NONE = new Segment(Path.of("none"), -1, 0);
    /** The count of a segment whose lives have moved to the one that replaced it; no sum of changes comes near it. */
    private static final long MOVED = Long.MIN_VALUE / 2;

    private final Path path;
    private final long base;
    private final long limit;
    private final long bytes;
    private final Optional<SparseIndex> index;
    private final AtomicLong living = new AtomicLong();
    private volatile long end = Long.MAX_VALUE;
    private volatile Estimate estimate = Estimate.NEVER_COUNTED;
    /** Guarded by the checkpoint lock: nothing lived here, and nothing here was to be replayed, at an earlier checkpoint. */
    private boolean dead;
    private DiskFile reader;
    private boolean closed;

    /** A plain one. */
    Segment(Path path, long base, int capacity) {
        this(path, base, base + capacity, capacity, Optional.empty());
    }

    private Segment(Path path, long base, long limit, long bytes, Optional<SparseIndex> index) {
        this.path = path;
        this.base = base;
        this.limit = limit;
        this.bytes = bytes;
        this.index = index;
    }

    static Segment sparse(Path path, SparseIndex index) {
        SparseHeader header = index.header();
        Segment segment = new Segment(path, header.base(), header.limit(), header.fileBytes(), Optional.of(index));
        segment.sealedAt(header.limit());
        return segment;
    }

    Path path() {
        return path;
    }

    String name() {
        return path.getFileName().toString();
    }

    long base() {
        return base;
    }

    /** A plain segment's length, in positions and in bytes. */
    int capacity() {
        return (int) bytes;
    }

    /** The file's length. */
    long bytes() {
        return bytes;
    }

    /** The first position behind it, and a plain segment's successor's base. */
    long limit() {
        return limit;
    }

    boolean isSparse() {
        return index.isPresent();
    }

    /** A sparse segment's. */
    SparseIndex index() {
        return index.orElseThrow();
    }

    /** Where in the file records can't be any more. */
    long recordsEnd() {
        return index.map(sparse -> sparse.header().pages()).orElse(bytes);
    }

    /** Where its frames end; unbounded while it is being written. */
    long end() {
        return end;
    }

    void sealedAt(long position) {
        end = position;
    }

    boolean holds(long position) {
        return position >= base && position < limit;
    }

    /** Whether it stands for all that the other one does. */
    boolean covers(Segment other) {
        return base <= other.base && other.limit <= limit;
    }

    long living() {
        return living.get();
    }

    /** Counts, unless it has been replaced: then false, and its successor is in the table. */
    boolean retain(long delta) {
        return living.addAndGet(delta) > MOVED / 2;
    }

    /** Takes the lives of one that it replaces and that is not in the table any more. */
    void inherit(Segment replaced) {
        living.addAndGet(replaced.living.getAndSet(MOVED));
    }

    /** What is known of the bytes that live here. */
    Estimate estimate() {
        return estimate;
    }

    void estimate(Estimate now) {
        estimate = now;
    }

    boolean dead() {
        return dead;
    }

    void dead(boolean now) {
        dead = now;
    }

    /**
     * Fills a buffer from an offset of the file on, and rewinds it.
     *
     * @throws DamagedException if the file ends before
     * @throws GoneException if the segment was given up
     */
    void read(Disk disk, ByteBuffer target, long offset) throws IOException {
        DiskFile file = reader(disk);
        int limitBefore = target.limit();
        try {
            int got = file.readUpTo(target, offset);
            target.position(0).limit(limitBefore);
            if (got < limitBefore) {
                throw new DamagedException(name(), offset + got, "the file ends in the middle of a record");
            }
        } catch (ClosedChannelException e) {
            reopen(file);
            throw e;
        }
    }

    /** The readers' descriptor, opened when first needed. */
    private synchronized DiskFile reader(Disk disk) throws IOException {
        if (closed) {
            throw new GoneException(base);
        }
        if (reader == null) {
            reader = disk.open(path, Disk.Mode.READ);
        }
        return reader;
    }

    /** Forgets a descriptor that an interrupt has closed under its readers. */
    private synchronized void reopen(DiskFile broken) {
        if (reader == broken) {
            reader = null;
        }
    }

    synchronized void close() throws IOException {
        closed = true;
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
