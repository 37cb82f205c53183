package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/** One thread: the scanner's. Goes through sparse segments from the first to the last record, and tells what is not sound. */
final class SparseScan {
    private final Disk disk;
    private final Path directory;
    private final Scanner.Visitor visitor;
    private final CRC32C crc = new CRC32C();

    SparseScan(Disk disk, Path directory, Scanner.Visitor visitor) {
        this.disk = disk;
        this.directory = directory;
        this.visitor = visitor;
    }

    /** Opens those there are, in order of position; tells of the damaged and of the ones that others stand for, and leaves them out. */
    List<Segment> open(List<Listing.SparseName> names) throws IOException {
        List<Segment> found = new ArrayList<>();
        for (Listing.SparseName name : names.stream().sorted(Comparator.comparingLong(Listing.SparseName::counted).reversed()).toList()) {
            try {
                Path path = directory.resolve(name.file());
                Segment segment = Segment.sparse(path, SparseIndex.read(disk, path));
                if (found.stream().anyMatch(newer -> newer.covers(segment))) {
                    visitor.superseded(name.file());
                } else {
                    found.add(segment);
                }
            } catch (DamagedException e) {
                visitor.damaged(name.file(), e.offset(), e.getMessage());
            } catch (FormatException e) {
                visitor.damaged(name.file(), 0, e.getMessage());
            }
        }
        found.sort(Comparator.comparingLong(Segment::base));
        return found;
    }

    /** Goes through one. */
    void scan(Segment segment) throws IOException {
        SparseHeader header = segment.index().header();
        visitor.sparse(segment.name(), header.store(), header.base(), header.limit(), header.records());
        IndexPage page = new IndexPage(disk);
        for (int i = 0; i < header.pageCount(); i++) {
            try {
                page.turnTo(segment, i);
            } catch (DamagedException e) {
                visitor.damaged(segment.name(), e.offset(), e.getMessage());
                continue;
            }
            for (int entry = 0; entry < page.entries(); entry++) {
                record(segment, page.position(entry), page.offset(entry));
            }
        }
        segment.close();
    }

    private void record(Segment segment, long position, long offset) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Layout.RECORD_HEADER);
        segment.read(disk, head, offset);
        int length = head.getInt(0);
        boolean sound = length >= 0 && offset + Layout.RECORD_HEADER + length <= segment.recordsEnd()
                && head.getInt(4) == Layout.place(position) && segment.holds(position);
        ByteBuffer payload = ByteBuffer.allocate(sound ? length : 0);
        if (sound) {
            segment.read(disk, payload, offset + Layout.RECORD_HEADER);
            crc.reset();
            crc.update(head.duplicate().limit(12));
            crc.update(payload.duplicate());
            sound = (int) crc.getValue() == head.getInt(12);
        }
        if (sound) {
            visitor.record(position, head.get(8), payload, (head.get(9) & Layout.LAST_OF_UNIT) != 0);
        } else {
            visitor.damaged(segment.name(), offset, "the record of position " + position + " is damaged");
        }
    }
}
