package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Any thread, one round at a time. Rewrites segments of which little lives: the records that do are copied, as they are, into a sparse segment
 * that stands for the same positions.
 *
 * <p>Why nothing is lost by it: only segments are rewritten that end before the replay position of the older of the two kept checkpoints, so
 * no start replays them. What is left out was kept by nobody at a moment that the newer checkpoint covers. A start from that checkpoint does
 * not refer to it; a start from the older one may, but then reads the facts that made an end of it before it asks for any message.
 */
final class Compactor {
    private static final Logger LOG = LogManager.getLogger(Compactor.class);
    /** A first guess at a record's payload; a wrong one costs a second read. */
    private static final int GUESS = 2048;
    private static final int BATCH = 1024;

    private final Disk disk;
    private final Path directory;
    private final UUID store;
    private final int epoch;
    private final Segments segments;
    private final Appender appender;
    private final Checkpoints checkpoints;
    private final Selection selection;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closing;

    Compactor(JournalConfig config, Disk disk, UUID store, int epoch, Segments segments, Appender appender, Checkpoints checkpoints) {
        this.disk = disk;
        this.directory = config.directory();
        this.store = store;
        this.epoch = epoch;
        this.segments = segments;
        this.appender = appender;
        this.checkpoints = checkpoints;
        this.selection = new Selection(config.segmentBytes());
    }

    /** See {@link Journal#census}. */
    Optional<Census> census() {
        if (running.get() || closing) {
            return Optional.empty();
        }
        long position = appender.durable();
        List<Segment> candidates = candidates(position);
        return candidates.isEmpty() ? Optional.empty() : Optional.of(new Census(position, candidates, false));
    }

    /** See {@link Journal#censusOfAll}. */
    Optional<Census> censusOfAll() {
        List<Segment> old = old(appender.durable());
        return old.isEmpty() || closing ? Optional.empty() : Optional.of(new Census(appender.durable(), old, true));
    }

    private List<Segment> old(long position) {
        return Selection.all(segments.all(), checkpoints.replayedFromAfter(position), epoch);
    }

    private List<Segment> candidates(long position) {
        return selection.candidates(segments.all(), checkpoints.replayedFromAfter(position));
    }

    /** See {@link Journal#compact}. */
    boolean compact(Census census) {
        if (!running.compareAndSet(false, true)) {
            return false;
        }
        try {
            return !closing && round(census);
        } finally {
            running.set(false);
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Ends a round that is under way and begins no other. */
    synchronized void close() {
        closing = true;
        boolean interrupted = false;
        while (running.get()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean round(Census census) {
        Optional<Census.Outcome> outcome = census.outcome();
        if (outcome.isEmpty()) {
            LOG.warn("Nothing is compacted this time: not everybody has said what he keeps");
            return false;
        }
        List<Segment> counted = census.segments();
        long last = counted.get(counted.size() - 1).limit();
        if (!checkpoints.cover(census.position(), last)) {
            LOG.debug("Nothing is compacted this time: the checkpoint was not written");
            return false;
        }
        Progress progress = new Progress();
        for (int i = 0; i < counted.size(); i++) {
            long references = Math.max(1, Math.max(outcome.get().references()[i], counted.get(i).living()));
            counted.get(i).estimate(new Estimate(references, outcome.get().bytes()[i], false));
        }
        List<List<Segment>> groups = census.all() ? counted.stream().map(List::of).toList()
                : selection.groups(segments.all(), new HashSet<>(counted));
        for (List<Segment> group : groups) {
            if (closing || !rewrite(group, outcome.get(), census.position(), progress)) {
                break;
            }
        }
        LOG.debug("Compacted: {} of {} segments counted, {} bytes of files became {} bytes with {} records",
                progress.sources, counted.size(), progress.before, progress.after, progress.records);
        return progress.sources > 0 && !(census.all() ? old(appender.durable()) : candidates(appender.durable())).isEmpty();
    }

    /** What a round has done so far. */
    private static final class Progress {
        private int sources;
        private long before;
        private long after;
        private long records;
    }

    /** Puts one sparse segment in the place of a group of neighbours, or leaves everything as it is; false if the disk is to blame. */
    private boolean rewrite(List<Segment> group, Census.Outcome outcome, long counted, Progress progress) {
        long base = group.get(0).base();
        long limit = group.get(group.size() - 1).limit();
        Path path = Layout.sparse(directory, base, counted);
        Path temporary = path.resolveSibling(path.getFileName() + Layout.TEMPORARY_SUFFIX);
        long[] living = Arrays.copyOfRange(outcome.positions(), Census.place(outcome.positions(), base),
                Census.place(outcome.positions(), limit));
        try {
            SparseIndex index;
            try (SparseWriter writer = new SparseWriter(disk, temporary, store)) {
                copy(living, writer);
                index = writer.finish(epoch, base, limit, counted);
            }
            Segment fresh = Segment.sparse(path, index);
            if (checkpoints.replace(group, fresh, temporary)) {
                fresh.estimate(new Estimate(Math.max(1, fresh.living()), fresh.bytes(), false));
                progress.sources += group.size();
                progress.before += group.stream().mapToLong(Segment::bytes).sum();
                progress.after += fresh.bytes();
                progress.records += index.header().records();
                return true;
            }
            LOG.debug("{} is not needed any more", path.getFileName());
        } catch (DamagedException e) {
            LOG.warn("{}: it is still kept, so the file stays as it is", e.getMessage());
            group.stream().filter(segment -> segment.name().equals(e.file()))
                    .forEach(segment -> segment.estimate(new Estimate(1, segment.bytes(), true)));
        } catch (IOException e) {
            LOG.warn("{} could not be compacted this time and stays as it is: {}", directory, e.toString());
            discard(temporary);
            return false;
        }
        discard(temporary);
        return true;
    }

    private void copy(long[] living, SparseWriter writer) throws IOException {
        RecordReader reader = new RecordReader(segments, disk);
        int[] guesses = new int[Math.min(living.length, BATCH)];
        Arrays.fill(guesses, GUESS);
        Copying copying = new Copying(writer);
        for (int from = 0; from < living.length && copying.failure == null; from += BATCH) {
            long[] batch = Arrays.copyOfRange(living, from, Math.min(living.length, from + BATCH));
            reader.readRaw(batch, guesses, 0, batch.length, copying);
        }
        if (copying.failure != null) {
            throw copying.failure;
        }
    }

    private final class Copying implements RecordReader.RawVisitor {
        private final SparseWriter writer;
        private IOException failure;

        Copying(SparseWriter writer) {
            this.writer = writer;
        }

        @Override
        public void record(int index, long position, ByteBuffer bytes, int at, int payloadLength) {
            try {
                if (closing) {
                    throw new IOException("the journal is being closed");
                }
                if (failure == null) {
                    writer.add(position, bytes, at, payloadLength);
                }
            } catch (IOException e) {
                failure = e;
            }
        }

        @Override
        public void failed(int index, long position, IOException cause) {
            // one that is gone ended before, and whoever named it has not heard of it; if all its segment is, nothing will be replaced
            if (!(cause instanceof GoneException)) {
                failure = cause;
            }
        }
    }

    private void discard(Path temporary) {
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            LOG.debug("While discarding {}", temporary, e);
        }
    }
}
