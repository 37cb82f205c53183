package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One thread. Reads a journal's files from the first to the last byte without changing any, tells what is there and what isn't sound, and
 * goes on behind damage. For printing and for verification; the journal should not be open meanwhile.
 */
public final class Scanner {
    private final Disk disk;
    private final Path directory;

    /** Nothing is read before {@link #scan}. */
    public Scanner(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Receives what the scanner finds, on the scanning thread, in order of position; checkpoints come first. */
    public interface Visitor {

        /** A sound checkpoint. */
        default void checkpoint(String file, CheckpointReader checkpoint) throws IOException {
        }

        /** A segment begins. */
        default void segment(String file, UUID store, int epoch, long base, int capacity) throws IOException {
        }

        /** A sparse segment begins: of the records from {@code base} to before {@code limit}, it has those that were needed. */
        default void sparse(String file, UUID store, long base, long limit, long records) throws IOException {
        }

        /** A file that a sparse segment stands for; it was about to be deleted. */
        default void superseded(String file) throws IOException {
        }

        /** A sound frame, and the records to come. */
        default void frame(long position, int bytes, int epoch, int records) throws IOException {
        }

        /** A record. The payload is valid during the call only. */
        default void record(long position, byte type, ByteBuffer payload, boolean lastOfUnit) throws IOException {
        }

        /** A file prepared for a segment and never used. */
        default void unused(String file) throws IOException {
        }

        /** A group at the journal's end that was being written when it stopped. */
        default void torn(String file, long offset) throws IOException {
        }

        /** Something is not what was written. The scan goes on behind it. */
        default void damaged(String file, long offset, String what) throws IOException {
        }
    }

    /** Goes through everything once. */
    public void scan(Visitor visitor) throws IOException {
        Listing listing = Listing.of(disk, directory);
        Optional<CheckpointFile.Head> newest = checkpoints(listing, visitor);
        Pass pass = new Pass(visitor, newest.map(CheckpointFile.Head::store));
        SparseScan sparse = new SparseScan(disk, directory, visitor);
        List<Segment> kept = sparse.open(listing.sparse());
        Deque<Segment> waiting = new ArrayDeque<>(kept);
        for (long base : listing.segments()) {
            while (!waiting.isEmpty() && waiting.peek().base() <= base) {
                sparse.scan(waiting.poll());
            }
            if (kept.stream().anyMatch(segment -> segment.holds(base))) {
                visitor.superseded(name(base));
            } else {
                pass.segment(base, base == listing.segments().last());
            }
        }
        for (Segment segment : waiting) {
            sparse.scan(segment);
        }
        for (CheckpointFile.Needed needed : newest.map(CheckpointFile.Head::needed).orElse(List.of())) {
            if (!listing.segments().contains(needed.base()) && kept.stream().noneMatch(segment -> segment.holds(needed.base()))) {
                visitor.damaged(name(needed.base()), 0, "the segment is missing, and the checkpoint needs it");
            }
        }
        for (long free : listing.free()) {
            visitor.unused(Layout.free(directory, free).getFileName().toString());
        }
    }

    private Optional<CheckpointFile.Head> checkpoints(Listing listing, Visitor visitor) throws IOException {
        Optional<CheckpointFile.Head> newest = Optional.empty();
        for (long position : listing.checkpoints()) {
            Path path = Layout.checkpoint(directory, position);
            String file = path.getFileName().toString();
            try {
                CheckpointFile checkpoint = CheckpointFile.verify(disk, path);
                newest = Optional.of(checkpoint.head());
                visitor.checkpoint(file, new CheckpointReader(disk, checkpoint));
            } catch (DamagedException e) {
                visitor.damaged(file, e.offset(), e.getMessage());
            } catch (FormatException e) {
                visitor.damaged(file, 0, e.getMessage());
            }
        }
        return newest;
    }

    private String name(long base) {
        return Layout.segment(directory, base).getFileName().toString();
    }

    /** The walk through the segments and what it knows of the one before. */
    private final class Pass {
        private final Visitor visitor;
        private Optional<UUID> store;
        private Optional<FrameReader> shared = Optional.empty();
        private long limit = -1;
        private long end;
        private int chain;

        Pass(Visitor visitor, Optional<UUID> store) {
            this.visitor = visitor;
            this.store = store;
        }

        void segment(long base, boolean last) throws IOException {
            Path path = Layout.segment(directory, base);
            String file = name(base);
            try (DiskFile opened = disk.open(path, Disk.Mode.READ)) {
                long capacity = opened.size();
                ByteBuffer block = ByteBuffer.allocate(Layout.BLOCK);
                opened.readUpTo(block, 0);
                Optional<SegmentHeader> header = header(block.flip(), file);
                if (header.isEmpty() && unused(block, opened, base, capacity)) {
                    visitor.unused(file);
                    return;
                }
                header.ifPresent(found -> store = Optional.of(found.store()));
                if (header.isPresent()) {
                    begin(header.get(), base, capacity, file);
                } else {
                    visitor.damaged(file, 0, "the segment's header is damaged, or this is no segment at all");
                }
                limit = base + capacity;
                if (store.isPresent()) {
                    frames(opened, file, header, base, capacity, last);
                }
            }
        }

        private Optional<SegmentHeader> header(ByteBuffer block, String file) throws IOException {
            try {
                return SegmentHeader.decode(block, file);
            } catch (FormatException e) {
                visitor.damaged(file, 0, e.getMessage());
                return Optional.empty();
            }
        }

        private boolean unused(ByteBuffer block, DiskFile opened, long base, long capacity) throws IOException {
            if (block.mismatch(ByteBuffer.allocate(block.limit())) >= 0) {
                return false;
            }
            FrameReader reader = reader(new UUID(0, 0));
            reader.over(opened, base, capacity);
            return !reader.everUsed();
        }

        private void begin(SegmentHeader header, long base, long capacity, String file) throws IOException {
            visitor.segment(file, header.store(), header.epoch(), base, header.capacity());
            if (header.base() != base || header.capacity() != capacity) {
                visitor.damaged(file, 0, "the header speaks of base " + Layout.hex(header.base()) + " and " + header.capacity()
                        + " bytes, the file has " + capacity);
            }
            if (limit == base && (header.predecessorEnd() != end || header.predecessorChain() != chain)) {
                visitor.damaged(name(base), 0, "the segment before should end at position " + header.predecessorEnd()
                        + ", its sound frames end at " + end);
            }
        }

        private void frames(DiskFile opened, String file, Optional<SegmentHeader> header, long base, long capacity, boolean last)
                throws IOException {
            FrameReader reader = reader(store.orElseThrow());
            reader.over(opened, base, capacity);
            int epoch = header.map(SegmentHeader::epoch).orElse(FrameReader.ANY_EPOCH);
            Optional<Integer> expected = header.map(SegmentHeader::crc);
            long offset = Layout.BLOCK;
            while (true) {
                if (!reader.at(offset, epoch)) {
                    boolean claimed = reader.claims(offset);
                    long next = reader.find(offset + Layout.BLOCK, epoch);
                    if (next < 0) {
                        if (claimed && last) {
                            visitor.torn(file, offset);
                        }
                        return;
                    }
                    visitor.damaged(file, offset, "a frame is damaged; the next sound one is at offset " + next);
                    offset = next;
                    reader.at(offset, epoch);
                } else if (expected.isPresent() && expected.get() != reader.previous()) {
                    visitor.damaged(file, offset, "a frame does not continue the one before it");
                }
                chain = reader.chain();
                expected = Optional.of(chain);
                visitor.frame(base + offset, reader.length(), reader.epoch(), reader.records());
                end = base + offset + reader.length();
                offset = Layout.alignBlock(offset + reader.length());
                while (reader.nextRecord()) {
                    visitor.record(reader.position(), reader.type(), reader.payload(), reader.lastOfUnit());
                }
            }
        }

        /** The one reader whose window all segments share, unless a segment of another journal comes along. */
        private FrameReader reader(UUID id) {
            if (shared.isEmpty() || !shared.get().reads(id)) {
                shared = Optional.of(new FrameReader(id));
            }
            return shared.get();
        }
    }
}
