package io.delos.proof;

import java.nio.ByteBuffer;

/** A message's bytes: its sequence number and a filler that follows from it, of changing length, so that damage is seen. */
final class Body {
    /** What {@link #sequence} answers for bytes that no {@link #of} made. */
    static final int DAMAGED = -1;

    private Body() { }

    static byte[] of(int sequence) {
        byte[] bytes = new byte[length(sequence)];
        ByteBuffer.wrap(bytes).putInt(sequence);
        for (int i = Integer.BYTES; i < bytes.length; i++) {
            bytes[i] = filler(sequence, i);
        }
        return bytes;
    }

    static int sequence(byte[] bytes) {
        if (bytes.length < Integer.BYTES) {
            return DAMAGED;
        }
        int sequence = ByteBuffer.wrap(bytes).getInt();
        if (sequence < 0 || bytes.length != length(sequence)) {
            return DAMAGED;
        }
        for (int i = Integer.BYTES; i < bytes.length; i++) {
            if (bytes[i] != filler(sequence, i)) {
                return DAMAGED;
            }
        }
        return sequence;
    }

    private static int length(int sequence) {
        return Integer.BYTES + (int) (sequence * 379L % 1500);
    }

    private static byte filler(int sequence, int index) {
        return (byte) (sequence * 31 + index);
    }
}
