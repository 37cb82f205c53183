package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Any thread. One segment as its readers see it: where it is, how much in it lives, and a descriptor of their own, so that nothing a reader
 * does (being interrupted, above all, which closes the channel) can hurt the writer.
 */
final class Segment {
    /** Holds no position; what a search finds when it finds nothing. */
    static final Segment NONE = new Segment(Path.of("none"), -1, 0);

    private final Path path;
    private final long base;
    private final int capacity;
    private final AtomicLong living = new AtomicLong();
    private volatile long end = Long.MAX_VALUE;
    /** Guarded by the checkpoint lock: nothing lived here, and nothing here was to be replayed, at an earlier checkpoint. */
    private boolean dead;
    private DiskFile reader;
    private boolean closed;

    Segment(Path path, long base, int capacity) {
        this.path = path;
        this.base = base;
        this.capacity = capacity;
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

    int capacity() {
        return capacity;
    }

    /** The first position behind it, and the next segment's base. */
    long limit() {
        return base + capacity;
    }

    /** Where its frames end; unbounded while it is being written. */
    long end() {
        return end;
    }

    void sealedAt(long position) {
        end = position;
    }

    boolean holds(long position) {
        return position >= base && position - base < capacity;
    }

    long living() {
        return living.get();
    }

    void retain(int delta) {
        living.addAndGet(delta);
    }

    boolean dead() {
        return dead;
    }

    void dead(boolean now) {
        dead = now;
    }

    /** The readers' descriptor, opened when first needed. */
    synchronized DiskFile reader(Disk disk) throws IOException {
        if (closed) {
            throw new GoneException(base);
        }
        if (reader == null) {
            reader = disk.open(path, Disk.Mode.READ);
        }
        return reader;
    }

    /** Forgets a descriptor that an interrupt has closed under its readers. */
    synchronized void reopen(DiskFile broken) {
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
