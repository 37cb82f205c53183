package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The frames of STOMP 1.2 that a load needs, put into and cut out of buffers, without an object for any (STOMP 1.2, "STOMP Frames"). Whoever
 * puts one sees to it that there is room.
 */
final class StompFrames {
    /** A decimal number at most, the lines around it, and a frame's end. */
    static final int MOST_AROUND = 64;

    private static final byte[] RECEIPT = ascii("receipt:");
    private static final byte[] RECEIPT_ID = ascii("receipt-id:");
    private static final byte[] CONTENT_LENGTH = ascii("content-length:");
    private static final int DIGITS = 20;

    private StompFrames() { }

    /** Takes what {@link #cut} finds. */
    interface Handler {
        /**
         * One frame, whole; its bytes may be looked at until this returns.
         *
         * @param at   where its command begins
         * @param body where its body begins
         * @param end  and ends
         */
        void frame(ByteBuffer in, int at, int body, int end) throws IOException;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Hands over each whole frame between position and limit; what is left is the beginning of one. */
    static void cut(ByteBuffer in, Handler handler) throws IOException {
        while (true) {
            while (in.hasRemaining() && isEndOfLine(in.get(in.position()))) {
                in.position(in.position() + 1);
            }
            int start = in.position();
            int length = -1;
            int line = start;
            int end = endOfLine(in, line);
            while (end > line) {
                line = end + 1;
                end = endOfLine(in, line);
                if (end > line && startsWith(in, line, CONTENT_LENGTH)) {
                    length = number(in, line + CONTENT_LENGTH.length, end);
                }
            }
            if (end < 0) {
                return;
            }
            int body = end + 1;
            end = length >= 0 ? body + length : endOfText(in, body);
            if (end >= in.limit()) {
                return;
            }
            if (in.get(end) != 0) {
                throw new IOException("a frame that doesn't end where it says");
            }
            in.position(end + 1);
            handler.frame(in, start, body, end);
        }
    }

    private static boolean isEndOfLine(byte each) {
        return each == '\n' || each == '\r';
    }

    /** Where the line's LF is; -1 if that hasn't come yet. */
    private static int endOfLine(ByteBuffer in, int from) {
        for (int i = from; i < in.limit(); i++) {
            if (in.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static int endOfText(ByteBuffer in, int from) {
        int i = from;
        while (i < in.limit() && in.get(i) != 0) {
            i++;
        }
        return i;
    }

    private static boolean startsWith(ByteBuffer in, int at, byte[] text) {
        if (in.limit() - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (in.get(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static int number(ByteBuffer in, int from, int to) throws IOException {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = in.get(i) - '0';
            if (digit < 0 || digit > 9 || value > 100_000_000) {
                throw new IOException("a length that is none");
            }
            value = 10 * value + digit;
        }
        return value;
    }

    /** Whether the frame's receipt id begins with that letter. */
    static boolean isReceiptFor(ByteBuffer in, int at, int body, char kind) {
        for (int line = at; line < body; line = endOfLine(in, line) + 1) {
            if (startsWith(in, line, RECEIPT_ID)) {
                return in.get(line + RECEIPT_ID.length) == kind;
            }
        }
        return false;
    }

    static void connect(ByteBuffer out) {
        out.put(ascii("CONNECT\naccept-version:1.2\nhost:localhost\nlogin:" + BrokerProcess.USER + "\npasscode:" + BrokerProcess.PASSWORD
                + "\n\n\0"));
    }

    /** The lines of a SEND but its receipt. */
    static byte[] send(String destination, String type, boolean persistent, int body) {
        return ascii("SEND\ndestination:" + destination + "\ndestination-type:" + type + "\n" + (persistent ? "persistent:true\n" : "")
                + "content-length:" + body + "\n");
    }

    /** The lines of a SUBSCRIBE but its receipt. */
    static byte[] subscribe(String destination, String type) {
        return ascii("SUBSCRIBE\nid:0\ndestination:" + destination + "\nsubscription-type:" + type + "\nack:auto\n");
    }

    /** Ends the lines, with a receipt that is a letter and a number. */
    static void receipt(ByteBuffer out, char kind, long number) {
        out.put(RECEIPT).put((byte) kind);
        int end = out.position() + digits(number);
        long left = number;
        for (int i = end - 1; i >= out.position(); i--) {
            out.put(i, (byte) ('0' + left % 10));
            left /= 10;
        }
        out.position(end).put((byte) '\n').put((byte) '\n');
    }

    private static int digits(long number) {
        int digits = 1;
        for (long left = number / 10; left > 0 && digits < DIGITS; left /= 10) {
            digits++;
        }
        return digits;
    }
}
