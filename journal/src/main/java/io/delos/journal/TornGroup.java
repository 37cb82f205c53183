package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One thread. Looks at what lies at the end of the newest segment. A group that is not whole there was being written when the power went, and
 * then nobody was told that it is safe; or it was damaged later. The bytes can't always tell which, so what they show is said.
 */
final class TornGroup {
    private final DiskFile file;
    private final long base;
    private final long bytes;

    TornGroup(DiskFile file, long base, long bytes) {
        this.file = file;
        this.base = base;
        this.bytes = bytes;
    }

    /** What is to be said of the end at this offset; empty if no group was begun there. */
    Optional<String> at(long offset) throws IOException {
        if (offset + Layout.FRAME_HEADER + Layout.RECORD_HEADER > bytes) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.allocate(Layout.FRAME_HEADER + Layout.RECORD_HEADER);
        file.readFully(head, offset);
        boolean claimed = head.getInt(0) == Layout.FRAME_MAGIC && head.getLong(16) == base + offset;
        boolean begun = head.getInt(Layout.FRAME_HEADER + 4) == Layout.place(base + offset + Layout.FRAME_HEADER);
        if (!claimed && !begun) {
            return Optional.empty();
        }
        long sound = sound(offset, claimed ? Integer.toUnsignedLong(head.getInt(4)) : 0);
        if (!claimed && sound == 0) {
            return Optional.empty();
        }
        if (claimed && sound < Integer.toUnsignedLong(head.getInt(12))) {
            return Optional.of("the last group is not whole: " + sound + " of " + Integer.toUnsignedLong(head.getInt(12))
                    + " records are sound. It was being written when the power went and was never confirmed, or it is damaged; it is ignored");
        }
        return Optional.of("the last group's header is damaged, " + sound + " sound records follow it. If the power did not fail while it was "
                + "written, they were confirmed; it is ignored");
    }

    /** Sound records in the group; if nobody knows how long it is, those that follow one another. */
    private long sound(long offset, long length) throws IOException {
        LooseRecords records = new LooseRecords(base, bytes, (target, at) -> {
            file.readFully(target, at);
            target.rewind();
        });
        long found = 0;
        long next = offset + Layout.FRAME_HEADER;
        records.from(next);
        while (records.next(length > 0 ? Math.min(bytes, offset + length) : next + 1)) {
            found++;
            next = records.end();
        }
        return found;
    }
}
