package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The opening thread's. Replays the segments behind a checkpoint's replay position and finds out where the journal ends. What is merely torn
 * and what is damaged is decided here, see "Reading it at start" in the format.
 */
final class Tail {
    private static final Logger LOG = LogManager.getLogger(Tail.class);

    private final Disk disk;
    private final FrameReader reader;
    private final Recovery recovery;
    private final boolean salvage;
    private final long replayFrom;
    private long end;
    private int chain;
    private boolean lossy;
    /** Where the last frame begins, and how many bytes it has with its padding; 0 if there is none. */
    private Segment last = Segment.NONE;
    private long lastOffset;
    private int lastBytes;
    /** Behind the last record that was kept from damage. */
    private long rescuedTo;

    /** A segment with its header; without, if salvaging found it unreadable. */
    record Part(Segment segment, Optional<SegmentHeader> header) {
    }

    Tail(Disk disk, UUID store, Recovery recovery, boolean salvage, long replayFrom) {
        this.disk = disk;
        this.reader = new FrameReader(store);
        this.recovery = recovery;
        this.salvage = salvage;
        this.replayFrom = replayFrom;
    }

    /** Where the last frame ends. */
    long end() {
        return end;
    }

    /** The last frame's chain value. */
    int chain() {
        return chain;
    }

    /** Whether anything had to be given up. */
    boolean lossy() {
        return lossy;
    }

    /** Replays all parts, oldest first, and makes sure that what was read is really on the disk. */
    void replay(List<Part> parts) throws IOException {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Optional<SegmentHeader> successor = i + 1 < parts.size() ? parts.get(i + 1).header() : Optional.empty();
            part.header().ifPresent(header -> {
                end = header.predecessorEnd();
                chain = header.predecessorChain();
            });
            // writable: a group found in the page cache may not have reached the disk, and is about to be relied upon
            try (DiskFile file = disk.open(part.segment().path(), Disk.Mode.WRITE)) {
                lastBytes = 0;
                last = part.segment();
                reader.over(file, part.segment().base(), part.segment().capacity());
                if (i + 1 == parts.size()) {
                    replayNewest(part, file);
                } else {
                    replayFull(part, successor, file);
                }
                file.force(false);
            }
            part.segment().sealedAt(Math.max(end, rescuedTo));
        }
    }

    /** Reports what costs nothing. */
    void notice(String file, long offset, String what) {
        LOG.warn("{} at offset {}: {}", file, offset, what);
        recovery.noticed(file, offset, what);
    }

    /** Reports damage, or refuses it. */
    void damage(String file, long offset, long length, String what) throws IOException {
        if (!salvage) {
            throw new DamagedException(file, offset, what);
        }
        LOG.warn("{} at offset {}: {}; {} bytes skipped", file, offset, what, length);
        lossy = true;
        recovery.damaged(file, offset, length);
    }

    /** There is nothing behind this position, and nothing to continue. */
    void nothing(long position) {
        end = position;
        chain = 0;
    }

    private void replayNewest(Part part, DiskFile file) throws IOException {
        long offset = frames(part, file);
        Optional<String> torn = new TornGroup(file, part.segment().base(), part.segment().capacity()).at(offset);
        if (torn.isPresent()) {
            notice(part.segment().name(), offset, torn.get());
            if (salvage) {
                rescue(part, file, offset, part.segment().capacity());
            }
        }
    }

    /**
     * Writes the newest segment's last group once more. The process before may have ended because syncing it failed: then the system holds it,
     * has marked it as written, and no later force would bring it to the disk.
     */
    void rewriteLast() throws IOException {
        if (lastBytes > 0) {
            try (DiskFile file = disk.open(last.path(), Disk.Mode.WRITE)) {
                ByteBuffer group = ByteBuffer.allocateDirect(lastBytes);
                file.readUpTo(group, lastOffset);
                file.writeFully(group.flip(), lastOffset);
                file.force(false);
            }
        }
    }

    private void replayFull(Part part, Optional<SegmentHeader> successor, DiskFile file) throws IOException {
        Segment segment = part.segment();
        long stopped = frames(part, file);
        if (successor.isEmpty()) {
            return;
        }
        long expected = successor.get().predecessorEnd();
        if (end != expected) {
            damage(segment.name(), stopped, Math.max(0, expected - segment.base() - stopped),
                    "frames end here, but the next segment says they go on to offset " + (expected - segment.base()));
            rescue(part, file, stopped, Math.min(segment.capacity(), expected - segment.base()));
        } else if (chain != successor.get().predecessorChain()) {
            damage(segment.name(), stopped, 0, "the next segment does not continue this one");
        }
        end = expected;
    }

    /** Replays a segment's frames and returns the offset behind the last block of the last one. */
    private long frames(Part part, DiskFile file) throws IOException {
        int epoch = part.header().map(SegmentHeader::epoch).orElse(FrameReader.ANY_EPOCH);
        boolean chained = part.header().isPresent();
        int expected = part.header().map(SegmentHeader::crc).orElse(0);
        long offset = Layout.BLOCK;
        while (true) {
            boolean sound = reader.at(offset, epoch);
            if (!sound || chained && reader.previous() != expected) {
                long next = sound ? offset : reader.find(offset + Layout.BLOCK, epoch);
                if (next < 0) {
                    return offset;
                }
                damage(part.segment().name(), offset, next - offset, (sound ? "a frame does not continue the one before it"
                        : "a frame is damaged; there are sound ones behind it") + unsynced(part));
                rescue(part, file, offset, next);
                reader.at(next, epoch);
                offset = next;
            }
            deliver();
            chained = true;
            expected = reader.chain();
            end = part.segment().base() + offset + reader.length();
            chain = expected;
            lastOffset = offset;
            lastBytes = (int) Layout.alignBlock(reader.length());
            offset = Layout.alignBlock(offset + reader.length());
            long spoiled = reader.padding();
            if (spoiled >= 0) {
                notice(part.segment().name(), spoiled, "bytes behind a frame are not zero, as they were written; they mean nothing");
            }
        }
    }

    /** Salvaging: hands over the units that are whole though their frame is not. */
    private void rescue(Part part, DiskFile file, long from, long to) throws IOException {
        LooseUnits units = new LooseUnits(file, part.segment());
        long found = units.deliver(from, to, replayFrom, recovery);
        rescuedTo = Math.max(rescuedTo, units.end());
        if (found > 0) {
            LOG.warn("{} at offset {}: {} records of what is damaged there were sound and are kept", part.segment().name(), from, found);
        }
    }

    private static String unsynced(Part part) {
        return part.header().filter(SegmentHeader::unsynced).map(header -> " (syncing was switched off when it was written)").orElse("");
    }

    private void deliver() throws IOException {
        long unitEnd = 0;
        while (reader.nextRecord()) {
            if (reader.position() >= unitEnd) {
                unitEnd = reader.unitEnd();
            }
            if (unitEnd > replayFrom) {
                recovery.record(reader.position(), reader.type(), reader.payload(), unitEnd);
            }
        }
    }
}
