package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Any thread, one checkpoint at a time. Writes checkpoints, keeps the two newest, and gives back the segments that neither of them needs.
 *
 * <p>A checkpoint lists every segment that was not already dead at the one before: its saved state may be older than this moment, and refer
 * to something that has died since. So a segment's file goes at the second checkpoint after the one that found it dead, when no kept
 * checkpoint can lead back to it.
 */
final class Checkpoints {
    private static final Logger LOG = LogManager.getLogger(Checkpoints.class);
    private static final int KEPT = 2;

    private final JournalConfig config;
    private final Disk disk;
    private final UUID store;
    private final int epoch;
    private final Segments segments;
    private final Appender appender;
    private final Preparer preparer;
    private final Deque<CheckpointFile> kept = new ArrayDeque<>();
    private volatile Ends ends;

    /** @param existing valid checkpoints, oldest first */
    Checkpoints(JournalConfig config, Disk disk, UUID store, int epoch, Segments segments, Appender appender, Preparer preparer,
            List<CheckpointFile> existing) {
        this.config = config;
        this.disk = disk;
        this.store = store;
        this.epoch = epoch;
        this.segments = segments;
        this.appender = appender;
        this.preparer = preparer;
        kept.addAll(existing);
        ends = Ends.of(kept);
    }

    /** What is known of the kept checkpoints without their lock: the newest's position, its replay position, and the older's. */
    private record Ends(long position, long newer, long older) {

        static Ends of(Deque<CheckpointFile> kept) {
            return kept.isEmpty() ? new Ends(0, 0, 0) : new Ends(kept.getLast().head().position(), kept.getLast().head().replayFrom(),
                    kept.size() < KEPT ? 0 : kept.getFirst().head().replayFrom());
        }
    }

    /** Before which position nothing will be replayed from either checkpoint, once another was taken at this position. Takes no lock. */
    long replayedFromAfter(long position) {
        Ends now = ends;
        return position == now.position ? now.older : now.newer;
    }

    synchronized void take(long replayFrom, CheckpointContents contents) throws IOException {
        long position = appender.durable();
        if (replayFrom < 0 || replayFrom > position) {
            throw new IllegalArgumentException("replay position " + replayFrom + " is not durable yet, only " + position + " is");
        }
        if (!kept.isEmpty() && replayFrom < kept.getLast().head().replayFrom()) {
            throw new IllegalArgumentException("replay position " + replayFrom + " lies before that of the checkpoint before, "
                    + kept.getLast().head().replayFrom() + ": what it needs may be gone");
        }
        if (appender.failure() != null) {
            throw new IOException("the journal has failed", appender.failure());
        }
        CheckpointFile.Head head = new CheckpointFile.Head(epoch, store, position, replayFrom, needed(position, replayFrom));
        Path path = write(head, contents);
        kept.removeIf(older -> older.path().equals(path));
        kept.addLast(new CheckpointFile(path, head));
        appender.checkpointed(position);
        forgetOlder();
        ends = Ends.of(kept);
        reclaim(head);
    }

    /** Whether the newest checkpoint covers a position, and the older one needs to replay nothing before another. */
    synchronized boolean cover(long position, long replayed) {
        return kept.size() == KEPT && kept.getLast().head().replayFrom() >= position && kept.getFirst().head().replayFrom() >= replayed;
    }

    /**
     * Puts a sparse segment, written under another name, in the place of others, whose files are given back. False if one of them has been
     * reclaimed meanwhile, so that nothing was changed.
     *
     * @throws IOException if the new file could not be given its name: the others stay
     */
    synchronized boolean replace(List<Segment> old, Segment fresh, Path written) throws IOException {
        if (!segments.all().containsAll(old)) {
            return false;
        }
        try {
            disk.rename(written, fresh.path());
            disk.syncDirectory(config.directory());
        } catch (IOException e) {
            disk.delete(fresh.path());
            throw e;
        }
        segments.replace(old, fresh);
        giveBack(old);
        return true;
    }

    private List<CheckpointFile.Needed> needed(long position, long replayFrom) {
        List<CheckpointFile.Needed> needed = new ArrayList<>();
        for (Segment segment : segments.all()) {
            boolean begun = segment.base() + Layout.BLOCK < position;
            boolean lives = segment.living() != 0;
            if (begun && (lives || !segment.dead())) {
                needed.add(new CheckpointFile.Needed(segment.base(), !lives && segment.end() <= replayFrom));
            }
        }
        return needed;
    }

    private Path write(CheckpointFile.Head head, CheckpointContents contents) throws IOException {
        Path path = Layout.checkpoint(config.directory(), head.position());
        Path temporary = path.resolveSibling(path.getFileName() + Layout.TEMPORARY_SUFFIX);
        try {
            try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
                CheckpointWriter writer = new CheckpointWriter(file);
                writer.head(head, store);
                contents.writeTo(writer);
                writer.end();
                file.force(true);
            }
            disk.rename(temporary, path);
            disk.syncDirectory(config.directory());
        } catch (IOException | RuntimeException e) {
            try {
                disk.delete(temporary);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        return path;
    }

    /** Deletes all checkpoints but the two newest valid ones. */
    private void forgetOlder() throws IOException {
        while (kept.size() > KEPT) {
            kept.removeFirst();
        }
        Set<String> names = new HashSet<>();
        kept.forEach(file -> names.add(file.path().getFileName().toString()));
        for (String name : disk.list(config.directory())) {
            if (Layout.checkpointPosition(name).isPresent() && !names.contains(name)) {
                disk.delete(config.directory().resolve(name));
            }
        }
    }

    /** Marks what this checkpoint found dead, and gives back what is in no kept checkpoint's list. */
    private void reclaim(CheckpointFile.Head newest) throws IOException {
        NavigableSet<Long> listed = new TreeSet<>();
        kept.forEach(file -> file.head().needed().forEach(needed -> listed.add(needed.base())));
        List<Segment> gone = new ArrayList<>();
        for (Segment segment : segments.all()) {
            segment.dead(newest.dead(segment));
            if (segment.dead() && segment.living() == 0 && listed.subSet(segment.base(), segment.limit()).isEmpty()) {
                gone.add(segment);
            }
        }
        if (!gone.isEmpty()) {
            segments.remove(gone);
            giveBack(gone);
            LOG.debug("{} segments reclaimed", gone.size());
        }
    }

    /** The files of segments that are in the table no more. */
    private void giveBack(List<Segment> gone) throws IOException {
        for (Segment segment : gone) {
            segment.close();
            preparer.recycle(segment);
        }
        disk.syncDirectory(config.directory());
    }
}
