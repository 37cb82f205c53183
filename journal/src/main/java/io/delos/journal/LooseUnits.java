package io.delos.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The opening thread's. Keeps what is whole of damaged groups. A unit counts only if its first record is known: it stands where a frame
 * begins, or right behind the last record of another unit; so none comes by halves.
 */
final class LooseUnits {
    private final Segment segment;
    private final LooseRecords records;
    private long end;

    LooseUnits(DiskFile file, Segment segment) {
        this.segment = segment;
        this.records = new LooseRecords(segment.base(), segment.capacity(), (target, at) -> {
            file.readFully(target, at);
            target.rewind();
        });
    }

    /** The position behind the last unit found; 0 if there was none. */
    long end() {
        return end;
    }

    /**
     * Hands over the whole units of a stretch that end behind a position.
     *
     * @param from where a frame began
     * @return how many records
     */
    long deliver(long from, long to, long replayFrom, Recovery recovery) throws IOException {
        List<Long> unit = new ArrayList<>();
        List<List<Long>> found = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        boolean begun = true;
        records.from(from + Layout.FRAME_HEADER);
        while (records.next(to)) {
            if (!records.direct() || records.first()) {
                unit = new ArrayList<>();
                begun = records.first();
            }
            unit.add(records.offset());
            if (records.lastOfUnit()) {
                if (begun && segment.base() + records.end() > replayFrom) {
                    found.add(unit);
                    ends.add(segment.base() + records.end());
                }
                unit = new ArrayList<>();
                begun = true;
            }
        }
        for (int i = 0; i < found.size(); i++) {
            hand(found.get(i), ends.get(i), recovery);
        }
        return found.stream().mapToLong(List::size).sum();
    }

    private void hand(List<Long> unit, long unitEnd, Recovery recovery) throws IOException {
        for (long offset : unit) {
            records.from(offset);
            records.next(offset + 1);
            recovery.record(records.position(), records.type(), records.payload(), unitEnd);
        }
        end = Math.max(end, unitEnd);
    }
}
