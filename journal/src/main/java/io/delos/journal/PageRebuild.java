package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One thread. What a damaged page of a sparse segment's index said, found again in the records themselves: they lie one after the other in
 * the order of the index, and each knows a piece of its position. All of them must be sound, or nothing is proven.
 */
final class PageRebuild {
    /** A record knows its position up to a multiple of this. */
    private static final long PLACES = 1L << 35;

    private final Disk disk;
    private final Segment segment;
    private final SparseHeader header;
    private final CRC32C crc = new CRC32C();

    PageRebuild(Disk disk, Segment segment) {
        this.disk = disk;
        this.segment = segment;
        this.header = segment.index().header();
    }

    /** The page's entries, without its trailer. {@link DamagedException} if they can't be proven. */
    ByteBuffer page(int number) throws IOException {
        SparseIndex index = segment.index();
        long position = index.fence(number);
        long limit = number + 1 < header.pageCount() ? index.fence(number + 1) : header.limit();
        if (limit - position > PLACES) {
            throw damaged(number);
        }
        ByteBuffer entries = ByteBuffer.allocate(header.entries(number) * IndexPage.ENTRY);
        long offset = number == 0 ? SparseHeader.BYTES : behindPage(number - 1);
        for (int i = 0; i < header.entries(number); i++) {
            ByteBuffer head = record(offset, number);
            position = position(head.getInt(4), position);
            if (i == 0 && position != index.fence(number) || position >= limit) {
                throw damaged(number);
            }
            entries.putLong(position).putLong(offset);
            offset += Layout.recordBytes(head.getInt(0));
        }
        boolean fits = number + 1 < header.pageCount() ? record(offset, number).getInt(4) == Layout.place(limit) : offset == header.pages();
        if (!fits) {
            throw damaged(number);
        }
        return entries.flip();
    }

    private long behindPage(int number) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(IndexPage.bytes(header.entries(number)));
        segment.read(disk, page, header.pageOffset(number));
        if (!IndexPage.sound(page, header, number)) {
            throw damaged(number + 1);
        }
        long last = page.getLong((header.entries(number) - 1) * IndexPage.ENTRY + Long.BYTES);
        return last + Layout.recordBytes(record(last, number).getInt(0));
    }

    /** The first position from another on whose record knows this piece of it. */
    private static long position(int place, long from) {
        long found = from & -PLACES | Integer.toUnsignedLong(place) << 3;
        return found < from ? found + PLACES : found;
    }

    /** A sound record's header. */
    private ByteBuffer record(long offset, int page) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Layout.RECORD_HEADER);
        if (offset + Layout.RECORD_HEADER > header.pages()) {
            throw damaged(page);
        }
        segment.read(disk, head, offset);
        int length = head.getInt(0);
        if (length < 0 || offset + Layout.RECORD_HEADER + length > header.pages()) {
            throw damaged(page);
        }
        ByteBuffer payload = ByteBuffer.allocate(length);
        segment.read(disk, payload, offset + Layout.RECORD_HEADER);
        crc.reset();
        crc.update(head.duplicate().limit(12));
        crc.update(payload);
        if ((int) crc.getValue() != head.getInt(12)) {
            throw damaged(page);
        }
        return head;
    }

    private DamagedException damaged(int page) {
        return new DamagedException(segment.name(), header.pageOffset(page), "a page of the sparse segment's index is damaged");
    }
}
