package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The opening thread's. Which sparse segments there are. One got its name after all of it was on the disk, and what it replaces was deleted
 * after that; so wherever two stand for the same positions, the one counted later is whole and wins, and so it does over plain segments.
 */
final class SparseListing {
    private static final Logger LOG = LogManager.getLogger(SparseListing.class);

    private final Disk disk;
    private final Optional<CheckpointFile.Head> saved;
    private final boolean salvage;
    private final List<Segment> segments = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    private final List<Path> unneeded = new ArrayList<>();

    /** A damaged file that is needed. */
    private record Loss(DamagedException damage, long bytes) {
    }

    private SparseListing(Disk disk, Optional<CheckpointFile.Head> saved, boolean salvage) {
        this.disk = disk;
        this.saved = saved;
        this.salvage = salvage;
    }

    /**
     * Reads their headers.
     *
     * @throws DamagedException if a needed one is damaged, unless salvaging
     * @throws FormatException if one belongs to another journal or was written by a newer release
     */
    static SparseListing read(Disk disk, Path directory, Listing listing, Optional<CheckpointFile.Head> saved, boolean salvage)
            throws IOException {
        SparseListing found = new SparseListing(disk, saved, salvage);
        for (Listing.SparseName name : listing.sparse().stream()
                .sorted(Comparator.comparingLong(Listing.SparseName::counted).reversed()).toList()) {
            found.read(name, directory.resolve(name.file()), listing);
        }
        return found;
    }

    private void read(Listing.SparseName name, Path path, Listing listing) throws IOException {
        Segment segment;
        try {
            long replayFrom = saved.map(CheckpointFile.Head::replayFrom).orElse(0L);
            segment = Segment.sparse(path, SparseIndex.read(disk, path, new LostHeader.Hints(saved.map(CheckpointFile.Head::store).or(this::store),
                    position -> listing.limit(position, replayFrom))));
        } catch (DamagedException e) {
            damaged(name, path, e);
            return;
        }
        UUID expected = saved.map(CheckpointFile.Head::store).or(this::store).orElse(segment.index().header().store());
        if (!expected.equals(segment.index().header().store())) {
            throw new FormatException(name.file(), "the segment belongs to another journal");
        }
        if (segments.stream().anyMatch(newer -> newer.covers(segment))) {
            unneeded.add(path);
        } else {
            segments.add(segment);
        }
    }

    /** One that the checkpoint does not list was on its way out. Salvaging keeps none that can't be read, and says what that costs. */
    private void damaged(Listing.SparseName name, Path path, DamagedException damage) throws IOException {
        boolean needed = saved.isEmpty() || saved.get().needed().stream().anyMatch(listed -> listed.base() == name.base());
        boolean replaced = segments.stream().anyMatch(newer -> newer.holds(name.base()));
        if (needed && !replaced && !salvage) {
            throw damage;
        }
        if (needed && !replaced) {
            losses.add(new Loss(damage, disk.size(path)));
        } else {
            LOG.warn("{}; nothing in it is needed any more, so it goes", damage.getMessage());
            unneeded.add(path);
        }
    }

    /** Those that count, in no order. */
    List<Segment> segments() {
        return segments;
    }

    /** Files that another one stands for, or that nothing needs. */
    List<Path> unneeded() {
        return unneeded;
    }

    /** The journal they belong to. */
    Optional<UUID> store() {
        return segments.stream().map(segment -> segment.index().header().store()).findAny();
    }

    /** Says what is damaged. {@link DamagedException} if there is one that can't do without a checkpoint behind it, unless salvaging. */
    void report(Tail tail, long replayFrom) throws IOException {
        for (Loss loss : losses) {
            tail.damage(loss.damage.file(), loss.damage.offset(), loss.bytes, "a sparse segment is damaged: " + loss.damage.getMessage());
        }
        for (Segment segment : segments) {
            if (segment.index().damage().isPresent()) {
                DamagedException damage = segment.index().damage().get();
                tail.notice(damage.file(), damage.offset(), "the sparse segment's index or header is damaged; all it said was found in the pages");
            }
            if (segment.limit() > replayFrom) {
                tail.damage(segment.name(), 0, 0, "what was to be replayed from here is gone: no checkpoint behind it can be read");
            }
        }
    }
}
