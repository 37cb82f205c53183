package io.delos.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The positions of messages that have left a chunk out of turn: differences in eighths, zigzag, seven bits in each byte, the least first;
 * some two bytes each. Not thread-safe.
 */
final class Departed {

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int length;
    private int count;
    private long latest;

    /** A multiple of 8. */
    void add(long position) {
        long step = (position - latest) >> 3;
        latest = position;
        count++;
        long zigzag = step << 1 ^ step >> 63;
        if (length + 10 > bytes.length) {
            bytes = Arrays.copyOf(bytes, length + 10 + length / 2);
        }
        while ((zigzag & ~0x7fL) != 0) {
            bytes[length++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        bytes[length++] = (byte) zigzag;
    }

    /** Ascending. */
    long[] positions() {
        long[] positions = inOrder();
        Arrays.sort(positions);
        return positions;
    }

    private long[] inOrder() {
        long[] positions = new long[count];
        latest = 0;
        int at = 0;
        for (int i = 0; i < count; i++) {
            long zigzag = 0;
            int shift = 0;
            byte piece;
            do {
                piece = bytes[at++];
                zigzag |= (long) (piece & 0x7f) << shift;
                shift += 7;
            } while (piece < 0);
            latest += (zigzag >>> 1 ^ -(zigzag & 1)) << 3;
            positions[i] = latest;
        }
        return positions;
    }

    Departed copy() {
        Departed copy = new Departed();
        copy.bytes = Arrays.copyOf(bytes, length);
        copy.length = length;
        copy.count = count;
        copy.latest = latest;
        return copy;
    }

    /** Bytes {@link #write} needs. */
    int encodedSize() {
        return 8 + length;
    }

    /** Writes: count i32, length i32, bytes. */
    void write(ByteBuffer out) {
        out.putInt(count).putInt(length).put(bytes, 0, length);
    }

    static Departed read(ByteBuffer in) {
        Departed read = new Departed();
        read.count = in.getInt();
        read.bytes = new byte[in.getInt()];
        read.length = read.bytes.length;
        in.get(read.bytes);
        read.inOrder();
        return read;
    }
}
