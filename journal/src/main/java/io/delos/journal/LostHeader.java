package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongUnaryOperator;

/**
 * One thread. What the damaged header of a sparse segment said, found again: the file's name has its base, its end shows how many pages
 * there are and how many entries the last one has, and each page proves itself. Up to the next segment nothing else can be in its range.
 */
final class LostHeader {
    private final DiskFile file;
    private final Path path;
    private final UUID store;
    private final long bytes;

    /**
     * What must be known beside the file.
     *
     * @param store whose journal it is; without, nothing can be proven
     * @param limit the first position that is another segment's, of those behind a position
     */
    record Hints(Optional<UUID> store, LongUnaryOperator limit) {
        static final Hints NONE = new Hints(Optional.empty(), position -> position);
    }

    private LostHeader(DiskFile file, Path path, UUID store) throws IOException {
        this.file = file;
        this.path = path;
        this.store = store;
        this.bytes = file.size();
    }

    static Optional<SparseHeader> find(DiskFile file, Path path, Hints hints) throws IOException {
        return hints.store().isEmpty() ? Optional.empty() : new LostHeader(file, path, hints.store().get()).find(hints.limit());
    }

    private Optional<SparseHeader> find(LongUnaryOperator limit) throws IOException {
        long base = Layout.sparseBase(path.getFileName().toString()).orElseThrow();
        if (bytes == SparseHeader.BYTES) {
            return Optional.of(header(0, bytes, limit.applyAsLong(base)));
        }
        for (long pages = 1; bytes - pages * (Long.BYTES + IndexPage.TRAILER) > SparseHeader.BYTES; pages++) {
            long records = records(pages);
            SparseHeader found = header(records, bytes - pages * (Long.BYTES + IndexPage.TRAILER) - records * IndexPage.ENTRY, base);
            if (records > 0 && found.pages() > SparseHeader.BYTES && sound(found)) {
                long last = bytes - pages * Long.BYTES - IndexPage.TRAILER - IndexPage.ENTRY;
                return Optional.of(header(records, found.pages(), limit.applyAsLong(read(last, Long.BYTES).getLong(0))));
            }
        }
        return Optional.empty();
    }

    private SparseHeader header(long records, long pages, long limit) {
        String name = path.getFileName().toString();
        return new SparseHeader(0, store, Layout.sparseBase(name).orElseThrow(), limit, Layout.sparseCounted(name).orElseThrow(), pages,
                records, 0);
    }

    /** How many records there are if there are so many pages; 0 if there are not. */
    private long records(long pages) throws IOException {
        long end = bytes - pages * Long.BYTES;
        ByteBuffer trailer = read(end - IndexPage.TRAILER, IndexPage.TRAILER);
        for (int entries = 1; trailer.getLong(0) == pages - 1 && entries <= IndexPage.ENTRIES; entries++) {
            long from = end - IndexPage.bytes(entries);
            ByteBuffer page = from < SparseHeader.BYTES ? trailer : read(from, IndexPage.bytes(entries));
            if (page.getInt(page.limit() - 4) == SparseIndex.checksum(store, page.duplicate().limit(page.limit() - 4)) && page != trailer) {
                return (pages - 1) * IndexPage.ENTRIES + entries;
            }
        }
        return 0;
    }

    private boolean sound(SparseHeader header) throws IOException {
        for (long page = 0; page < header.pageCount(); page++) {
            if (!IndexPage.sound(read(header.pageOffset(page), IndexPage.bytes(header.entries(page))), header, page)) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer read(long offset, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        file.readFully(target, offset);
        return target.flip();
    }
}
