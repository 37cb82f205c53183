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

    private long[] positions;
    private int[] sizes;
    private int[] marks;
    private Message[] kept;
    private int head;
    private int tail;
    /** Where a position is less than the one before: those of large transactions are less than their neighbours'. */
    private final BitSet steps = new BitSet(0);

    Refs(int capacity) {
        positions = new long[capacity];
        sizes = new int[capacity];
        marks = new int[capacity];
    }

    /** Adds one; {@code message} is null when the position says where it lies. */
    void add(long position, int size, int priority, int failures, Message message) {
        addMarked(position, size, mark(priority, failures, false), message);
    }

    static int mark(int priority, int failures, boolean staged) {
        return priority | Math.min(failures, 0x7fff) << 16 | (staged ? STAGED : 0);
    }

    /** Adds one with what {@link #mark} says of it. */
    void addMarked(long position, int size, int mark, Message message) {
        if (tail == positions.length) {
            grow();
        }
        if (tail > head && position < positions[tail - 1]) {
            steps.set(tail);
        }
        positions[tail] = position;
        sizes[tail] = size;
        marks[tail] = mark;
        if (message != null) {
            if (kept == null) {
                kept = new Message[positions.length];
            }
            kept[tail] = message;
        }
        tail++;
    }

    private void grow() {
        int capacity = Math.max(16, positions.length * 2);
        positions = Arrays.copyOf(positions, capacity);
        sizes = Arrays.copyOf(sizes, capacity);
        marks = Arrays.copyOf(marks, capacity);
        if (kept != null) {
            kept = Arrays.copyOf(kept, capacity);
        }
    }

    int count() {
        return tail - head;
    }

    boolean full() {
        return tail == positions.length;
    }

    long position(int i) {
        return positions[head + i];
    }

    int size(int i) {
        return sizes[head + i];
    }

    int priority(int i) {
        return marks[head + i] & 0xff;
    }

    int failures(int i) {
        return marks[head + i] >>> 16;
    }

    int mark(int i) {
        return marks[head + i];
    }

    /** Whether it came with a large transaction. */
    boolean staged(int i) {
        return (marks[head + i] & STAGED) != 0;
    }

    /** The message that lies nowhere on disk; null for one that does. */
    Message kept(int i) {
        return kept == null ? null : kept[head + i];
    }

    /** Whether the journal holds the message, so that it is there after a restart. */
    boolean durable(int i) {
        return kept(i) == null && !ColdMessages.spilled(position(i));
    }

    /** The slot that was filled last, for {@link #place}. */
    int lastSlot() {
        return tail - 1;
    }

    /** The kept message in this slot now lies at {@code position}; false if it has moved on meanwhile. */
    boolean place(int slot, Message message, long position) {
        if (slot < head || slot >= tail || kept == null || kept[slot] != message) {
            return false;
        }
        kept[slot] = null;
        positions[slot] = position;
        return true;
    }

    /** Moves the first {@code n} to the end of {@code target}. */
    void moveTo(Refs target, int n) {
        for (int i = 0; i < n; i++) {
            target.addMarked(position(i), size(i), mark(i), kept(i));
        }
        if (kept != null) {
            Arrays.fill(kept, head, head + n, null);
        }
        head += n;
    }

    /** Appends a copy of all to {@code target}. */
    void copyTo(Refs target) {
        for (int i = 0; i < count(); i++) {
            target.addMarked(position(i), size(i), mark(i), kept(i));
        }
    }

    /** Where the reference to {@code position} is; negative if there is none. */
    int find(long position) {
        int to = tail;
        while (to > head) {
            int from = Math.max(head, steps.previousSetBit(to - 1));
            int found = Arrays.binarySearch(positions, from, to, position);
            if (found >= 0) {
                return found - head;
            }
            to = from;
        }
        return -1;
    }

    /** Changes how often delivery of one has failed. */
    void failures(int i, int failures) {
        marks[head + i] = mark(priority(i), failures, staged(i));
    }

    /** Takes out those whose bit is set. */
    void removeAll(BitSet gone) {
        int to = head;
        steps.clear();
        for (int from = head; from < tail; from++) {
            if (!gone.get(from - head)) {
                if (to > head && positions[from] < positions[to - 1]) {
                    steps.set(to);
                }
                positions[to] = positions[from];
                sizes[to] = sizes[from];
                marks[to] = marks[from];
                to++;
            }
        }
        tail = to;
    }

    /** Writes reference {@code i}: position i64, size i32, mark i32. */
    void write(int i, ByteBuffer out) {
        out.putLong(positions[head + i]).putInt(sizes[head + i]).putInt(marks[head + i]);
    }

    /** Reads what {@link #write} wrote. */
    void read(ByteBuffer in) {
        long position = in.getLong();
        int size = in.getInt();
        addMarked(position, size, in.getInt(), null);
    }
}
