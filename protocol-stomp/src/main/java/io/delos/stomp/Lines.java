package io.delos.stomp;

import io.netty.buffer.ByteBuf;

/**
 * Owned by the codec: the lines of the stream. They are looked for and parsed in an array that holds a copy of the next few thousand bytes,
 * which is many times cheaper than looking into the socket's buffer byte by byte.
 */
final class Lines {

    private static final int PIECE = 4096;

    private final Headers headers;
    private byte[] bytes = new byte[PIECE];
    /** Where {@code bytes[0]} stands in the buffer, and how many count. */
    private int base;
    private int held;
    /** How much of the present line was searched for its end. */
    private int searched;
    private int start;
    private int length;

    Lines(Headers headers) {
        this.headers = headers;
    }

    /** The buffer has changed: positions in it mean nothing any more. */
    void forget() {
        held = 0;
    }

    /** Goes to the next line, and the buffer's reader behind it; false if it hasn't arrived whole, or is longer than {@code longest}. */
    boolean next(ByteBuf in, int longest) {
        int reader = in.readerIndex();
        if (held == 0 || reader > base + held) {
            fill(in, PIECE);
        }
        start = reader - base;
        int at = start + searched;
        while (true) {
            while (at < held && bytes[at] != '\n') {
                at++;
            }
            length = at - start;
            if (at < held && length <= longest) {
                in.readerIndex(reader + length + 1);
                searched = 0;
                return true;
            }
            if (length > longest || base + held == in.writerIndex()) {
                searched = length;
                return false;
            }
            fill(in, 2 * length + PIECE);
            start = 0;
            at = length;
        }
    }

    /** Whether the line at which {@link #next} stopped is already longer than this. */
    boolean longerThan(int longest) {
        return length > longest;
    }

    private void fill(ByteBuf in, int wanted) {
        base = in.readerIndex();
        held = Math.min(wanted, in.readableBytes());
        if (bytes.length < held) {
            bytes = new byte[held];
        }
        in.getBytes(base, bytes, 0, held);
    }

    /** Whether the line ends with a carriage return. */
    boolean endsWithReturn() {
        return length > 0 && bytes[start + length - 1] == '\r';
    }

    /** The line is shorter by the carriage return it ends with, if it does. */
    void dropReturn() {
        if (endsWithReturn()) {
            length--;
        }
    }

    int length() {
        return length;
    }

    StompException invalid() {
        return invalid(length);
    }

    /** Quotes so many bytes of the line. */
    StompException invalid(int quoted) {
        return StompErrors.invalidFrame(bytes, start, quoted);
    }

    Command command(Version version) throws StompException {
        return Command.of(bytes, start, length, version).orElseThrow(this::invalid);
    }

    /** Adds the line to the headers. */
    void toHeader(Version version, boolean unescaping) throws StompException {
        int end = start + length;
        int colon = start;
        boolean escapes = false;
        while (colon < end && bytes[colon] != ':') {
            escapes |= bytes[colon++] == '\\';
        }
        if (colon == end || colon == start) {
            throw invalid();
        }
        int value = colon + 1;
        if (!unescaping) {
            while (value < end && bytes[value] == ' ') {
                value++;
            }
            headers.add(bytes, start, colon - start, value, end - value, version.firstWins());
            return;
        }
        int nameLength = (escapes ? unescape(start, colon, version) : colon) - start;
        headers.add(bytes, start, nameLength, value, unescape(value, end, version) - value, version.firstWins());
    }

    /** Unescapes in place, which only makes it shorter; returns the new end. */
    private int unescape(int from, int end, Version version) throws StompException {
        int read = from;
        while (read < end && bytes[read] != '\\') {
            read++;
        }
        int write = read;
        while (read < end) {
            byte b = bytes[read++];
            bytes[write++] = b == '\\' ? meaning(read < end ? bytes[read++] : 0, version) : b;
        }
        return write;
    }

    private static byte meaning(byte letter, Version version) throws StompException {
        switch (letter) {
            case 'n':
                return '\n';
            case 'c':
                return ':';
            case '\\':
                return '\\';
            case 'r':
                if (version.carriageReturns()) {
                    return '\r';
                }
                throw StompErrors.undefinedEscape(letter);
            default:
                throw StompErrors.undefinedEscape(letter);
        }
    }
}
