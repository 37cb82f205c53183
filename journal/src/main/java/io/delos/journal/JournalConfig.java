package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * How a journal is kept. Made with {@link #in} and the {@code with} methods.
 *
 * @param directory where its files are; created if missing. Only one journal at a time may be open there: locking is the caller's.
 * @param segmentBytes size of new segments, header included: a multiple of 4096 from 16 KiB to 1 GiB. Bounds a unit, see
 *        {@link #maxUnitBytes}. May differ from one opening to the next.
 * @param maxGroupBytes how many bytes are committed together at most; a larger unit is committed alone
 * @param pooledSegments how many dead segments are kept for reuse rather than deleted
 * @param sync whether each group is synced before it counts as durable; without, only the operating system holds it, and after a power
 *        failure the journal may need salvaging
 * @param salvage whether {@link Journal#open} skips damage, reporting it to {@link Recovery#damaged}, instead of refusing. The damage stays
 *        in the files until a checkpoint lies behind it; one is due at once.
 * @param checkpointBytes after how many bytes a checkpoint is due
 * @param afterGroup called on the journal thread after the last {@link Append#durable} or {@link Append#failed} of each group
 * @param checkpointDue called on the journal thread each time {@code checkpointBytes} have been written
 * @param onFailure called once, on the journal thread, when a write has failed and the journal accepts nothing more
 * @param onDiskTrouble called on the preparing thread each time no segment could be made in advance (a full disk, as a rule); the journal
 *        goes on with what it has, see {@link Journal#freeSegments}
 * @param crew who does the work
 */
public record JournalConfig(Path directory, int segmentBytes, int maxGroupBytes, int pooledSegments, boolean sync, boolean salvage,
        long checkpointBytes, Runnable afterGroup, Runnable checkpointDue, Consumer<IOException> onFailure,
        Consumer<IOException> onDiskTrouble, Crew crew) {

    public JournalConfig {
        if (segmentBytes < 16 << 10 || segmentBytes > 1 << 30 || segmentBytes % Layout.BLOCK != 0) {
            throw new IllegalArgumentException("segmentBytes is " + segmentBytes + ", not a multiple of 4096 from 16384 to 1073741824");
        }
        if (maxGroupBytes < Layout.BLOCK || maxGroupBytes > segmentBytes) {
            throw new IllegalArgumentException("maxGroupBytes is " + maxGroupBytes + ", not from 4096 to segmentBytes");
        }
        if (pooledSegments < 0 || checkpointBytes <= 0) {
            throw new IllegalArgumentException("pooledSegments is negative or checkpointBytes not positive");
        }
    }

    /** The defaults: 64 MiB segments, groups of up to 1 MiB, 4 pooled segments, synced, a checkpoint due each 64 MiB, nobody informed. */
    public static JournalConfig in(Path directory) {
        return new JournalConfig(directory, 64 << 20, 1 << 20, 4, true, false, 64 << 20, () -> { }, () -> { }, e -> { }, e -> { },
                Crew.threads());
    }

    /** The largest {@link Append} accepted: the sum over its records of payload plus 16, rounded up to 8. */
    public long maxUnitBytes() {
        return segmentBytes - Layout.BLOCK - Layout.FRAME_HEADER;
    }

    /** Another segment size; groups are bounded by it too. */
    public JournalConfig withSegmentBytes(int bytes) {
        return new JournalConfig(directory, bytes, Math.min(maxGroupBytes, bytes), pooledSegments, sync, salvage, checkpointBytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** Another bound for groups. */
    public JournalConfig withMaxGroupBytes(int bytes) {
        return new JournalConfig(directory, segmentBytes, bytes, pooledSegments, sync, salvage, checkpointBytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** Another size of the pool. */
    public JournalConfig withPooledSegments(int segments) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, segments, sync, salvage, checkpointBytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** With or without syncing. */
    public JournalConfig withSync(boolean synced) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, synced, salvage, checkpointBytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** Skipping damage or refusing it. */
    public JournalConfig withSalvage(boolean salvaging) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvaging, checkpointBytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** Another distance of checkpoints, in bytes. */
    public JournalConfig withCheckpointBytes(long bytes) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvage, bytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** With somebody to tell after each group. */
    public JournalConfig withAfterGroup(Runnable hook) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvage, checkpointBytes,
                hook, checkpointDue, onFailure, onDiskTrouble, crew);
    }

    /** With somebody to tell when a checkpoint is due. */
    public JournalConfig withCheckpointDue(Runnable hook) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvage, checkpointBytes,
                afterGroup, hook, onFailure, onDiskTrouble, crew);
    }

    /** With somebody to tell of the failure that ends it. */
    public JournalConfig withOnFailure(Consumer<IOException> hook) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvage, checkpointBytes,
                afterGroup, checkpointDue, hook, onDiskTrouble, crew);
    }

    /** With somebody to tell that no segment could be made in advance. */
    public JournalConfig withOnDiskTrouble(Consumer<IOException> hook) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvage, checkpointBytes,
                afterGroup, checkpointDue, onFailure, hook, crew);
    }

    /** With others to do the work. */
    public JournalConfig withCrew(Crew others) {
        return new JournalConfig(directory, segmentBytes, maxGroupBytes, pooledSegments, sync, salvage, checkpointBytes,
                afterGroup, checkpointDue, onFailure, onDiskTrouble, others);
    }
}
