package io.delos.store;

import io.delos.message.Xid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

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

    /** Bytes that {@link #put(ByteBuffer, String)} writes; computed without encoding. */
    static int size(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return size(bytes(text));
            }
        }
        return 4 + bytes;
    }

    /** Writes a text; the usual one, of ASCII alone, without an array of its own. */
    static void put(ByteBuffer out, String text) {
        int start = out.position();
        out.putInt(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                put(out.position(start), bytes(text));
                return;
            }
            out.put((byte) c);
        }
    }

    static void put(ByteBuffer out, byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    /** Bytes of a map of texts: how many pairs, i32, then each name and its value. */
    static int size(Map<String, String> pairs) {
        int size = 4;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            size += size(pair.getKey()) + size(pair.getValue());
        }
        return size;
    }

    static void put(ByteBuffer out, Map<String, String> pairs) {
        out.putInt(pairs.size());
        pairs.forEach((name, value) -> {
            put(out, name);
            put(out, value);
        });
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

    static int size(Xid xid) {
        return 4 + size(xid.global()) + size(xid.branch());
    }

    static void put(ByteBuffer out, Xid xid) {
        out.putInt(xid.format());
        put(out, xid.global());
        put(out, xid.branch());
    }

    static Xid getXid(ByteBuffer in) {
        return new Xid(in.getInt(), getBytes(in), getBytes(in));
    }

    static String getText(ByteBuffer in) {
        return new String(getBytes(in), StandardCharsets.UTF_8);
    }
}
