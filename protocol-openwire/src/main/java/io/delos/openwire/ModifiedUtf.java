package io.delos.openwire;

import java.nio.charset.StandardCharsets;

/** Java's own UTF-8: each char by itself in one to three bytes, zero in two. Stateless; any thread. */
final class ModifiedUtf {

    private ModifiedUtf() {
    }

    /** Bytes this text takes. */
    static int length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            length += width(text.charAt(i));
        }
        return length;
    }

    private static int width(char c) {
        return c >= 1 && c <= 0x7F ? 1 : c <= 0x7FF ? 2 : 3;
    }

    /** The longest beginning of the text that fits into so many bytes. */
    static String fitting(String text, int bytes) {
        int room = bytes;
        for (int i = 0; i < text.length(); i++) {
            room -= width(text.charAt(i));
            if (room < 0) {
                return text.substring(0, i);
            }
        }
        return text;
    }

    /** Writes the text at {@code at} and returns where it ends; there must be room. */
    static int write(String text, byte[] to, int at) {
        int end = at;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 1 && c <= 0x7F) {
                to[end++] = (byte) c;
            } else if (c <= 0x7FF) {
                to[end++] = (byte) (0xC0 | c >> 6);
                to[end++] = (byte) (0x80 | c & 0x3F);
            } else {
                to[end++] = (byte) (0xE0 | c >> 12);
                to[end++] = (byte) (0x80 | c >> 6 & 0x3F);
                to[end++] = (byte) (0x80 | c & 0x3F);
            }
        }
        return end;
    }

    static byte[] encode(String text) {
        byte[] encoded = new byte[length(text)];
        write(text, encoded, 0);
        return encoded;
    }

    static String read(byte[] from, int at, int length) throws MalformedFrameException {
        int end = at + length;
        for (int i = at; i < end; i++) {
            if (from[i] < 0) {
                return readWide(from, at, end);
            }
        }
        return new String(from, at, length, StandardCharsets.ISO_8859_1);
    }

    private static String readWide(byte[] from, int at, int end) throws MalformedFrameException {
        char[] chars = new char[end - at];
        int count = 0;
        int i = at;
        while (i < end) {
            int first = from[i] & 0xFF;
            int more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : -1;
            if (more < 0 || i + more >= end) {
                throw new MalformedFrameException("a text is not UTF-8");
            }
            int value = more == 0 ? first : more == 1 ? first & 0x1F : first & 0x0F;
            for (int k = 1; k <= more; k++) {
                int next = from[i + k] & 0xFF;
                if (next >> 6 != 2) {
                    throw new MalformedFrameException("a text is not UTF-8");
                }
                value = value << 6 | next & 0x3F;
            }
            chars[count++] = (char) value;
            i += more + 1;
        }
        return new String(chars, 0, count);
    }

    /** Whether these bytes are this text; nothing is allocated. */
    static boolean matches(byte[] from, int at, int length, String text) {
        if (length < text.length() || at + length > from.length) {
            return false;
        }
        int position = at;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int width = width(c);
            if (position + width > at + length || !matches(from, position, c, width)) {
                return false;
            }
            position += width;
        }
        return position == at + length;
    }

    private static boolean matches(byte[] from, int at, char c, int width) {
        return switch (width) {
            case 1 -> from[at] == (byte) c;
            case 2 -> from[at] == (byte) (0xC0 | c >> 6) && from[at + 1] == (byte) (0x80 | c & 0x3F);
            default -> from[at] == (byte) (0xE0 | c >> 12) && from[at + 1] == (byte) (0x80 | c >> 6 & 0x3F)
                    && from[at + 2] == (byte) (0x80 | c & 0x3F);
        };
    }
}
