package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Any thread. What is kept in memory of a sparse segment: its header, and the first position on each page of its index. The pages
 * themselves are read when somebody asks, see {@link IndexPage}.
 */
final class SparseIndex {
    private static final Logger LOG = LogManager.getLogger(SparseIndex.class);

    private final SparseHeader header;
    private final long[] fences;
    private final Optional<DamagedException> damage;
    private final Map<Integer, ByteBuffer> rebuilt = new HashMap<>();

    SparseIndex(SparseHeader header, long[] fences) {
        this(header, fences, Optional.empty());
    }

    private SparseIndex(SparseHeader header, long[] fences, Optional<DamagedException> damage) {
        this.header = header;
        this.fences = fences;
        this.damage = damage;
    }

    SparseHeader header() {
        return header;
    }

    /** The first position on a page. */
    long fence(int page) {
        return fences[page];
    }

    /** What was damaged in the file and was found elsewhere in it. */
    Optional<DamagedException> damage() {
        return damage;
    }

    /**
     * The entries of a damaged page, as the records tell them; kept, as that costs reading them all.
     *
     * @throws DamagedException if the records are not sound either
     */
    synchronized ByteBuffer rebuilt(Disk disk, Segment segment, int page) throws IOException {
        ByteBuffer entries = rebuilt.get(page);
        if (entries == null) {
            entries = new PageRebuild(disk, segment).page(page);
            rebuilt.put(page, entries);
            LOG.warn("{} at offset {}: a page of the sparse segment's index is damaged; all it said was found in the records", segment.path(),
                    header.pageOffset(page));
        }
        return entries;
    }

    /** The page of the index on which a position is, if it is on any; -1 if it lies before all records. */
    int page(long position) {
        int found = Arrays.binarySearch(fences, position);
        return found >= 0 ? found : -found - 2;
    }

    /** As {@link #read(Disk, Path, LostHeader.Hints)}, where nothing is known beside the file. */
    static SparseIndex read(Disk disk, Path path) throws IOException {
        return read(disk, path, LostHeader.Hints.NONE);
    }

    /**
     * Reads and verifies header and fences. If one of them is damaged it is made from the pages, should these be sound.
     *
     * @throws DamagedException if they are not sound
     * @throws FormatException if a newer release wrote the file
     */
    static SparseIndex read(Disk disk, Path path, LostHeader.Hints hints) throws IOException {
        String name = path.getFileName().toString();
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            ByteBuffer block = ByteBuffer.allocate(SparseHeader.BYTES);
            file.readUpTo(block, 0);
            Optional<SparseHeader> header = SparseHeader.decode(block.flip(), name);
            if (header.isPresent()) {
                verify(header.get(), name, file.size());
                return read(file, header.get(), name);
            }
            DamagedException damage = new DamagedException(name, 0, "the sparse segment's header is damaged");
            Optional<SparseHeader> lost = LostHeader.find(file, path, hints);
            if (lost.isEmpty()) {
                throw damage;
            }
            return new SparseIndex(lost.get(), ofPages(file, lost.get(), damage), Optional.of(damage));
        }
    }

    private static void verify(SparseHeader header, String name, long size) throws IOException {
        if (header.base() != Layout.sparseBase(name).orElse(-1) || header.counted() != Layout.sparseCounted(name).orElse(-1)) {
            throw new FormatException(name, "the file has been renamed, it was " + Layout.hex(header.base()) + "."
                    + Layout.hex(header.counted()));
        }
        if (header.fileBytes() != size) {
            throw new DamagedException(name, size, "the file ends here, it had " + header.fileBytes() + " bytes");
        }
    }

    private static SparseIndex read(DiskFile file, SparseHeader header, String name) throws IOException {
        long[] fences = new long[Math.toIntExact(header.pageCount())];
        ByteBuffer bytes = ByteBuffer.allocate(fences.length * Long.BYTES);
        long offset = header.pageOffset(fences.length);
        file.readFully(bytes, offset);
        if (checksum(header.store(), bytes.flip()) == header.fences()) {
            bytes.asLongBuffer().get(fences);
            return new SparseIndex(header, fences);
        }
        DamagedException damage = new DamagedException(name, offset, "the sparse segment's index is damaged");
        return new SparseIndex(header, ofPages(file, header, damage), Optional.of(damage));
    }

    private static long[] ofPages(DiskFile file, SparseHeader header, DamagedException damage) throws IOException {
        long[] fences = new long[Math.toIntExact(header.pageCount())];
        for (int i = 0; i < fences.length; i++) {
            ByteBuffer page = ByteBuffer.allocate(IndexPage.bytes(header.entries(i)));
            file.readFully(page, header.pageOffset(i));
            if (!IndexPage.sound(page.flip(), header, i)) {
                throw damage;
            }
            fences[i] = page.getLong(0);
        }
        return fences;
    }

    /** The checksum of bytes of a store; the buffer keeps its position. */
    static int checksum(UUID store, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(Batch.storeBytes(store));
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
