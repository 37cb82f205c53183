package io.delos.queue;

import io.delos.message.Message;
import io.delos.store.ColdMessages;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * References to messages that are not in memory, in order: 16 bytes each, and for a message that lies nowhere on disk the message itself.
 * Not thread-safe; a full or handed-over one is not changed any more.
 */
final class Refs {

    /** Bytes of one reference when written. */
    static final int BYTES = 16;
    /** In the mark of a message that came with a large transaction: its position says nothing about its place in the queue. */
    static final int STAGED = 1 << 8;
    /** In the mark of a message that never expires. Without it the message has to be read to know. */
    static final int LASTS = 1 << 9;

    /** Stands in the place of a reference that is not known: no message lies at this position. */
    static final long UNKNOWN = 0;

    private long[] positions;
    private int[] sizes;
    private int[] marks;
    private Message[] kept;
    private int keptCount;
    private int count;
    /** Where a position is less than the one before: those of large transactions are less than their neighbours'. */
    private final BitSet steps = new BitSet(0);

    Refs(int capacity) {
        positions = new long[capacity];
        sizes = new int[capacity];
        marks = new int[capacity];
    }

    /** Adds one; {@code message} is null when the position says where it lies. */
    void add(long position, int size, int priority, int failures, Message message) {
        addMarked(position, size, mark(priority, failures, false, false), message);
    }

    static int mark(int priority, int failures, boolean staged, boolean lasts) {
        return priority | Math.min(failures, 0x7fff) << 16 | (staged ? STAGED : 0) | (lasts ? LASTS : 0);
    }

    /** The mark of a message that has just come, perhaps with a transaction that had been written. */
    static int mark(Message message, boolean staged) {
        return mark(message.priority(), 0, staged, message.expiration() == 0);
    }

    /** The same mark with another number of failures. */
    static int failed(int mark, int failures) {
        return mark & 0xffff | Math.min(failures, 0x7fff) << 16;
    }

    /** Adds one with what {@link #mark} says of it. */
    void addMarked(long position, int size, int mark, Message message) {
        if (count == positions.length) {
            grow();
        }
        if (count > 0 && position < positions[count - 1]) {
            steps.set(count);
        }
        positions[count] = position;
        sizes[count] = size;
        marks[count] = mark;
        if (message != null) {
            if (kept == null) {
                kept = new Message[positions.length];
            }
            kept[count] = message;
            keptCount++;
        }
        count++;
    }

    /** Adds a copy of another's reference. */
    void add(Refs from, int i) {
        addMarked(from.positions[i], from.sizes[i], from.marks[i], from.kept(i));
    }

    private void grow() {
        int capacity = Math.max(8, positions.length * 2);
        positions = Arrays.copyOf(positions, capacity);
        sizes = Arrays.copyOf(sizes, capacity);
        marks = Arrays.copyOf(marks, capacity);
        if (kept != null) {
            kept = Arrays.copyOf(kept, capacity);
        }
    }

    int count() {
        return count;
    }

    long position(int i) {
        return positions[i];
    }

    int size(int i) {
        return sizes[i];
    }

    int priority(int i) {
        return marks[i] & 0xff;
    }

    int failures(int i) {
        return marks[i] >>> 16;
    }

    int mark(int i) {
        return marks[i];
    }

    /** Whether it came with a large transaction. */
    boolean staged(int i) {
        return (marks[i] & STAGED) != 0;
    }

    /** Whether it is known that it never expires. */
    boolean lasts(int i) {
        return (marks[i] & LASTS) != 0;
    }

    /** The message that lies nowhere on disk; null for one that does. */
    Message kept(int i) {
        return kept == null ? null : kept[i];
    }

    /** Whether some of them lie nowhere on disk. */
    boolean anyKept() {
        return keptCount > 0;
    }

    /** Whether the journal holds the message, so that it is there after a restart. */
    boolean durable(int i) {
        return kept(i) == null && !ColdMessages.spilled(positions[i]);
    }

    /** Whether nobody knows what this referred to. */
    boolean missing(int i) {
        return positions[i] == UNKNOWN && kept(i) == null;
    }

    /** The kept message now lies at {@code position}. */
    void place(int i, long position) {
        forget(i);
        positions[i] = position;
    }

    /** Lets go of a kept message. */
    void forget(int i) {
        if (kept(i) != null) {
            kept[i] = null;
            keptCount--;
        }
    }

    /** Where the reference to {@code position} is; negative if there is none. */
    int find(long position) {
        int to = count;
        while (to > 0) {
            int from = Math.max(0, steps.previousSetBit(to - 1));
            int found = Arrays.binarySearch(positions, from, to, position);
            if (found >= 0) {
                return found;
            }
            to = from;
        }
        return -1;
    }

    /** Changes how often delivery of one has failed. */
    void failures(int i, int failures) {
        marks[i] = failed(marks[i], failures);
    }

    /** Takes out those whose bit is set. */
    void removeAll(BitSet gone) {
        int to = 0;
        steps.clear();
        for (int from = 0; from < count; from++) {
            if (!gone.get(from)) {
                if (to > 0 && positions[from] < positions[to - 1]) {
                    steps.set(to);
                }
                positions[to] = positions[from];
                sizes[to] = sizes[from];
                marks[to] = marks[from];
                to++;
            }
        }
        count = to;
    }

    /** Writes reference {@code i}: position i64, size i32, mark i32. */
    void write(int i, ByteBuffer out) {
        out.putLong(positions[i]).putInt(sizes[i]).putInt(marks[i]);
    }

    /** Writes: count i32, references. */
    void write(ByteBuffer out) {
        out.putInt(count);
        for (int i = 0; i < count; i++) {
            write(i, out);
        }
    }

    /** Reads what {@link #write(int, ByteBuffer)} wrote. */
    void readOne(ByteBuffer in) {
        addMarked(in.getLong(), in.getInt(), in.getInt(), null);
    }

    /** Reads what {@link #write(ByteBuffer)} wrote. */
    static Refs read(ByteBuffer in) {
        int count = in.getInt();
        Refs refs = new Refs(Math.min(count, in.remaining() / BYTES));
        for (int i = 0; i < count; i++) {
            refs.readOne(in);
        }
        return refs;
    }
}
