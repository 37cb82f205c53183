package io.delos.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How many of some references lead into each file of the journal (or of the spill log), by the file's base position: what keeps those
 * files alive is known without looking at the references. Owned by the queue's loop.
 */
final class Lives {

    /** Is told a file's base and how many references lead there. */
    interface Look {
        void file(long base, int count);
    }

    private long[] bases = new long[2];
    private int[] counts = new int[2];
    private int files;

    /** One more that leads into the file with this base. */
    void add(long base, int references) {
        int at = files > 0 && bases[files - 1] == base ? files - 1 : Arrays.binarySearch(bases, 0, files, base);
        if (at < 0) {
            at = -1 - at;
            if (files == bases.length) {
                bases = Arrays.copyOf(bases, files * 2);
                counts = Arrays.copyOf(counts, files * 2);
            }
            System.arraycopy(bases, at, bases, at + 1, files - at);
            System.arraycopy(counts, at, counts, at + 1, files - at);
            bases[at] = base;
            counts[at] = 0;
            files++;
        }
        counts[at] += references;
    }

    /** One less: that to this position, which was among them. */
    void remove(long position) {
        counts[fileOf(position)]--;
    }

    private int fileOf(long position) {
        int at = Arrays.binarySearch(bases, 0, files, position);
        return at < 0 ? -2 - at : at;
    }

    /** One more: to this position, which leads into a file there is. */
    void found(long position) {
        counts[Math.max(0, fileOf(position))]++;
    }

    /** The same files, with nothing that leads there. */
    Lives emptied() {
        Lives empty = new Lives();
        for (int i = 0; i < files; i++) {
            empty.add(bases[i], 0);
        }
        return empty;
    }

    /** What these have that others, of the same files, have not. */
    Lives without(Lives others) {
        Lives rest = new Lives();
        for (int i = 0; i < files; i++) {
            rest.add(bases[i], counts[i] - others.counts[i]);
        }
        return rest;
    }

    /** The bases below {@code limit} of the files there is something in, ascending. */
    long[] bases(long limit) {
        long[] found = new long[files];
        int count = 0;
        for (int i = 0; i < files; i++) {
            if (counts[i] > 0 && bases[i] < limit) {
                found[count++] = bases[i];
            }
        }
        return Arrays.copyOf(found, count);
    }

    void forEach(Look look) {
        for (int i = 0; i < files; i++) {
            if (counts[i] > 0) {
                look.file(bases[i], counts[i]);
            }
        }
    }

    /** Whether one of them leads into the file with this base. */
    boolean any(long base) {
        int at = Arrays.binarySearch(bases, 0, files, base);
        return at >= 0 && counts[at] > 0;
    }

    /** Bytes {@link #write} needs. */
    int encodedSize() {
        return 4 + files * 12;
    }

    /** Writes those of the journal below {@code limit}: count i32, base i64 and references i32 each. */
    void write(ByteBuffer out, long limit) {
        int start = out.position();
        out.putInt(0);
        for (int i = 0; i < files; i++) {
            if (counts[i] > 0 && bases[i] < limit) {
                out.putLong(bases[i]).putInt(counts[i]);
            }
        }
        out.putInt(start, (out.position() - start - 4) / 12);
    }

    static Lives read(ByteBuffer in) {
        Lives lives = new Lives();
        for (int count = in.getInt(); count > 0; count--) {
            lives.add(in.getLong(), in.getInt());
        }
        return lives;
    }
}
