package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One thread at a time. Finds the records that are left of a range of positions when nobody knows any more where they are. Each is verified
 * by its own checksum; what is not sound is stepped over, so that what lies beside it is found.
 */
final class RangeReader {
    private static final int WINDOW = 1 << 20;

    private final Segments segments;
    private final Disk disk;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;
    private long next;

    RangeReader(Segments segments, Disk disk) {
        this.segments = segments;
        this.disk = disk;
    }

    /** See {@link Journal#scan}. */
    long scan(long from, long to, RecordVisitor visitor) throws IOException {
        next = from & -8L;
        Segment segment = segments.find(next);
        while (segment != Segment.NONE) {
            try {
                if (segment.isSparse()) {
                    sparse(segment, to, visitor);
                } else {
                    plain(segment, to, visitor);
                }
                return segment.limit();
            } catch (IOException e) {
                Segment now = segments.find(next);
                if (now == segment) {
                    throw e;
                }
                segment = now;
            }
        }
        return from;
    }

    private void sparse(Segment segment, long to, RecordVisitor visitor) throws IOException {
        SparseIndex index = segment.index();
        IndexPage page = new IndexPage(disk);
        RecordReader records = new RecordReader(segments, disk);
        for (int i = Math.max(0, index.page(next)); i < index.header().pageCount(); i++) {
            page.turnTo(segment, i);
            long[] positions = new long[page.entries()];
            int count = 0;
            for (int entry = 0; entry < page.entries(); entry++) {
                long position = page.position(entry);
                if (position > to) {
                    records.read(positions, new int[count], 0, count, visitor);
                    return;
                }
                if (position >= next) {
                    positions[count++] = position;
                }
            }
            records.read(positions, new int[count], 0, count, visitor);
            next = count == 0 ? next : positions[count - 1] + 1;
        }
    }

    private void plain(Segment segment, long to, RecordVisitor visitor) throws IOException {
        window = ByteBuffer.allocate(0);
        long end = Math.min(segment.bytes(), Math.min(segment.end(), to < Long.MAX_VALUE ? to + 1 : to) - segment.base());
        long offset = Math.max(Layout.BLOCK, next - segment.base());
        while (offset < end && segment.bytes() - offset >= Layout.RECORD_HEADER) {
            long position = segment.base() + offset;
            int length = offset % Layout.BLOCK == 0 && frame(segment, offset) ? -Layout.FRAME_HEADER : record(segment, offset);
            if (length >= 0) {
                int at = (int) (offset - windowStart);
                visitor.record(0, position, window.get(at + 8), window.slice(at + Layout.RECORD_HEADER, length));
                offset += Layout.recordBytes(length);
                next = segment.base() + offset;
            } else {
                offset += length == -1 ? 8 : -length;
            }
        }
    }

    private boolean frame(Segment segment, long offset) throws IOException {
        int at = load(segment, offset, Layout.FRAME_HEADER);
        return at >= 0 && window.getInt(at) == Layout.FRAME_MAGIC && window.getLong(at + 16) == segment.base() + offset;
    }

    /** The length of the payload of the sound record at an offset, or -1 if there is none. */
    private int record(Segment segment, long offset) throws IOException {
        int at = load(segment, offset, Layout.RECORD_HEADER);
        if (at < 0 || window.getInt(at + 4) != Layout.place(segment.base() + offset)) {
            return -1;
        }
        int length = window.getInt(at);
        at = length < 0 || length > segment.bytes() - offset - Layout.RECORD_HEADER ? -1 : load(segment, offset, Layout.RECORD_HEADER + length);
        if (at < 0) {
            return -1;
        }
        crc.reset();
        crc.update(window.duplicate().limit(at + 12).position(at));
        crc.update(window.duplicate().limit(at + Layout.RECORD_HEADER + length).position(at + Layout.RECORD_HEADER));
        return (int) crc.getValue() == window.getInt(at + 12) ? length : -1;
    }

    /** Where in the window a piece of the file is; -1 if the file ends before. */
    private int load(Segment segment, long offset, int bytes) throws IOException {
        if (offset < windowStart || offset + bytes > windowStart + window.limit()) {
            if (bytes > segment.bytes() - offset) {
                return -1;
            }
            int wanted = (int) Math.min(segment.bytes() - offset, Math.max(WINDOW, bytes));
            ByteBuffer fresh = window.capacity() >= wanted ? window.clear().limit(wanted) : ByteBuffer.allocateDirect(wanted);
            window = ByteBuffer.allocate(0);
            segment.read(disk, fresh, offset);
            window = fresh;
            windowStart = offset;
        }
        return (int) (offset - windowStart);
    }
}
