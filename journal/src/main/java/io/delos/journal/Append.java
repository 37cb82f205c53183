package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One atomic unit of writing: all its records become durable together or not at all. Made on any thread, handed to
 * {@link Journal#append}, then owned by the journal thread until {@link #durable} or {@link #failed} is called, exactly once.
 * It may be appended again after that. Every method but the two sizes is called on the journal thread and must be short.
 *
 * <p>A unit of no records only keeps its place in the order.
 */
public abstract class Append {
    /** The queue's link, see {@link AppendQueue}; later the link of the group being written. */
    volatile Append next;
    /** What the unit takes in a frame, headers and padding included. */
    long frameBytes;
    /** The sum of its payloads. */
    long payloadBytes;
    /** Why this unit alone can't be written; set and read by the journal thread. */
    IOException refusal;

    /** For subclasses. */
    protected Append() {
    }

    /** How many records; constant while the unit is with the journal. Also called by the appending thread. */
    protected abstract int recordCount();

    /** Payload bytes of record {@code i}, exactly; constant while the unit is with the journal. Also called by the appending thread. */
    protected abstract int recordSize(int i);

    /** What kind of record it is; the journal only stores it. */
    protected abstract byte recordType(int i);

    /**
     * Writes exactly {@link #recordSize} bytes of payload, big-endian buffer, no other state of it changed.
     * An exception, or another number of bytes, fails this unit only.
     *
     * @param position where record {@code i} starts; the position to {@link Journal#read} it by
     */
    protected abstract void encodeRecord(int i, ByteBuffer target, long position);

    /**
     * Whether nobody waits for it: then it is written with what comes next, or when for some milliseconds nothing has. Constant while the unit is with
     * the journal.
     */
    protected boolean patient() {
        return false;
    }

    /** The unit is durable. Called in the order of appending. */
    protected abstract void durable();

    /**
     * The unit is not in the journal, or not known to be: after a failed write nothing more is accepted. A unit that is too large, or
     * can't be encoded, fails alone. Called on the journal thread, or by {@link Journal#append} itself once the journal is closed.
     */
    protected abstract void failed(IOException cause);

    /** Adds up the sizes, on the appending thread. */
    final void measure() {
        long frame = 0;
        long payload = 0;
        int count = recordCount();
        for (int i = 0; i < count; i++) {
            int size = recordSize(i);
            if (size < 0) {
                throw new IllegalArgumentException("record " + i + " of " + this + " has negative size " + size);
            }
            payload += size;
            frame += Layout.recordBytes(size);
        }
        frameBytes = frame;
        payloadBytes = payload;
        refusal = null;
    }
}
