package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** One thread: the scanner's. Goes through sparse segments from the first to the last record, and tells what is not sound. */
final class SparseScan {
    private final Disk disk;
    private final Path directory;
    private final Scanner.Visitor visitor;
    private final CRC32C crc = new CRC32C();
    /** Where the last sound record ended; -1 if that is not known. */
    private long end;

    SparseScan(Disk disk, Path directory, Scanner.Visitor visitor) {
        this.disk = disk;
        this.directory = directory;
        this.visitor = visitor;
    }

    /** Opens those there are, in order of position; tells of the damaged and of the ones that others stand for, and leaves them out. */
    List<Segment> open(Listing listing, Optional<CheckpointFile.Head> saved) throws IOException {
        List<Segment> found = new ArrayList<>();
        LostHeader.Hints hints = new LostHeader.Hints(saved.map(CheckpointFile.Head::store),
                position -> listing.limit(position, saved.map(CheckpointFile.Head::replayFrom).orElse(0L)));
        for (Listing.SparseName name : listing.sparse().stream().sorted(Comparator.comparingLong(Listing.SparseName::counted).reversed()).toList()) {
            try {
                Path path = directory.resolve(name.file());
                Segment segment = Segment.sparse(path, SparseIndex.read(disk, path, hints));
                if (segment.index().damage().isPresent()) {
                    visitor.noticed(name.file(), segment.index().damage().get().offset(), "the index or header is damaged; all it said is in the pages");
                }
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
        end = SparseHeader.BYTES;
        for (int i = 0; i < header.pageCount(); i++) {
            try {
                ByteBuffer bytes = ByteBuffer.allocate(IndexPage.bytes(header.entries(i)));
                segment.read(disk, bytes, header.pageOffset(i));
                page.turnTo(segment, i);
                if (!IndexPage.sound(bytes, header, i)) {
                    visitor.noticed(segment.name(), header.pageOffset(i), "a page of the index is damaged; all it said is in the records");
                }
            } catch (DamagedException e) {
                visitor.damaged(segment.name(), e.offset(), e.getMessage());
                end = -1;
                continue;
            }
            for (int entry = 0; entry < page.entries(); entry++) {
                record(segment, page.position(entry), page.offset(entry));
            }
        }
        gap(segment, header.pages());
        segment.close();
    }

    /** Between the end of the record before and a place in the file all bytes should be zero. */
    private void gap(Segment segment, long to) throws IOException {
        if (end >= 0 && to > end && to - end < Layout.BLOCK) {
            ByteBuffer between = ByteBuffer.allocate((int) (to - end));
            segment.read(disk, between, end);
            int spoiled = Layout.spoiled(between, 0, between.limit());
            if (spoiled >= 0) {
                visitor.noticed(segment.name(), end + spoiled, "bytes between records are not zero, as they were written; they mean nothing");
            }
        }
    }

    private void record(Segment segment, long position, long offset) throws IOException {
        gap(segment, offset);
        end = -1;
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
            end = offset + Layout.RECORD_HEADER + length;
            visitor.record(position, head.get(8), payload, (head.get(9) & Layout.LAST_OF_UNIT) != 0);
        } else {
            visitor.damaged(segment.name(), offset, "the record of position " + position + " is damaged");
        }
    }
}
