package io.delos.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings and byte arrays in facts: a length i32, then the bytes; text is UTF-8. */
final class Wire {

    private static final byte[] NOTHING = new byte[0];

    private Wire() {
    }

    static byte[] bytes(String text) {
        return text.isEmpty() ? NOTHING : text.getBytes(StandardCharsets.UTF_8);
    }

    static int size(byte[] bytes) {
        return 4 + bytes.length;
    }

    static void put(ByteBuffer out, byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    static byte[] getBytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalStateException("a length of " + length + " where " + in.remaining() + " bytes are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    static String getText(ByteBuffer in) {
        return new String(getBytes(in), StandardCharsets.UTF_8);
    }
}
