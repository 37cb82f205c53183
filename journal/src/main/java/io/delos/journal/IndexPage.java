package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One thread. One page of a sparse segment's index, the one asked for last: it says where in the file the record of a position lies.
 * Positions asked for in order need each page once.
 */
final class IndexPage {
    /** Entries on a full page. */
    static final int ENTRIES = 255;
    /** An entry: position u64 and file offset u64. */
    static final int ENTRY = 16;
    /** Behind the entries: the page's number u64, 0 u32, the checksum u32. */
    static final int TRAILER = 16;

    private final Disk disk;
    private final ByteBuffer block = ByteBuffer.allocate(bytes(ENTRIES));
    private Segment segment = Segment.NONE;
    private int number;

    IndexPage(Disk disk) {
        this.disk = disk;
    }

    /** The file offset of a position's record, or -1 if the segment has none there. {@link DamagedException} if the page is damaged. */
    long find(Segment sparse, long position) throws IOException {
        int wanted = sparse.index().page(position);
        if (wanted < 0) {
            return -1;
        }
        turnTo(sparse, wanted);
        int low = 0;
        int high = entries() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = position(middle);
            if (found == position) {
                return offset(middle);
            }
            if (found < position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Makes a page the current one. A damaged one is found again in the records, see {@link SparseIndex#rebuilt}. */
    void turnTo(Segment sparse, int page) throws IOException {
        if (segment == sparse && number == page) {
            return;
        }
        segment = Segment.NONE;
        SparseHeader header = sparse.index().header();
        int end = bytes(header.entries(page));
        long offset = header.pageOffset(page);
        sparse.read(disk, block.clear().limit(end), offset);
        if (!sound(block, header, page)) {
            block.clear().put(sparse.index().rebuilt(disk, sparse, page).duplicate()).clear().limit(end);
        }
        segment = sparse;
        number = page;
    }

    /** Whether these are that page's bytes. */
    static boolean sound(ByteBuffer bytes, SparseHeader header, long page) {
        int end = bytes.limit();
        return bytes.getLong(end - TRAILER) == page
                && bytes.getInt(end - 4) == SparseIndex.checksum(header.store(), bytes.duplicate().position(0).limit(end - 4));
    }

    /** How long a page with so many entries is. */
    static int bytes(int entries) {
        return entries * ENTRY + TRAILER;
    }

    int entries() {
        return (block.limit() - TRAILER) / ENTRY;
    }

    long position(int entry) {
        return block.getLong(entry * ENTRY);
    }

    long offset(int entry) {
        return block.getLong(entry * ENTRY + 8);
    }
}
