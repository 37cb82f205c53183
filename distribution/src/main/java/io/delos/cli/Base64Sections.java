package io.delos.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Writes on what pieces of base64 hold, of either alphabet. Each piece may be padded for itself; blanks and line breaks mean nothing. */
final class Base64Sections {

    private static final byte[] VALUES = values();
    private static final byte BLANK = -2;

    private final OutputStream target;
    private final long most;
    private final byte[] bytes = new byte[8192];
    private int length;
    private long written;
    private int bits;
    private int characters;

    /** {@code most}: how many bytes are taken. */
    Base64Sections(OutputStream target, long most) {
        this.target = target;
        this.most = most;
    }

    private static byte[] values() {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        values['+'] = 62;
        values['-'] = 62;
        values['/'] = 63;
        values['_'] = 63;
        for (char blank : new char[] {' ', '\t', '\r', '\n'}) {
            values[blank] = BLANK;
        }
        return values;
    }

    static byte[] decode(String text, int most) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Base64Sections sections = new Base64Sections(bytes, most);
        sections.add(text.toCharArray(), text.length());
        sections.end();
        return bytes.toByteArray();
    }

    /** Adds the first {@code count} chars; what does not end with padding goes on with the next. */
    void add(char[] text, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            char c = text[i];
            if (c == '=') {
                endPiece();
                continue;
            }
            int value = c < VALUES.length ? VALUES[c] : -1;
            if (value == BLANK) {
                continue;
            }
            if (value < 0) {
                throw new IOException("'" + c + "' is not base64");
            }
            bits = bits << 6 | value;
            if (++characters == 4) {
                put(bits >> 16);
                put(bits >> 8);
                put(bits);
                characters = 0;
                bits = 0;
            }
        }
    }

    private void endPiece() throws IOException {
        if (characters == 1) {
            throw new IOException("base64 that ends in the middle of a byte");
        }
        if (characters >= 2) {
            put(bits >> (characters == 2 ? 4 : 10));
        }
        if (characters == 3) {
            put(bits >> 2);
        }
        characters = 0;
        bits = 0;
    }

    private void put(int value) throws IOException {
        if (length == bytes.length) {
            flush();
        }
        bytes[length++] = (byte) value;
    }

    private void flush() throws IOException {
        written += length;
        if (written > most) {
            throw new IOException("more than the " + most + " bytes that are taken");
        }
        target.write(bytes, 0, length);
        length = 0;
    }

    /** That was all. */
    void end() throws IOException {
        endPiece();
        flush();
    }
}
