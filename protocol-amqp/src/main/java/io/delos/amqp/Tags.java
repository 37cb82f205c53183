package io.delos.amqp;

import java.util.ArrayDeque;

/** Delivery tags: the shortest numbers not in use, so that each is written to the wire and kept in memory cheaply. Not thread-safe. */
final class Tags {

    /** The tag of deliveries nobody will speak of again. */
    static final byte[] NONE = new byte[0];

    private static final int KEPT = 2048;

    private final ArrayDeque<byte[]> free = new ArrayDeque<>();
    private long next;

    Tags() {
        this(0);
    }

    /** @param first the first number, not negative */
    Tags(long first) {
        this.next = first;
    }

    byte[] take() {
        byte[] known = free.poll();
        return known != null ? known : make(next++);
    }

    void giveBack(byte[] tag) {
        if (free.size() < KEPT) {
            free.push(tag);
        }
    }

    private static byte[] make(long number) {
        int length = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 7) / 8);
        byte[] tag = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            tag[i] = (byte) (number >>> 8 * (length - 1 - i));
        }
        return tag;
    }
}
