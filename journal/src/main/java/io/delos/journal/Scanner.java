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

        /** A group at the journal's end that is not whole; {@code what} says what can be seen of it. */
        default void torn(String file, long offset, String what) throws IOException {
        }

        /** Something is not what was written, and nothing is lost by it: it means nothing, or is told elsewhere. */
        default void noticed(String file, long offset, String what) throws IOException {
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
        List<Segment> kept = sparse.open(listing, newest);
        Deque<Segment> waiting = new ArrayDeque<>(kept);
        long end = newestUsed(listing, pass);
        for (long base : listing.segments()) {
            while (!waiting.isEmpty() && waiting.peek().base() <= base) {
                sparse.scan(waiting.poll());
            }
            if (kept.stream().anyMatch(segment -> segment.holds(base))) {
                visitor.superseded(name(base));
            } else {
                pass.segment(base, end);
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

    /** The newest segment that has a sound frame, or that can't be told not to have had one; on the way, whose journal it is. */
    private long newestUsed(Listing listing, Pass pass) throws IOException {
        long newest = -1;
        for (long base : listing.segments().descendingSet()) {
            if (newest < 0 && pass.used(base)) {
                newest = base;
            }
            if (newest >= 0 && (pass.store.isPresent() || pass.tellsStore(base))) {
                break;
            }
        }
        return newest;
    }

    private String name(long base) {
        return Layout.segment(directory, base).getFileName().toString();
    }

    /** The walk through the segments and what it knows of the one before. */
    private final class Pass {
        private static final UUID NOBODY = new UUID(0, 0);

        private final Visitor visitor;
        private Optional<UUID> store;
        private Optional<FrameReader> shared = Optional.empty();
        private long limit = -1;
        private long end;
        private int chain;
        /** The segment before: its file, its length, and where its sound frames stopped. */
        private String before;
        private long stoppedCapacity;
        private long stopped;

        Pass(Visitor visitor, Optional<UUID> store) {
            this.visitor = visitor;
            this.store = store;
        }

        boolean used(long base) throws IOException {
            try (DiskFile opened = disk.open(Layout.segment(directory, base), Disk.Mode.READ)) {
                ByteBuffer block = block(opened);
                Optional<SegmentHeader> header = decoded(block, base);
                FrameReader reader = reader(header.map(SegmentHeader::store).or(() -> store).orElse(NOBODY));
                reader.over(opened, base, opened.size());
                return header.isPresent() ? reader.find(Layout.BLOCK, header.get().epoch()) >= 0
                        : !SegmentHeader.blank(block) || reader.everUsed();
            }
        }

        boolean tellsStore(long base) throws IOException {
            try (DiskFile opened = disk.open(Layout.segment(directory, base), Disk.Mode.READ)) {
                store = decoded(block(opened), base).map(SegmentHeader::store);
                return store.isPresent();
            }
        }

        private Optional<SegmentHeader> decoded(ByteBuffer block, long base) {
            try {
                return SegmentHeader.decode(block, name(base));
            } catch (FormatException e) {
                return Optional.empty();
            }
        }

        private ByteBuffer block(DiskFile opened) throws IOException {
            ByteBuffer block = ByteBuffer.allocate(Layout.BLOCK);
            opened.readUpTo(block, 0);
            return block.flip();
        }

        void segment(long base, long newest) throws IOException {
            String file = name(base);
            try (DiskFile opened = disk.open(Layout.segment(directory, base), Disk.Mode.READ)) {
                long capacity = opened.size();
                ByteBuffer block = block(opened);
                Optional<SegmentHeader> header = header(block, file);
                if (header.isEmpty() && SegmentHeader.blank(block) && base > newest) {
                    spoiled(file, block, 0, "bytes of a file that was never used are not zero");
                    visitor.unused(file);
                    return;
                }
                header.ifPresent(found -> store = Optional.of(found.store()));
                if (header.isPresent()) {
                    begin(header.get(), base, capacity, file);
                    spoiled(file, block, SegmentHeader.USED, "bytes behind the header are not zero, as they were written; they mean nothing");
                } else {
                    visitor.damaged(file, 0, "the segment's header is damaged, or this is no segment at all");
                }
                limit = base + capacity;
                if (store.isPresent()) {
                    frames(opened, file, header, base, capacity, base >= newest);
                }
            }
        }

        private void spoiled(String file, ByteBuffer block, int from, String what) throws IOException {
            int spoiled = Layout.spoiled(block, from, block.limit());
            if (spoiled >= 0) {
                visitor.noticed(file, spoiled, what);
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

        private void begin(SegmentHeader header, long base, long capacity, String file) throws IOException {
            visitor.segment(file, header.store(), header.epoch(), base, header.capacity());
            if (header.base() != base || header.capacity() != capacity) {
                visitor.damaged(file, 0, "the header speaks of base " + Layout.hex(header.base()) + " and " + header.capacity()
                        + " bytes, the file has " + capacity);
            }
            if (limit == base && (header.predecessorEnd() != end || header.predecessorChain() != chain)) {
                visitor.damaged(before, stopped, "sound frames end here, but the next segment says that they go on to offset "
                        + (header.predecessorEnd() - limit + stoppedCapacity));
            }
        }

        private void frames(DiskFile opened, String file, Optional<SegmentHeader> header, long base, long capacity, boolean last)
                throws IOException {
            FrameReader reader = reader(store.orElseThrow());
            reader.over(opened, base, capacity);
            int epoch = header.map(SegmentHeader::epoch).orElse(FrameReader.ANY_EPOCH);
            Optional<Integer> expected = header.map(SegmentHeader::crc);
            long offset = Layout.BLOCK;
            before = file;
            stoppedCapacity = capacity;
            while (true) {
                stopped = offset;
                if (!reader.at(offset, epoch)) {
                    long next = reader.find(offset + Layout.BLOCK, epoch);
                    if (next < 0) {
                        if (last) {
                            end(opened, file, base, offset);
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
                long spoiled = reader.padding();
                if (spoiled >= 0) {
                    visitor.noticed(file, spoiled, "bytes behind a frame are not zero, as they were written; they mean nothing");
                }
            }
        }

        private void end(DiskFile opened, String file, long base, long offset) throws IOException {
            Optional<String> torn = new TornGroup(opened, base, opened.size()).at(offset);
            if (torn.isPresent()) {
                visitor.torn(file, offset, torn.get());
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
