package io.delos.openwire;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes one command after the other, in either encoding. Not thread-safe. Flags of the tight encoding are collected apart and come in front
 * when the command is finished.
 */
final class WireWriter {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    /** Longer texts cannot be written by all who speak this. */
    private static final int LONGEST_TEXT = Short.MAX_VALUE - 1;
    /** What a writer keeps between commands. */
    private static final int KEPT = 64 * 1024;

    private final Wire wire;
    private byte[] data = new byte[512];
    private byte[] flags = new byte[16];
    private int at;
    private int flag;
    private int type;

    WireWriter(Wire wire) {
        this.wire = wire;
    }

    Wire wire() {
        return wire;
    }

    boolean since(int version) {
        return wire.version() >= version;
    }

    /** Begins a command of this type, and forgets what was written before. */
    WireWriter begin(int ofType) {
        type = ofType;
        at = 0;
        flag = 0;
        if (data.length > KEPT) {
            data = new byte[512];
        }
        return this;
    }

    private void room(int more) {
        if (data.length - at < more) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, at + more));
        }
    }

    private void flag(boolean set) {
        int index = flag >> 3;
        if (index == flags.length) {
            flags = Arrays.copyOf(flags, flags.length * 2);
        }
        int bit = 1 << (flag & 7);
        flags[index] = (byte) (set ? flags[index] | bit : flags[index] & ~bit);
        flag++;
    }

    void bool(boolean value) {
        if (wire.tight()) {
            flag(value);
        } else {
            number8(value ? 1 : 0);
        }
    }

    void number8(int value) {
        room(1);
        data[at++] = (byte) value;
    }

    void number16(int value) {
        room(Short.BYTES);
        SHORT.set(data, at, (short) value);
        at += Short.BYTES;
    }

    void number32(int value) {
        room(Integer.BYTES);
        INT.set(data, at, value);
        at += Integer.BYTES;
    }

    private void wide(long value) {
        room(Long.BYTES);
        LONG.set(data, at, value);
        at += Long.BYTES;
    }

    void number64(long value) {
        if (!wire.tight()) {
            wide(value);
        } else if (value == 0) {
            flag(false);
            flag(false);
        } else if ((value & ~0xFFFFL) == 0) {
            flag(false);
            flag(true);
            number16((int) value);
        } else if ((value & ~0xFFFFFFFFL) == 0) {
            flag(true);
            flag(false);
            number32((int) value);
        } else {
            flag(true);
            flag(true);
            wide(value);
        }
    }

    /** A text, cut to what can be written; an empty one is written as absent. */
    void text(String text) {
        bool(!text.isEmpty());
        if (!text.isEmpty()) {
            presentText(text);
        }
    }

    /** A text that is there even if it is empty. */
    void textOrEmpty(String text) {
        bool(true);
        presentText(text);
    }

    private void presentText(String whole) {
        int length = ModifiedUtf.length(whole);
        String text = whole;
        if (length > LONGEST_TEXT) {
            text = ModifiedUtf.fitting(whole, LONGEST_TEXT);
            length = ModifiedUtf.length(text);
        }
        if (wire.tight()) {
            flag(length == text.length());
        }
        number16(length);
        room(length);
        at = ModifiedUtf.write(text, data, at);
    }

    void slice(Slice slice) {
        bool(slice.present());
        if (slice.present()) {
            number32(slice.length());
            constant(slice.array(), slice.offset(), slice.length());
        }
    }

    void constant(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, data, at, length);
        at += length;
    }

    /** An object of this type follows. */
    void nested(int nestedType) {
        bool(true);
        number8(nestedType);
    }

    /** A message follows as part of a command: it could have been encoded before, but is not. */
    void nestedMessage(int messageType) {
        bool(true);
        if (wire.tight()) {
            flag(false);
        }
        number8(messageType);
    }

    /**
     * The last thing a head says: a message follows, in the tight encoding one that was encoded by itself. Its type is not written, as it
     * differs from message to message.
     */
    void encodedMessage() {
        bool(true);
        if (wire.tight()) {
            flag(true);
        }
    }

    void absent() {
        bool(false);
    }

    /** An exception; where it was thrown is nobody's business. */
    void problem(Problem problem) {
        bool(true);
        textOrEmpty(problem.type());
        textOrEmpty(problem.sentence());
        if (wire.stackTraces()) {
            number16(0);
            absent();
        }
    }

    private int flagBytes() {
        return flag + 7 >> 3;
    }

    /** Bytes of the finished command, without the length in front. */
    int size() {
        int count = flagBytes();
        return 1 + at + (!wire.tight() ? 0 : count + (count < 64 ? 1 : count < 256 ? 2 : 3));
    }

    /** Puts the finished command, its type first, into an array of its own. */
    byte[] finished() {
        byte[] whole = new byte[size()];
        whole[0] = (byte) type;
        int next = wire.tight() ? copyFlags(whole) : 1;
        System.arraycopy(data, 0, whole, next, at);
        return whole;
    }

    private int copyFlags(byte[] to) {
        int count = flagBytes();
        int next = 1;
        if (count >= 256) {
            to[next++] = (byte) 0x80;
            to[next++] = (byte) (count >> 8);
        } else if (count >= 64) {
            to[next++] = (byte) 0xC0;
        }
        to[next++] = (byte) count;
        System.arraycopy(flags, 0, to, next, count);
        return next + count;
    }

    /** Appends the finished command to {@code out}, its length first. */
    void writeTo(ByteBuf out) {
        out.writeInt(size());
        out.writeByte(type);
        if (wire.tight()) {
            int count = flagBytes();
            if (count >= 256) {
                out.writeByte(0x80).writeShort(count);
            } else if (count >= 64) {
                out.writeByte(0xC0).writeByte(count);
            } else {
                out.writeByte(count);
            }
            out.writeBytes(flags, 0, count);
        }
        out.writeBytes(data, 0, at);
    }
}
