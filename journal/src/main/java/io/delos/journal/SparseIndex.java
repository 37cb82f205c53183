package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Any thread. What is kept in memory of a sparse segment: its header, and the first position on each page of its index. The pages
 * themselves are read when somebody asks, see {@link IndexPage}.
 */
final class SparseIndex {
    private final SparseHeader header;
    private final long[] fences;

    SparseIndex(SparseHeader header, long[] fences) {
        this.header = header;
        this.fences = fences;
    }

    SparseHeader header() {
        return header;
    }

    /** The page of the index on which a position is, if it is on any; -1 if it lies before all records. */
    int page(long position) {
        int found = Arrays.binarySearch(fences, position);
        return found >= 0 ? found : -found - 2;
    }

    /**
     * Reads and verifies header and fences.
     *
     * @throws DamagedException if they are not sound
     * @throws FormatException if a newer release wrote the file
     */
    static SparseIndex read(Disk disk, Path path) throws IOException {
        String name = path.getFileName().toString();
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            ByteBuffer block = ByteBuffer.allocate(SparseHeader.BYTES);
            file.readUpTo(block, 0);
            SparseHeader header = SparseHeader.decode(block.flip(), name)
                    .orElseThrow(() -> new DamagedException(name, 0, "the sparse segment's header is damaged"));
            if (header.base() != Layout.sparseBase(name).orElse(-1) || header.counted() != Layout.sparseCounted(name).orElse(-1)) {
                throw new FormatException(name, "the file has been renamed, it was " + Layout.hex(header.base()) + "."
                        + Layout.hex(header.counted()));
            }
            if (header.fileBytes() != file.size()) {
                throw new DamagedException(name, file.size(), "the file ends here, it had " + header.fileBytes() + " bytes");
            }
            return new SparseIndex(header, fences(file, header, name));
        }
    }

    private static long[] fences(DiskFile file, SparseHeader header, String name) throws IOException {
        long[] fences = new long[Math.toIntExact(header.pageCount())];
        ByteBuffer bytes = ByteBuffer.allocate(fences.length * Long.BYTES);
        file.readFully(bytes, header.pageOffset(header.pageCount()));
        if (checksum(header.store(), bytes.flip()) != header.fences()) {
            throw new DamagedException(name, header.pageOffset(header.pageCount()), "the sparse segment's index is damaged");
        }
        bytes.asLongBuffer().get(fences);
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
