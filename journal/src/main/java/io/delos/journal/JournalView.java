package io.delos.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Any thread. A journal that nobody has open, read without changing anything in its directory: not even what an opening would tidy up. What
 * was durable is told to a {@link Recovery} first, exactly as when it is opened.
 */
public final class JournalView implements Closeable {
    private final Disk disk;
    private final UUID store;
    private final Segments segments;

    JournalView(Disk disk, UUID store, Segments segments) {
        this.disk = disk;
        this.store = store;
        this.segments = segments;
    }

    /**
     * Reads the journal in a directory, where none may be open meanwhile.
     *
     * @param salvage whether damage is skipped, see {@link JournalConfig}
     * @throws DamagedException if what was durable is not there, unless salvaging
     * @throws FormatException if a file is another journal's or a newer release's
     */
    public static JournalView of(Path directory, Disk disk, Recovery recovery, boolean salvage) throws IOException {
        return new Opening(JournalConfig.in(directory).withSalvage(salvage), new ReadOnlyDisk(disk), recovery).look();
    }

    /** The journal's identity. */
    public UUID storeId() {
        return store;
    }

    /** As {@link Journal#reader}. */
    public RecordReader reader() {
        return new RecordReader(segments, disk);
    }

    /** As {@link Journal#segment}. */
    public long segment(long position) {
        return segments.find(position).base();
    }

    /** As {@link Journal#scan}. */
    public long scan(long from, long to, RecordVisitor visitor) throws IOException {
        return new RangeReader(segments, disk).scan(from, to, visitor);
    }

    @Override
    public void close() throws IOException {
        segments.close();
    }
}
