package io.delos.core;

import io.delos.message.Xid;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The primitive encodings of the protocol. Reading never takes memory for more than the bytes that are present. A frame that is too
 * short shows as an {@link IndexOutOfBoundsException}, which {@link CoreCodec} turns into its one exception.
 */
final class Wire {
    private static final int SHORT_STRING = 9;
    private static final int LONG_STRING = 4095;

    private Wire() {
    }

    static boolean readBoolean(ByteBuf in) {
        return in.readByte() != 0;
    }

    /** As packet fields write it; message headers and property values write true as 1. */
    static void writeBoolean(ByteBuf out, boolean value) {
        out.writeByte(value ? 0xFF : 0);
    }

    // ---- text: length in bytes, then UTF-16 little-endian; used for addresses, queues, filters, properties

    static String readText(ByteBuf in) throws MalformedPacketException {
        int length = readLength(in);
        if ((length & 1) != 0) {
            throw new MalformedPacketException("a text of " + length + " bytes is not UTF-16");
        }
        String text = text(in, in.readerIndex(), length);
        in.skipBytes(length);
        return text;
    }

    /** The text whose {@code length} bytes start at {@code index}. */
    static String text(ByteBuf in, int index, int length) {
        char[] chars = new char[length >> 1];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) in.getShortLE(index + (i << 1));
        }
        return new String(chars);
    }

    static void writeText(ByteBuf out, String text) {
        int length = text.length();
        out.writeInt(length << 1);
        out.ensureWritable(length << 1);
        for (int i = 0; i < length; i++) {
            out.writeShortLE(text.charAt(i));
        }
    }

    static Optional<String> readOptionalText(ByteBuf in) throws MalformedPacketException {
        return readBoolean(in) ? Optional.of(readText(in)) : Optional.empty();
    }

    static void writeOptionalText(ByteBuf out, Optional<String> text) {
        out.writeByte(text.isPresent() ? 1 : 0);
        text.ifPresent(present -> writeText(out, present));
    }

    /** Moves past a text without decoding it. */
    static void skipText(ByteBuf in) throws MalformedPacketException {
        int length = readLength(in);
        if ((length & 1) != 0) {
            throw new MalformedPacketException("a text of " + length + " bytes is not UTF-16");
        }
        in.skipBytes(length);
    }

    // ---- strings: length in UTF-16 units, then one of three forms by length

    static String readString(ByteBuf in) throws MalformedPacketException {
        int units = in.readInt();
        if (units < 0) {
            throw new MalformedPacketException("a string of " + units + " characters");
        }
        if (units < SHORT_STRING) {
            char[] chars = new char[units];
            for (int i = 0; i < units; i++) {
                chars[i] = in.readChar();
            }
            return new String(chars);
        }
        return units < LONG_STRING ? readUtf(in, units) : readText(in);
    }

    static void writeString(ByteBuf out, String string) {
        out.writeInt(string.length());
        if (string.length() < SHORT_STRING) {
            for (int i = 0; i < string.length(); i++) {
                out.writeChar(string.charAt(i));
            }
        } else if (string.length() < LONG_STRING) {
            writeUtf(out, string);
        } else {
            writeText(out, string);
        }
    }

    static Optional<String> readOptionalString(ByteBuf in) throws MalformedPacketException {
        return readBoolean(in) ? Optional.of(readString(in)) : Optional.empty();
    }

    static void writeOptionalString(ByteBuf out, Optional<String> string) {
        out.writeByte(string.isPresent() ? 1 : 0);
        string.ifPresent(present -> writeString(out, present));
    }

    /** Each UTF-16 unit on its own in one to three bytes, behind a length of two bytes. */
    private static String readUtf(ByteBuf in, int units) throws MalformedPacketException {
        int end = in.readUnsignedShort();
        end += in.readerIndex();
        char[] chars = new char[units];
        for (int i = 0; i < units; i++) {
            chars[i] = readUnit(in);
        }
        if (in.readerIndex() != end) {
            throw new MalformedPacketException("a string of " + units + " characters whose bytes end elsewhere");
        }
        return new String(chars);
    }

    private static char readUnit(ByteBuf in) throws MalformedPacketException {
        int first = in.readUnsignedByte();
        if (first < 0x80) {
            return (char) first;
        }
        if (first >> 5 == 0b110) {
            return (char) ((first & 0x1F) << 6 | continuation(in));
        }
        if (first >> 4 == 0b1110) {
            return (char) ((first & 0x0F) << 12 | continuation(in) << 6 | continuation(in));
        }
        throw new MalformedPacketException("byte " + first + " starts no character");
    }

    private static int continuation(ByteBuf in) throws MalformedPacketException {
        int next = in.readUnsignedByte();
        if (next >> 6 != 0b10) {
            throw new MalformedPacketException("byte " + next + " continues no character");
        }
        return next & 0x3F;
    }

    private static void writeUtf(ByteBuf out, String string) {
        int lengthAt = out.writerIndex();
        out.writeShort(0);
        for (int i = 0; i < string.length(); i++) {
            char unit = string.charAt(i);
            if (unit < 0x80) {
                out.writeByte(unit);
            } else if (unit < 0x800) {
                out.writeByte(0xC0 | unit >> 6).writeByte(0x80 | unit & 0x3F);
            } else {
                out.writeByte(0xE0 | unit >> 12).writeByte(0x80 | unit >> 6 & 0x3F).writeByte(0x80 | unit & 0x3F);
            }
        }
        out.setShort(lengthAt, out.writerIndex() - lengthAt - Short.BYTES);
    }

    /** A length that the bytes present can satisfy. */
    static int readLength(ByteBuf in) throws MalformedPacketException {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new MalformedPacketException("a length of " + length + " where " + in.readableBytes() + " bytes are left");
        }
        return length;
    }

    static byte[] readBytes(ByteBuf in) throws MalformedPacketException {
        return take(in, readLength(in));
    }

    /** The same bytes as {@link #readBytes}, where they are: good as long as {@code in} is. */
    static ByteBuffer viewBytes(ByteBuf in) throws MalformedPacketException {
        int length = readLength(in);
        ByteBuffer bytes = in.nioBuffer(in.readerIndex(), length);
        in.skipBytes(length);
        return bytes;
    }

    /** The next {@code length} bytes, which must be present. */
    static byte[] take(ByteBuf in, int length) {
        if (length < 0 || length > in.readableBytes()) {
            throw new IndexOutOfBoundsException(length);
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    static void writeBytes(ByteBuf out, byte[] bytes) {
        out.writeInt(bytes.length).writeBytes(bytes);
    }

    /** The branch's id comes before the global one. */
    static Xid readXid(ByteBuf in) throws MalformedPacketException {
        int format = in.readInt();
        byte[] branch = readBytes(in);
        return new Xid(format, readBytes(in), branch);
    }

    static void writeXid(ByteBuf out, Xid xid) {
        out.writeInt(xid.format());
        writeBytes(out, xid.branch());
        writeBytes(out, xid.global());
    }

    static Optional<Boolean> readOptionalBoolean(ByteBuf in) {
        return readBoolean(in) ? Optional.of(readBoolean(in)) : Optional.empty();
    }

    static void writeOptionalBoolean(ByteBuf out, Optional<Boolean> value) {
        writeBoolean(out, value.isPresent());
        value.ifPresent(present -> writeBoolean(out, present));
    }

    static Optional<Integer> readOptionalInt(ByteBuf in) {
        return readBoolean(in) ? Optional.of(in.readInt()) : Optional.empty();
    }

    static void writeOptionalInt(ByteBuf out, Optional<Integer> value) {
        writeBoolean(out, value.isPresent());
        value.ifPresent(out::writeInt);
    }

    static Optional<Long> readOptionalLong(ByteBuf in) {
        return readBoolean(in) ? Optional.of(in.readLong()) : Optional.empty();
    }

    static void writeOptionalLong(ByteBuf out, Optional<Long> value) {
        writeBoolean(out, value.isPresent());
        value.ifPresent(out::writeLong);
    }
}
