package io.delos.openwire;

import java.util.Arrays;

/** A part of an array that somebody else holds; an absent one has a negative length. Never to be written to. */
record Slice(byte[] array, int offset, int length) {

    static final Slice ABSENT = new Slice(new byte[0], 0, -1);

    static Slice of(byte[] all) {
        return new Slice(all, 0, all.length);
    }

    boolean present() {
        return length >= 0;
    }

    int end() {
        return offset + Math.max(0, length);
    }

    /** The bytes, copied; none if absent. */
    byte[] copy() {
        return Arrays.copyOfRange(array, offset, end());
    }
}
