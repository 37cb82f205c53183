package io.delos.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Owned by the connection's loop: puts a frame together in an array, which is many times cheaper than doing it in the socket's buffer, and
 * copies it there once. Made to be used again and again: {@link #begin}, headers, {@link #end}.
 */
final class FrameWriter {

    private static final int LONGEST_NUMBER = 20;
    private static final byte[] LONG_MIN = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    /** 00, 01, 02 and so on. */
    private static final byte[] PAIRS = new byte[200];
    /** What may not stand in a header as it is, in any version. */
    private static final boolean[] SPECIAL = new boolean[256];

    static {
        for (int i = 0; i < 100; i++) {
            PAIRS[2 * i] = (byte) ('0' + i / 10);
            PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
        for (char c : new char[] {'\n', '\r', ':', '\\', '\0'}) {
            SPECIAL[c] = true;
        }
    }

    private byte[] bytes = new byte[1024];
    private int end;

    /** Begins a frame with this line. */
    FrameWriter begin(String command) {
        end = 0;
        return ascii(command).put('\n');
    }

    /** Begins a frame with what {@link #copy} gave. */
    FrameWriter begin(byte[] start) {
        end = 0;
        room(start.length);
        System.arraycopy(start, 0, bytes, 0, start.length);
        end = start.length;
        return this;
    }

    /** What was written so far, to begin many frames with. */
    byte[] copy() {
        return Arrays.copyOf(bytes, end);
    }

    private void room(int more) {
        if (bytes.length - end < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + more));
        }
    }

    private FrameWriter put(char c) {
        room(1);
        bytes[end++] = (byte) c;
        return this;
    }

    @SuppressWarnings("deprecation")
    private FrameWriter ascii(String text) {
        int length = text.length();
        room(length);
        text.getBytes(0, length, bytes, end);
        end += length;
        return this;
    }

    /** A header whose value needs no escaping. */
    FrameWriter plain(String name, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        ascii(name).put(':');
        room(text.length);
        System.arraycopy(text, 0, bytes, end, text.length);
        end += text.length;
        return put('\n');
    }

    /** A header with any text for its value. */
    FrameWriter header(Header name, String value, Version version) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return header(name, text, 0, text.length, version);
    }

    /** A header with any text for its value. */
    FrameWriter header(Header name, byte[] source, int from, int length, Version version) {
        return name(name).escaped(source, from, length, version).put('\n');
    }

    /** A header with any text for its name and value. */
    FrameWriter header(byte[] source, int nameAt, int nameLength, int valueAt, int valueLength, Version version) {
        return escaped(source, nameAt, nameLength, version).put(':').escaped(source, valueAt, valueLength, version).put('\n');
    }

    /** A header with a number. */
    FrameWriter header(Header name, long value) {
        return name(name).number(value).put('\n');
    }

    /** A header with two numbers and a comma between. */
    FrameWriter header(Header name, long first, long second) {
        return name(name).number(first).put(',').number(second).put('\n');
    }

    private FrameWriter name(Header header) {
        byte[] name = header.bytes();
        room(name.length + 1);
        System.arraycopy(name, 0, bytes, end, name.length);
        end += name.length;
        bytes[end++] = ':';
        return this;
    }

    /** A decimal number, without a detour over a String: two digits at a time, from behind. */
    private FrameWriter number(long value) {
        room(2 * LONGEST_NUMBER);
        if (value == Long.MIN_VALUE) {
            System.arraycopy(LONG_MIN, 0, bytes, end, LONG_MIN.length);
            end += LONG_MIN.length;
            return this;
        }
        if (value < 0) {
            bytes[end++] = '-';
        }
        long rest = Math.abs(value);
        int stop = end + LONGEST_NUMBER;
        int at = stop;
        while (rest >= 100) {
            long hundreds = rest / 100;
            int pair = 2 * (int) (rest - hundreds * 100);
            bytes[--at] = PAIRS[pair + 1];
            bytes[--at] = PAIRS[pair];
            rest = hundreds;
        }
        bytes[--at] = PAIRS[2 * (int) rest + 1];
        if (rest >= 10) {
            bytes[--at] = PAIRS[2 * (int) rest];
        }
        System.arraycopy(bytes, at, bytes, end, stop - at);
        end += stop - at;
        return this;
    }

    /** A name or value, escaped as the version has it; what a version can't say becomes a blank, so that no header can forge another. */
    private FrameWriter escaped(byte[] source, int from, int length, Version version) {
        room(2 * length);
        byte[] target = bytes;
        int at = end;
        for (int i = from; i < from + length; i++) {
            byte b = source[i];
            if (!SPECIAL[b & 0xFF]) {
                target[at++] = b;
                continue;
            }
            byte letter = letter(b, version);
            if (letter != 0) {
                target[at++] = '\\';
                target[at++] = letter;
            } else {
                target[at++] = unescaped(b, version);
            }
        }
        end = at;
        return this;
    }

    /** What stands for this byte behind a backslash; 0 if it can't be escaped. */
    private static byte letter(byte b, Version version) {
        if (!version.escapes()) {
            return 0;
        }
        return switch (b) {
            case '\n' -> 'n';
            case ':' -> 'c';
            case '\\' -> '\\';
            case '\r' -> version.carriageReturns() ? (byte) 'r' : 0;
            default -> 0;
        };
    }

    private static byte unescaped(byte b, Version version) {
        boolean harmless = b == ':' || b == '\\' || b == '\r' && version.escapes();
        return harmless ? b : (byte) ' ';
    }

    /** The end of the headers; body and end of the frame come elsewhere from. In a buffer that is the caller's. */
    ByteBuf head(ByteBufAllocator allocator) {
        put('\n');
        return allocator.directBuffer(end).writeBytes(bytes, 0, end);
    }

    /** The end of the headers, the body, and the end of the frame; all of it in a buffer that is the caller's. */
    ByteBuf end(ByteBufAllocator allocator, byte[] body, int from) {
        put('\n');
        int length = body.length - from;
        ByteBuf frame = allocator.directBuffer(end + length + 2);
        if (length <= bytes.length - end - 2) {
            System.arraycopy(body, from, bytes, end, length);
            end += length;
            bytes[end++] = 0;
            bytes[end++] = '\n';
            return frame.writeBytes(bytes, 0, end);
        }
        return frame.writeBytes(bytes, 0, end).writeBytes(body, from, length).writeByte(0).writeByte('\n');
    }
}
