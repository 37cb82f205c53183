package io.delos.journal;

import java.io.IOException;

/**
 * One thread at a time. Finds the records that are left of a range of positions when nobody knows any more where they are. Each is verified
 * by its own checksum; what is not sound is stepped over, so that what lies beside it is found.
 */
final class RangeReader {
    private final Segments segments;
    private final Disk disk;
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
        LooseRecords records = new LooseRecords(segment.base(), segment.bytes(), (target, offset) -> segment.read(disk, target, offset));
        long end = Math.min(segment.bytes(), Math.min(segment.end(), to < Long.MAX_VALUE ? to + 1 : to) - segment.base());
        records.from(Math.max(Layout.BLOCK, next - segment.base()));
        while (records.next(end)) {
            visitor.record(0, records.position(), records.type(), records.payload());
            next = segment.base() + records.end();
        }
    }
}
