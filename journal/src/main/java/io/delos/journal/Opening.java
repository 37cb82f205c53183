package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The opening thread's. Finds out what is in the directory, checks that it is one whole journal, replays its tail, begins a new segment. */
final class Opening {
    private static final Logger LOG = LogManager.getLogger(Opening.class);

    private final JournalConfig config;
    private final Disk disk;
    private final Recovery recovery;
    private final Path directory;
    private final List<Segment> segments = new ArrayList<>();
    private final List<CheckpointFile> checkpoints = new ArrayList<>();
    private final List<Path> spare = new ArrayList<>();
    private final List<Path> unneeded = new ArrayList<>();
    private final List<Segment> unused = new ArrayList<>();
    private Listing listing;
    private SparseListing sparse;
    private Optional<CheckpointFile.Head> saved = Optional.empty();
    private Optional<UUID> store = Optional.empty();
    private int epoch;
    private long firstFree;

    Opening(JournalConfig config, Disk disk, Recovery recovery) {
        this.config = config;
        this.disk = disk;
        this.recovery = recovery;
        this.directory = config.directory();
    }

    /** What an opened journal would begin with. */
    private record Found(List<Tail.Part> parts, Tail tail, UUID id) {
    }

    Journal open() throws IOException {
        Found found = find();
        return begin(found.parts, found.tail, found.id);
    }

    /** Only looks; the disk should be a {@link ReadOnlyDisk}. */
    JournalView look() throws IOException {
        Found found = find();
        return new JournalView(disk, found.id, new Segments(segments));
    }

    private Found find() throws IOException {
        disk.createDirectory(directory);
        listing = Listing.of(disk, directory);
        listing.temporary().forEach(name -> unneeded.add(directory.resolve(name)));
        readCheckpoints();
        sparse = SparseListing.read(disk, directory, listing, saved, config.salvage());
        listSegments();
        long replayFrom = saved.map(CheckpointFile.Head::replayFrom).orElse(0L);
        List<Segment> newer = dropUnused(replayFrom);
        UUID id = store.orElseGet(UUID::randomUUID);
        Tail tail = new Tail(disk, id, recovery, config.salvage(), replayFrom);
        sparse.report(tail, replayFrom);
        verifyNeeded(tail);
        List<Tail.Part> parts = new ArrayList<>();
        for (Segment segment : newer) {
            parts.add(part(segment, tail));
        }
        verifyGapless(parts, tail, replayFrom);
        if (saved.isPresent()) {
            recovery.checkpoint(new CheckpointReader(disk, checkpoints.get(checkpoints.size() - 1)));
        }
        tail.replay(parts);
        verifyEnd(parts, tail);
        return new Found(parts, tail, id);
    }

    /** Keeps the two newest sound checkpoints; a damaged one is passed over in favour of the one before. */
    private void readCheckpoints() throws IOException {
        for (long position : listing.checkpoints().descendingSet()) {
            if (checkpoints.size() < 2) {
                try {
                    checkpoints.add(0, CheckpointFile.verify(disk, Layout.checkpoint(directory, position)));
                } catch (DamagedException e) {
                    notice(e.file(), e.offset(), "the checkpoint is damaged; another one is used, and more of the journal is read");
                }
            }
        }
        if (!checkpoints.isEmpty()) {
            CheckpointFile.Head head = checkpoints.get(checkpoints.size() - 1).head();
            saved = Optional.of(head);
            store = Optional.of(head.store());
            epoch = head.epoch();
        }
    }

    /** The first change to the directory: nothing can refuse any more. */
    private void tidy() throws IOException {
        unneeded.addAll(sparse.unneeded());
        for (Path path : unneeded) {
            disk.delete(path);
        }
        for (long number : listing.free()) {
            addSpare(Layout.free(directory, number));
            firstFree = number + 1;
        }
        for (Segment segment : unused) {
            Path path = Layout.free(directory, firstFree++);
            disk.rename(segment.path(), path);
            disk.syncDirectory(directory);
            addSpare(path);
        }
    }

    private void addSpare(Path file) throws IOException {
        boolean room = spare.size() < config.pooledSegments() + Preparer.AHEAD;
        if (room && disk.size(file) == config.segmentBytes()) {
            spare.add(file);
        } else {
            disk.delete(file);
        }
    }

    private void listSegments() throws IOException {
        segments.addAll(sparse.segments());
        for (long base : listing.segments()) {
            Path path = Layout.segment(directory, base);
            long size = disk.size(path);
            if (size > Integer.MAX_VALUE) {
                throw new DamagedException(path.getFileName().toString(), 0, "no segment is so large");
            }
            Segment plain = new Segment(path, base, (int) size);
            if (sparse.segments().stream().anyMatch(newer -> newer.covers(plain))) {
                unneeded.add(path);
            } else {
                segments.add(plain);
            }
        }
        segments.sort(Comparator.comparingLong(Segment::base));
        for (int i = 1; i < segments.size(); i++) {
            if (segments.get(i).base() < segments.get(i - 1).limit()) {
                throw new DamagedException(segments.get(i).name(), 0, "the file overlaps another segment");
            }
        }
        store = store.or(sparse::store);
    }

    /** The segments to be replayed, without the newest ones that never held a frame: those become spare files. */
    private List<Segment> dropUnused(long replayFrom) throws IOException {
        List<Segment> newer = new ArrayList<>();
        for (Segment segment : segments) {
            if (!segment.isSparse() && (Math.max(segment.limit(), segment.base() + 1) > replayFrom || cutShort(segment, replayFrom))) {
                newer.add(segment);
            }
        }
        while (!newer.isEmpty() && !durable(newer.get(newer.size() - 1)) && !used(newer.get(newer.size() - 1))) {
            Segment never = newer.remove(newer.size() - 1);
            segments.remove(never);
            unused.add(never);
        }
        for (Segment segment : newer) {
            ByteBuffer block = firstBlock(segment);
            Optional<SegmentHeader> header = SegmentHeader.decode(block, segment.name());
            store = store.or(() -> header.map(SegmentHeader::store));
        }
        return newer;
    }

    /** Whether the journal was durable up to a place inside this segment when the checkpoint was taken: it held a frame, whatever is to be seen of it. */
    private boolean durable(Segment segment) {
        return saved.filter(head -> head.position() > segment.base() + Layout.BLOCK).isPresent();
    }

    /** Whether a file ends before the replay position and did not always. */
    private boolean cutShort(Segment segment, long replayFrom) throws IOException {
        boolean last = segments.stream().noneMatch(other -> other.base() > segment.base() && other.base() <= replayFrom);
        return last && SegmentHeader.decode(firstBlock(segment), segment.name()).filter(header -> header.capacity() > segment.capacity()
                && segment.base() + header.capacity() > replayFrom).isPresent();
    }

    private boolean used(Segment segment) throws IOException {
        ByteBuffer block = firstBlock(segment);
        Optional<SegmentHeader> header = SegmentHeader.decode(block, segment.name());
        if (header.isEmpty() && !SegmentHeader.blank(block)) {
            return true;
        }
        if (header.isPresent() && (header.get().base() != segment.base() || header.get().capacity() != segment.capacity())) {
            return true;
        }
        UUID id = header.map(SegmentHeader::store).orElse(new UUID(0, 0));
        FrameReader reader = new FrameReader(id);
        try (DiskFile file = disk.open(segment.path(), Disk.Mode.READ)) {
            reader.over(file, segment.base(), segment.capacity());
            if (header.isEmpty()) {
                int spoiled = Layout.spoiled(block, 0, block.limit());
                if (spoiled >= 0) {
                    notice(segment.name(), spoiled, "bytes of a file that was never used are not zero");
                }
                return reader.everUsed();
            }
            epoch = Math.max(epoch, header.get().epoch());
            if (reader.find(Layout.BLOCK, header.get().epoch()) >= 0) {
                return true;
            }
            Optional<String> torn = new TornGroup(file, segment.base(), segment.capacity()).at(Layout.BLOCK);
            if (torn.isPresent()) {
                notice(segment.name(), Layout.BLOCK, torn.get());
            }
            return false;
        }
    }

    private void notice(String file, long offset, String what) {
        LOG.warn("{} at offset {}: {}", directory.resolve(file), offset, what);
        recovery.noticed(file, offset, what);
    }

    private ByteBuffer firstBlock(Segment segment) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(Layout.BLOCK);
        try (DiskFile file = disk.open(segment.path(), Disk.Mode.READ)) {
            file.readUpTo(block, 0);
        }
        return block.flip();
    }

    private Tail.Part part(Segment segment, Tail tail) throws IOException {
        Optional<SegmentHeader> found = SegmentHeader.decode(firstBlock(segment), segment.name());
        if (found.isEmpty()) {
            tail.damage(segment.name(), 0, Layout.BLOCK, "the segment's header is damaged, or this is no segment at all");
            return new Tail.Part(segment, found);
        }
        SegmentHeader header = found.get();
        int spoiled = Layout.spoiled(firstBlock(segment), SegmentHeader.USED, Layout.BLOCK);
        if (spoiled >= 0) {
            notice(segment.name(), spoiled, "bytes behind the header are not zero, as they were written; they mean nothing");
        }
        if (!store.equals(Optional.of(header.store()))) {
            throw new FormatException(segment.name(), "the segment belongs to another journal");
        }
        if (header.base() != segment.base()) {
            throw new FormatException(segment.name(), "the file has been renamed, it was " + Layout.hex(header.base()));
        }
        if (header.capacity() != segment.capacity()) {
            tail.damage(segment.name(), segment.capacity(), Math.max(0, header.capacity() - segment.capacity()),
                    "the file ends here, it had " + header.capacity() + " bytes");
        }
        epoch = Math.max(epoch, header.epoch());
        return new Tail.Part(segment, found);
    }

    private void verifyNeeded(Tail tail) throws IOException {
        for (CheckpointFile.Needed needed : saved.map(CheckpointFile.Head::needed).orElse(List.of())) {
            if (segments.stream().noneMatch(segment -> segment.holds(needed.base()))) {
                String name = Layout.segment(directory, needed.base()).getFileName().toString();
                tail.damage(name, 0, 0, "the segment is missing, and the checkpoint needs it");
            }
        }
    }

    private void verifyGapless(List<Tail.Part> parts, Tail tail, long replayFrom) throws IOException {
        long expected = -1;
        for (Tail.Part part : parts) {
            Segment segment = part.segment();
            long before = part.header().map(SegmentHeader::predecessorEnd).orElse(0L);
            boolean missing = expected < 0 ? segment.base() > replayFrom && before > replayFrom : segment.base() != expected;
            if (missing) {
                tail.damage(segment.name(), 0, 0, "the segment before this one, which ended at position " + before + ", is missing");
            }
            expected = segment.limit();
        }
    }

    private void verifyEnd(List<Tail.Part> parts, Tail tail) throws IOException {
        long needed = saved.map(CheckpointFile.Head::position).orElse(0L);
        if (parts.isEmpty()) {
            tail.nothing(needed);
        } else if (tail.end() < needed) {
            Segment last = parts.get(parts.size() - 1).segment();
            tail.damage(last.name(), Math.max(Layout.BLOCK, tail.end() - last.base()), needed - tail.end(),
                    "the journal ends here, but was durable up to position " + needed + " when the checkpoint was taken");
            tail.nothing(needed);
        }
    }

    private Journal begin(List<Tail.Part> parts, Tail tail, UUID id) throws IOException {
        tidy();
        tail.rewriteLast();
        Set<Segment> replayed = parts.stream().map(Tail.Part::segment).collect(Collectors.toSet());
        long base = Layout.alignBlock(tail.end());
        for (Segment segment : segments) {
            base = Math.max(base, segment.limit());
            segment.dead(saved.isPresent() && saved.get().dead(segment));
            if (!replayed.contains(segment)) {
                segment.sealedAt(segment.limit());
            }
        }
        Segments table = new Segments(segments);
        Preparer preparer = new Preparer(config, disk, spare, firstFree);
        Appender appender = new Appender(config, id, epoch + 1, table, preparer);
        Checkpoints taking = new Checkpoints(config, disk, id, epoch + 1, table, appender, preparer, checkpoints);
        Compactor compactor = new Compactor(config, disk, id, epoch + 1, table, appender, taking);
        preparer.start();
        preparer.want(base);
        try {
            long since = saved.map(CheckpointFile.Head::position).orElse(0L);
            appender.start(tail.end(), tail.chain(), tail.lossy() ? tail.end() - config.checkpointBytes() : since);
        } catch (IOException | RuntimeException e) {
            preparer.close();
            throw e;
        }
        LOG.info("Journal {} open: {} segments, ends at position {}", directory, segments.size(), tail.end());
        return new Journal(config, disk, id, new Journal.Parts(table, appender, preparer, taking, compactor));
    }
}
