package io.delos.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * A few neighbours on a {@link Shelf}: their keys in order, each without what it begins with like the one before it, and where their values
 * lie. Immutable.
 */
final class ShelfPage {

    /** Entries of one page: more cost time at each change, fewer cost memory. */
    static final int MOST = 32;
    static final ShelfPage EMPTY = new ShelfPage(new byte[0], new long[0], new int[0]);

    /** For each entry: how many bytes it shares with the key before, and how many follow, each an unsigned number of variable length; those bytes. */
    private final byte[] keys;
    private final long[] positions;
    private final int[] sizes;

    ShelfPage(byte[] keys, long[] positions, int[] sizes) {
        this.keys = keys;
        this.positions = positions;
        this.sizes = sizes;
    }

    /** A page of one entry. */
    static ShelfPage of(byte[] key, long position, int size) {
        ByteBuf out = Unpooled.buffer(key.length + 4);
        write(out, new byte[0], key);
        return new ShelfPage(content(out), new long[] {position}, new int[] {size});
    }

    int count() {
        return positions.length;
    }

    byte[] keys() {
        return keys;
    }

    long position(int index) {
        return positions[index];
    }

    int size(int index) {
        return sizes[index];
    }

    /** How many of its keys are less. */
    int lessThan(byte[] key) {
        Cursor cursor = new Cursor();
        cursor.seek(key);
        return cursor.index();
    }

    /** The keys one after the other. One thread. */
    final class Cursor {
        private final ByteBuf in = Unpooled.wrappedBuffer(keys);
        private int index = -1;
        private int start;
        private byte[] before = {};
        private byte[] key = {};

        /** Goes on to the next; false behind the last. */
        boolean next() {
            index++;
            start = in.readerIndex();
            before = key;
            if (!in.isReadable()) {
                return false;
            }
            int shared = readNumber(in);
            byte[] read = Arrays.copyOf(before, shared + readNumber(in));
            in.readBytes(read, shared, read.length - shared);
            key = read;
            return true;
        }

        /** Goes on to the first that is not less; whether it is the same. */
        boolean seek(byte[] wanted) {
            while (next()) {
                int order = Arrays.compareUnsigned(key, wanted);
                if (order >= 0) {
                    return order == 0;
                }
            }
            return false;
        }

        int index() {
            return index;
        }

        byte[] key() {
            return key;
        }

        /** The page with one more in front of where the cursor stands. */
        ShelfPage with(byte[] added, long position, int size) {
            ByteBuf out = Unpooled.buffer(keys.length + added.length + 4);
            out.writeBytes(keys, 0, start);
            write(out, before, added);
            if (index < count()) {
                write(out, added, key);
                out.writeBytes(keys, in.readerIndex(), in.readableBytes());
            }
            long[] morePositions = insert(positions, index);
            int[] moreSizes = new int[count() + 1];
            System.arraycopy(sizes, 0, moreSizes, 0, index);
            System.arraycopy(sizes, index, moreSizes, index + 1, count() - index);
            morePositions[index] = position;
            moreSizes[index] = size;
            return new ShelfPage(content(out), morePositions, moreSizes);
        }

        /** The page without the one where the cursor stands. */
        ShelfPage without() {
            ByteBuf out = Unpooled.buffer(keys.length + 8);
            out.writeBytes(keys, 0, start);
            byte[] kept = before;
            int gone = index;
            if (next()) {
                write(out, kept, key);
                out.writeBytes(keys, in.readerIndex(), in.readableBytes());
            }
            long[] fewerPositions = Arrays.copyOf(positions, count() - 1);
            int[] fewerSizes = Arrays.copyOf(sizes, count() - 1);
            System.arraycopy(positions, gone + 1, fewerPositions, gone, count() - gone - 1);
            System.arraycopy(sizes, gone + 1, fewerSizes, gone, count() - gone - 1);
            return new ShelfPage(content(out), fewerPositions, fewerSizes);
        }
    }

    /** The page with one value elsewhere. */
    ShelfPage moved(int index, long position, int size) {
        long[] others = positions.clone();
        int[] otherSizes = sizes.clone();
        others[index] = position;
        otherSizes[index] = size;
        return new ShelfPage(keys, others, otherSizes);
    }

    /** Those from {@code from} to before {@code to}. */
    ShelfPage part(int from, int to) {
        ByteBuf out = Unpooled.buffer(keys.length);
        Cursor cursor = new Cursor();
        byte[] last = {};
        while (cursor.next() && cursor.index() < to) {
            if (cursor.index() >= from) {
                write(out, last, cursor.key());
                last = cursor.key();
            }
        }
        return new ShelfPage(content(out), Arrays.copyOfRange(positions, from, to), Arrays.copyOfRange(sizes, from, to));
    }

    /** The first key; only of a page that has one. */
    byte[] first() {
        Cursor cursor = new Cursor();
        cursor.next();
        return cursor.key();
    }

    private static long[] insert(long[] values, int index) {
        long[] more = new long[values.length + 1];
        System.arraycopy(values, 0, more, 0, index);
        System.arraycopy(values, index, more, index + 1, values.length - index);
        return more;
    }

    private static byte[] content(ByteBuf out) {
        return Arrays.copyOf(out.array(), out.writerIndex());
    }

    private static void write(ByteBuf out, byte[] before, byte[] key) {
        int differs = Arrays.mismatch(before, key);
        int shared = differs < 0 ? key.length : differs;
        writeNumber(out, shared);
        writeNumber(out, key.length - shared);
        out.writeBytes(key, shared, key.length - shared);
    }

    private static void writeNumber(ByteBuf out, int number) {
        int left = number;
        while (left >= 0x80) {
            out.writeByte(left | 0x80);
            left >>>= 7;
        }
        out.writeByte(left);
    }

    private static int readNumber(ByteBuf in) {
        int number = 0;
        int shift = 0;
        byte next;
        do {
            next = in.readByte();
            number |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return number;
    }
}
