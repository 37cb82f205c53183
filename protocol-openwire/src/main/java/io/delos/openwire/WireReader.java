package io.delos.openwire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads what a command consists of, in either encoding. Every length is checked against the bytes that are there. Not thread-safe.
 * In the tight encoding a command begins with its flags: booleans, which values are absent, how wide the longs are.
 */
final class WireReader {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private static final int CAUSES = 32;

    private final byte[] bytes;
    private final int end;
    private final Wire wire;
    private int at;
    private int flag;
    private int flagsEnd;

    /** Reads from behind the type of a command. */
    WireReader(byte[] bytes, int from, int end, Wire wire) throws MalformedFrameException {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.wire = wire;
        if (wire.tight()) {
            readFlags();
        }
    }

    private void readFlags() throws MalformedFrameException {
        int count = number8() & 0xFF;
        if (count == 0xC0) {
            count = number8() & 0xFF;
        } else if (count == 0x80) {
            count = number16() & 0xFFFF;
        }
        need(count);
        flag = at * 8;
        at += count;
        flagsEnd = at * 8;
    }

    Wire wire() {
        return wire;
    }

    /** Whether the peers speak at least this version. */
    boolean since(int version) {
        return wire.version() >= version;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The place of the next byte. */
    int position() {
        return at;
    }

    /** The place of the next flag, in bits from the array's beginning. */
    int flagPosition() {
        return flag;
    }

    private void need(int count) throws MalformedFrameException {
        if (count < 0 || count > end - at) {
            throw new MalformedFrameException("a field of " + count + " bytes where " + (end - at) + " are left");
        }
    }

    private boolean flag() throws MalformedFrameException {
        if (flag >= flagsEnd) {
            throw new MalformedFrameException("more flags are needed than were sent");
        }
        boolean set = (bytes[flag >> 3] >> (flag & 7) & 1) != 0;
        flag++;
        return set;
    }

    boolean bool() throws MalformedFrameException {
        return wire.tight() ? flag() : number8() != 0;
    }

    byte number8() throws MalformedFrameException {
        need(1);
        return bytes[at++];
    }

    short number16() throws MalformedFrameException {
        need(Short.BYTES);
        at += Short.BYTES;
        return (short) SHORT.get(bytes, at - Short.BYTES);
    }

    int number32() throws MalformedFrameException {
        need(Integer.BYTES);
        at += Integer.BYTES;
        return (int) INT.get(bytes, at - Integer.BYTES);
    }

    private long wide() throws MalformedFrameException {
        need(Long.BYTES);
        at += Long.BYTES;
        return (long) LONG.get(bytes, at - Long.BYTES);
    }

    long number64() throws MalformedFrameException {
        if (!wire.tight()) {
            return wide();
        }
        if (flag()) {
            return flag() ? wide() : number32() & 0xFFFFFFFFL;
        }
        return flag() ? number16() & 0xFFFFL : 0;
    }

    /** A text; empty if it is absent. */
    String text() throws MalformedFrameException {
        int length = skipText();
        return length == 0 ? "" : ModifiedUtf.read(bytes, at - length, length);
    }

    /** Passes over a text, whatever its bytes are; returns how many. */
    int skipText() throws MalformedFrameException {
        if (!bool()) {
            return 0;
        }
        if (wire.tight()) {
            flag(); // whether it is ASCII, which is seen from the bytes as well
        }
        int length = number16() & 0xFFFF;
        need(length);
        at += length;
        return length;
    }

    /** Bytes where they are; may be absent. */
    Slice slice() throws MalformedFrameException {
        if (!bool()) {
            return Slice.ABSENT;
        }
        int length = number32();
        need(length);
        at += length;
        return new Slice(bytes, at - length, length);
    }

    /** So many bytes without a length. */
    byte[] constant(int length) throws MalformedFrameException {
        need(length);
        at += length;
        return new Slice(bytes, at - length, length).copy();
    }

    /** Whether there is an object here; if so its type must be this one. */
    boolean nested(int type) throws MalformedFrameException {
        int found = nested();
        if (found != 0 && found != type) {
            throw new MalformedFrameException("an object of type " + found + " where " + type + " is expected");
        }
        return found != 0;
    }

    /** The type of the object here; 0 if it is absent. The caller knows which types it takes. */
    int nested() throws MalformedFrameException {
        return bool() ? number8() : 0;
    }

    /** Passes over a list of broker ids, which mean nothing here. */
    void skipBrokerIds() throws MalformedFrameException {
        if (!bool()) {
            return;
        }
        int count = number16() & 0xFFFF;
        for (int i = 0; i < count; i++) {
            if (nested(Types.BROKER_ID)) {
                text();
            }
        }
    }

    /** An exception as what it says of itself; the empty problem if it is absent. */
    Problem problem() throws MalformedFrameException {
        Problem first = Problem.NONE;
        for (int depth = 0; bool(); depth++) {
            if (depth == CAUSES) {
                throw new MalformedFrameException("an exception with more than " + CAUSES + " causes");
            }
            Problem problem = new Problem(text(), text());
            first = depth == 0 ? problem : first;
            if (!wire.stackTraces()) {
                break;
            }
            skipStackTrace();
        }
        return first;
    }

    private void skipStackTrace() throws MalformedFrameException {
        int count = number16();
        for (int i = 0; i < count; i++) {
            text();
            text();
            text();
            number32();
        }
    }
}
