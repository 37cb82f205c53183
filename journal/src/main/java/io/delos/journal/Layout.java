package io.delos.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The numbers and names of {@code docs/journal-format.md}. */
final class Layout {
    static final int FORMAT = 1;
    /** Frames begin at multiples of this; a segment's header is one block. */
    static final int BLOCK = 4096;
    static final int FRAME_MAGIC = 0x444C4652;
    static final int FRAME_HEADER = 32;
    static final int RECORD_HEADER = 16;
    static final byte LAST_OF_UNIT = 1;

    private static final String SEGMENT_SUFFIX = ".log";
    private static final String FREE_PREFIX = "free.";
    private static final String CHECKPOINT_PREFIX = "ckpt.";
    private static final String SPARSE_SUFFIX = ".sparse";
    static final String TEMPORARY_SUFFIX = ".tmp";

    private Layout() {
    }

    /** Rounds up to the next multiple of {@link #BLOCK}. */
    static long alignBlock(long bytes) {
        return (bytes + BLOCK - 1) & -BLOCK;
    }

    /** What a record with this payload takes in its frame: header, payload, padding. */
    static long recordBytes(long payload) {
        return (RECORD_HEADER + payload + 7) & -8L;
    }

    /** The piece of its own position that a record carries. */
    static int place(long position) {
        return (int) (position >>> 3);
    }

    static String hex(long number) {
        return String.format("%016x", number);
    }

    /** The index of the first byte in a range that is not zero; -1 if all are. */
    static int spoiled(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < Math.min(to, bytes.limit()); i++) {
            if (bytes.get(i) != 0) {
                return i;
            }
        }
        return -1;
    }

    static Path segment(Path directory, long base) {
        return directory.resolve(hex(base) + SEGMENT_SUFFIX);
    }

    static Path free(Path directory, long number) {
        return directory.resolve(FREE_PREFIX + hex(number));
    }

    static Path checkpoint(Path directory, long position) {
        return directory.resolve(CHECKPOINT_PREFIX + hex(position));
    }

    static OptionalLong segmentBase(String name) {
        return number(name, "", SEGMENT_SUFFIX);
    }

    static OptionalLong freeNumber(String name) {
        return number(name, FREE_PREFIX, "");
    }

    static OptionalLong checkpointPosition(String name) {
        return number(name, CHECKPOINT_PREFIX, "");
    }

    /** A sparse segment's file. */
    static Path sparse(Path directory, long base, long counted) {
        return directory.resolve(hex(base) + "." + hex(counted) + SPARSE_SUFFIX);
    }

    /** The base in a sparse segment's name. */
    static OptionalLong sparseBase(String name) {
        return sparseNumber(name, 0);
    }

    /** The position in a sparse segment's name at which its records were living. */
    static OptionalLong sparseCounted(String name) {
        return sparseNumber(name, 1);
    }

    private static OptionalLong sparseNumber(String name, int which) {
        int dot = name.indexOf('.');
        if (dot != 16 || !name.endsWith(SPARSE_SUFFIX)) {
            return OptionalLong.empty();
        }
        OptionalLong base = number(name.substring(0, dot), "", "");
        OptionalLong counted = number(name.substring(dot), ".", SPARSE_SUFFIX);
        return base.isEmpty() || counted.isEmpty() ? OptionalLong.empty() : which == 0 ? base : counted;
    }

    static boolean temporary(String name) {
        return number(name, CHECKPOINT_PREFIX, TEMPORARY_SUFFIX).isPresent() || name.endsWith(TEMPORARY_SUFFIX)
                && sparseBase(name.substring(0, name.length() - TEMPORARY_SUFFIX.length())).isPresent();
    }

    /** The 16 hex digits between prefix and suffix, if the name is exactly that and the number is not negative. */
    static OptionalLong number(String name, String prefix, String suffix) {
        int digits = name.length() - prefix.length() - suffix.length();
        if (digits != 16 || !name.startsWith(prefix) || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = 0; i < 16; i++) {
            char c = name.charAt(prefix.length() + i);
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return OptionalLong.empty();
            }
            value = value << 4 | digit;
        }
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
