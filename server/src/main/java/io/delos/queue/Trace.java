package io.delos.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds the durable messages of a chunk in the journal again, should the run not have them any more: the stretches of positions the chunk was
 * filled with, the positions of those that left out of turn, and a sum over all that are left, which proves the result. Not thread-safe; a
 * copy goes to a worker.
 */
final class Trace {

    private static final long[] NONE = {};
    private static final int[] NO_SLOTS = {};
    private static final boolean[] NO_MARKS = {};
    private static final int STRETCH_BYTES = 21;

    /** Of each stretch, whose positions ascend: the first position that can be left, the last, and how many were not passed at the head. */
    private long[] firsts = NONE;
    private long[] lasts = NONE;
    private int[] slots = NO_SLOTS;
    private boolean[] staged = NO_MARKS;
    private int stretches;
    private int passed;
    private Departed departed = new Departed();
    /** Whether the next one begins a stretch, as others that are here no more came before it. */
    private boolean gap;
    private long sum;

    /** Is told of each stretch. */
    interface Look {
        void stretch(long first, long last, boolean ofTransaction);
    }

    /** One more is in the chunk. Messages of large transactions and others never share a stretch. */
    void entered(long position, boolean ofTransaction) {
        if (!gap && stretches > passed && staged[stretches - 1] == ofTransaction && position > lasts[stretches - 1]) {
            lasts[stretches - 1] = position;
            slots[stretches - 1]++;
        } else {
            stretch(position, position, 1, ofTransaction);
        }
        gap = false;
        sum += mix(position);
    }

    /** Between the last one and the next there may have been others, which have left. */
    void gap() {
        gap = true;
    }

    /** This one left before the chunk was filled. */
    void never(long position) {
        departed.add(position);
    }

    private void stretch(long first, long last, int count, boolean ofTransaction) {
        if (stretches == firsts.length) {
            int capacity = Math.max(1, stretches * 2);
            firsts = Arrays.copyOf(firsts, capacity);
            lasts = Arrays.copyOf(lasts, capacity);
            slots = Arrays.copyOf(slots, capacity);
            staged = Arrays.copyOf(staged, capacity);
        }
        firsts[stretches] = first;
        lasts[stretches] = last;
        staged[stretches] = ofTransaction;
        slots[stretches++] = count;
    }

    /** The first one was taken from the head. */
    void taken(long position) {
        firsts[passed] = position + 1;
        passedOne();
        sum -= mix(position);
    }

    /** The head has moved on beyond one that departed before. */
    void passedOne() {
        if (--slots[passed] == 0) {
            passed++;
        }
    }

    /** One has left out of turn. */
    void departed(long position) {
        sum -= mix(position);
        departed.add(position);
    }

    /** Those that left out of turn. */
    Departed departed() {
        return departed;
    }

    /** All stretches that have anything left, in the order of the chunk. */
    void forEach(Look look) {
        for (int i = passed; i < stretches; i++) {
            look.stretch(firsts[i], lasts[i], staged[i]);
        }
    }

    /** The sum over what is left. */
    long sum() {
        return sum;
    }

    /** Only these are left after all: the others are lost. */
    void only(long newSum) {
        sum = newSum;
    }

    /** One message's part of {@link #sum}. */
    static long mix(long position) {
        long z = position * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    Trace copy() {
        Trace copy = new Trace();
        for (int i = passed; i < stretches; i++) {
            copy.stretch(firsts[i], lasts[i], slots[i], staged[i]);
        }
        copy.departed = departed.copy();
        copy.sum = sum;
        return copy;
    }

    /** Bytes {@link #write} needs. */
    int encodedSize() {
        return 8 + 4 + (stretches - passed) * STRETCH_BYTES + departed.encodedSize();
    }

    /**
     * Writes: sum i64; stretches (count i32; first position that can be left i64, last i64, messages not passed i32, 1 for those of large
     * transactions i8 each); who departed.
     */
    void write(ByteBuffer out) {
        out.putLong(sum).putInt(stretches - passed);
        for (int i = passed; i < stretches; i++) {
            out.putLong(firsts[i]).putLong(lasts[i]).putInt(slots[i]).put((byte) (staged[i] ? 1 : 0));
        }
        departed.write(out);
    }

    static Trace read(ByteBuffer in) {
        Trace trace = new Trace();
        trace.sum = in.getLong();
        for (int count = in.getInt(); count > 0; count--) {
            trace.stretch(in.getLong(), in.getLong(), in.getInt(), in.get() != 0);
        }
        trace.departed = Departed.read(in);
        return trace;
    }
}
