package io.delos.stomp;

import io.netty.buffer.ByteBuf;

/** Owned by the codec: the line it is reading, and how such a line becomes a header. */
final class HeaderLine {

    private final Headers headers;
    private byte[] bytes = new byte[256];
    private int length;

    HeaderLine(Headers headers) {
        this.headers = headers;
    }

    /** Reads up to {@code end} and the line feed there; returns the array, of which {@link #length} bytes count. */
    byte[] load(ByteBuf in, int end) {
        length = end - in.readerIndex();
        if (bytes.length < length) {
            bytes = new byte[Math.max(bytes.length * 2, length)];
        }
        in.readBytes(bytes, 0, length);
        if (in.isReadable()) {
            in.skipBytes(1);
        }
        return bytes;
    }

    int length() {
        return length;
    }

    /** Whether this line ends the headers. */
    boolean isEmpty(boolean carriageReturns) {
        return length == 0 || carriageReturns && length == 1 && bytes[0] == '\r';
    }

    /** Adds the line to the headers. */
    void parse(Version version, boolean unescaping, boolean carriageReturns) throws StompException {
        int end = carriageReturns && bytes[length - 1] == '\r' ? length - 1 : length;
        int colon = 0;
        boolean escapes = false;
        while (colon < end && bytes[colon] != ':') {
            escapes |= bytes[colon++] == '\\';
        }
        if (colon == end || colon == 0) {
            throw StompErrors.invalidFrame(bytes, end);
        }
        int value = colon + 1;
        if (!unescaping) {
            while (value < end && bytes[value] == ' ') {
                value++;
            }
            headers.add(bytes, 0, colon, value, end - value, version.firstWins());
            return;
        }
        int nameLength = escapes ? unescape(0, colon, version) - 0 : colon;
        headers.add(bytes, 0, nameLength, value, unescape(value, end, version) - value, version.firstWins());
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
