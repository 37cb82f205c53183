package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Typed properties: a message's properties, and the body of a map message. Values are Java's wrappers, {@code String}, {@code byte[]} or
 * null. The order of the entries is kept although it carries no meaning.
 */
final class TypedProperties {
    static final byte NULL = 0;
    static final byte BOOLEAN = 2;
    static final byte BYTE = 3;
    static final byte BYTES = 4;
    static final byte SHORT = 5;
    static final byte INT = 6;
    static final byte LONG = 7;
    static final byte FLOAT = 8;
    static final byte DOUBLE = 9;
    static final byte STRING = 10;
    static final byte CHAR = 11;

    private TypedProperties() {
    }

    static Map<String, Object> read(ByteBuf in) throws MalformedPacketException {
        int count = readCount(in);
        Map<String, Object> properties = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = Wire.readText(in);
            properties.put(name, readValue(in));
        }
        return properties;
    }

    static void write(ByteBuf out, Map<String, ?> properties) {
        if (properties.isEmpty()) {
            out.writeByte(0);
            return;
        }
        out.writeByte(1).writeInt(properties.size());
        properties.forEach((name, value) -> {
            Wire.writeText(out, name);
            writeValue(out, value);
        });
    }

    /** The value of one property, without decoding the others; null when it is absent (or null). Properties start at the reader index. */
    static Object find(ByteBuf in, String name) throws MalformedPacketException {
        int count = readCount(in);
        for (int i = 0; i < count; i++) {
            int length = Wire.readLength(in);
            boolean found = matches(in, in.readerIndex(), length, name);
            in.skipBytes(length);
            if (found) {
                return readValue(in);
            }
            skipValue(in);
        }
        return null;
    }

    /** Whether the text at {@code index} is {@code name}. */
    static boolean matches(ByteBuf in, int index, int length, String name) {
        if (length != name.length() << 1) {
            return false;
        }
        for (int i = name.length() - 1; i >= 0; i--) {
            if ((char) in.getShortLE(index + (i << 1)) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static int readCount(ByteBuf in) throws MalformedPacketException {
        if (!Wire.readBoolean(in)) {
            return 0;
        }
        int count = in.readInt();
        if (count < 0) {
            throw new MalformedPacketException(count + " properties");
        }
        return count;
    }

    static Object readValue(ByteBuf in) throws MalformedPacketException {
        byte tag = in.readByte();
        return switch (tag) {
            case NULL -> null;
            case BOOLEAN -> Wire.readBoolean(in);
            case BYTE -> in.readByte();
            case BYTES -> Wire.readBytes(in);
            case SHORT -> in.readShort();
            case INT -> in.readInt();
            case LONG -> in.readLong();
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case STRING -> Wire.readText(in);
            case CHAR -> in.readChar();
            default -> throw new MalformedPacketException("no property type " + tag);
        };
    }

    static void skipValue(ByteBuf in) throws MalformedPacketException {
        byte tag = in.readByte();
        switch (tag) {
            case NULL -> { }
            case BOOLEAN, BYTE -> in.skipBytes(1);
            case SHORT, CHAR -> in.skipBytes(2);
            case INT, FLOAT -> in.skipBytes(4);
            case LONG, DOUBLE -> in.skipBytes(8);
            case BYTES -> in.skipBytes(Wire.readLength(in));
            case STRING -> Wire.skipText(in);
            default -> throw new MalformedPacketException("no property type " + tag);
        }
    }

    static void writeValue(ByteBuf out, Object value) {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof String s) {
            Wire.writeText(out.writeByte(STRING), s);
        } else if (value instanceof Boolean b) {
            out.writeByte(BOOLEAN).writeByte(b ? 1 : 0);
        } else if (value instanceof Integer i) {
            out.writeByte(INT).writeInt(i);
        } else if (value instanceof Long l) {
            out.writeByte(LONG).writeLong(l);
        } else if (value instanceof Byte b) {
            out.writeByte(BYTE).writeByte(b);
        } else if (value instanceof Short s) {
            out.writeByte(SHORT).writeShort(s);
        } else if (value instanceof Float f) {
            out.writeByte(FLOAT).writeFloat(f);
        } else if (value instanceof Double d) {
            out.writeByte(DOUBLE).writeDouble(d);
        } else if (value instanceof Character c) {
            out.writeByte(CHAR).writeChar(c);
        } else if (value instanceof byte[] bytes) {
            Wire.writeBytes(out.writeByte(BYTES), bytes);
        } else {
            throw new IllegalArgumentException("no property can hold a " + value.getClass().getName());
        }
    }
}
