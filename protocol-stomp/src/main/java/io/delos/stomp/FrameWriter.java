package io.delos.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Writes the pieces of a frame into a buffer. Pure functions. */
final class FrameWriter {

    private static final byte[] LONG_MIN = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    /** What may not stand in a header as it is, in any version. */
    private static final boolean[] SPECIAL = new boolean[256];

    static {
        for (char c : new char[] {'\n', '\r', ':', '\\', '\0'}) {
            SPECIAL[c] = true;
        }
    }

    private FrameWriter() {
    }

    /** The line that begins a frame. */
    static void command(ByteBuf out, String command) {
        ByteBufUtil.writeAscii(out, command);
        out.writeByte('\n');
    }

    /** A header whose value needs no escaping. */
    static void plain(ByteBuf out, String name, String value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeByte(':');
        ByteBufUtil.writeUtf8(out, value);
        out.writeByte('\n');
    }

    /** A header with any text for its value. */
    static void header(ByteBuf out, Header name, String value, Version version) {
        out.writeBytes(name.bytes()).writeByte(':');
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        escaped(out, bytes, 0, bytes.length, version);
        out.writeByte('\n');
    }

    /** A header with any text for its value. */
    static void header(ByteBuf out, Header name, byte[] source, int from, int length, Version version) {
        out.writeBytes(name.bytes()).writeByte(':');
        escaped(out, source, from, length, version);
        out.writeByte('\n');
    }

    /** A header with a number. */
    static void header(ByteBuf out, Header name, long value) {
        out.writeBytes(name.bytes()).writeByte(':');
        number(out, value);
        out.writeByte('\n');
    }

    /** A decimal number, without a detour over a String. */
    static void number(ByteBuf out, long value) {
        if (value == Long.MIN_VALUE) {
            out.writeBytes(LONG_MIN);
            return;
        }
        long rest = value;
        if (rest < 0) {
            out.writeByte('-');
            rest = -rest;
        }
        int digits = 1;
        for (long power = 10; power <= rest && power > 0; power *= 10) {
            digits++;
        }
        int end = out.writerIndex() + digits;
        out.ensureWritable(digits);
        for (int at = end - 1; digits > 0; digits--, at--) {
            out.setByte(at, (int) ('0' + rest % 10));
            rest /= 10;
        }
        out.writerIndex(end);
    }

    /** A name or value, escaped as the version has it; what a version can't say becomes a blank, so that no header can forge another. */
    static void escaped(ByteBuf out, byte[] source, int from, int length, Version version) {
        int clean = from;
        int end = from + length;
        for (int i = from; i < end; i++) {
            if (SPECIAL[source[i] & 0xFF]) {
                out.writeBytes(source, clean, i - clean);
                special(out, source[i], version);
                clean = i + 1;
            }
        }
        out.writeBytes(source, clean, end - clean);
    }

    private static void special(ByteBuf out, byte b, Version version) {
        switch (b) {
            case '\n' -> escape(out, 'n', version.escapes() ? b : ' ', version.escapes());
            case '\r' -> escape(out, 'r', version.escapes() ? b : ' ', version.carriageReturns());
            case ':' -> escape(out, 'c', b, version.escapes());
            case '\\' -> escape(out, '\\', b, version.escapes());
            default -> out.writeByte(' ');
        }
    }

    private static void escape(ByteBuf out, char letter, int otherwise, boolean escapes) {
        if (escapes) {
            out.writeByte('\\').writeByte(letter);
        } else {
            out.writeByte(otherwise);
        }
    }

    /** The end of the headers, the body, and the end of the frame. */
    static void body(ByteBuf out, byte[] source, int from) {
        out.writeByte('\n').writeBytes(source, from, source.length - from).writeByte(0).writeByte('\n');
    }
}
