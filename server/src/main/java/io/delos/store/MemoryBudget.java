package io.delos.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How much of the heap messages may take, and what for. The broker's own needs are set aside; the rest is divided into shares by fixed
 * proportion, so that no setting and no load of one kind takes what another needs. Whoever holds messages says so; a share that is used up
 * narrows what each of its users may hold before it turns anybody away. The same message may be counted in two shares: the sum errs on the
 * safe side. Any thread.
 */
public final class MemoryBudget {

    /** What messages are held in memory for. */
    public enum Share {
        /** They are next in their queues. */
        WINDOWS(5),
        /** They are with consumers that have not acknowledged them. */
        HANDED(5),
        /** They are on their way to the disk. */
        WRITING(3),
        /** They are on their way to sockets, in direct memory then, of which there is as much as of the heap unless it is told otherwise. */
        SENDING(2),
        /** They are part of transactions that are not decided. */
        TRANSACTIONS(1),
        /** They are still arriving: their pieces wait for the rest, on the heap or in direct memory. */
        ARRIVING(2);

        private final int parts;

        Share(int parts) {
            this.parts = parts;
        }
    }

    /** The parts of all shares; what is left of them is for sockets' buffers, translations and what is being read from the disk. */
    private static final int PARTS = 20;
    /** What the broker needs before the first message comes, in bytes: classes, journal, queues, connections. */
    private static final long OWN = 20L << 20;
    /** The least that is divided, in bytes, however small the heap. */
    private static final long LEAST = 16L << 20;
    private static final int LARGEST_MESSAGE = 16;

    private final long divided;
    private final AtomicLongArray used = new AtomicLongArray(Share.values().length);

    private MemoryBudget(long divided) {
        this.divided = divided;
    }

    /** {@code heap}: what the heap may grow to, in bytes. */
    public static MemoryBudget of(long heap) {
        return new MemoryBudget(Math.max(LEAST, heap - OWN));
    }

    /** A budget that divides just so many bytes. */
    public static MemoryBudget dividing(long bytes) {
        return new MemoryBudget(bytes);
    }

    /** The budget of this process. */
    public static MemoryBudget ofHeap() {
        return of(Runtime.getRuntime().maxMemory());
    }

    /** So many bytes more, or fewer, are held for this. */
    public void add(Share share, long bytes) {
        used.addAndGet(share.ordinal(), bytes);
    }

    /** Bytes held for this. */
    public long used(Share share) {
        return used.get(share.ordinal());
    }

    /** Bytes that may be held for this. */
    public long limit(Share share) {
        return divided / PARTS * share.parts;
    }

    /** Whether the share is used up. */
    public boolean exhausted(Share share) {
        return used(share) >= limit(share);
    }

    /** The largest message that can be moved through this heap, in bytes: it is in several places at once. */
    public long largestMessage() {
        return divided / LARGEST_MESSAGE;
    }
}
