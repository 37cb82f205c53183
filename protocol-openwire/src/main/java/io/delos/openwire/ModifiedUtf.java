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

    /** Whether these bytes are a text. */
    static boolean isValid(byte[] from, int start, int end) {
        int at = start;
        while (at < end) {
            if (from[at] >= 0) {
                at++;
            } else {
                int more = following(from, at, end);
                if (more < 0) {
                    return false;
                }
                at += more + 1;
            }
        }
        return true;
    }

    /** How many bytes belong to the char that begins here, besides the first; negative if they are no char. */
    private static int following(byte[] from, int at, int end) {
        int first = from[at] & 0xFF;
        int more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : -1;
        if (more < 0 || at + more >= end) {
            return -1;
        }
        for (int k = 1; k <= more; k++) {
            if ((from[at + k] & 0xC0) != 0x80) {
                return -1;
            }
        }
        return more;
    }

    private static String readWide(byte[] from, int start, int end) throws MalformedFrameException {
        char[] chars = new char[end - start];
        int count = 0;
        int at = start;
        while (at < end) {
            int more = following(from, at, end);
            if (more < 0) {
                throw new MalformedFrameException("a text is not UTF-8");
            }
            int value = more == 0 ? from[at] : more == 1 ? from[at] & 0x1F : from[at] & 0x0F;
            for (int k = 1; k <= more; k++) {
                value = value << 6 | from[at + k] & 0x3F;
            }
            chars[count++] = (char) value;
            at += more + 1;
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
