package io.delos.openwire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Typed values as OpenWire writes them in properties and in the bodies of map and stream messages: boxed primitives, Character, String,
 * byte[], null, maps and lists. Every length is checked against the bytes that are there. A cursor; not thread-safe.
 */
final class Primitives {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int NULL = 0;
    private static final int BOOLEAN = 1;
    private static final int BYTE = 2;
    private static final int CHAR = 3;
    private static final int SHORT = 4;
    private static final int INTEGER = 5;
    private static final int LONG_NUMBER = 6;
    private static final int DOUBLE = 7;
    private static final int FLOAT = 8;
    private static final int STRING = 9;
    private static final int BYTES = 10;
    private static final int MAP = 11;
    private static final int LIST = 12;
    private static final int BIG_STRING = 13;

    /** Maps and lists within each other. */
    private static final int DEEPEST = 16;
    /** Longer texts are written with a longer length. */
    private static final int LONGEST_STRING = 8191;

    private byte[] bytes;
    private int at;
    private int end;

    private Primitives(Slice slice) {
        bytes = slice.array();
        at = slice.offset();
        end = slice.end();
    }

    // reading

    /** The map that these bytes are. */
    static Map<String, Object> map(Slice slice) throws MalformedFrameException {
        return new Primitives(slice).readMap(0);
    }

    /** The values these bytes are, one behind the other. */
    static List<Object> sequence(Slice slice) throws MalformedFrameException {
        Primitives in = new Primitives(slice);
        List<Object> values = new ArrayList<>();
        while (in.at < in.end) {
            values.add(in.readValue(0));
        }
        return values;
    }

    /** The value of one name in the map that these bytes are; null if there is none. Other values are passed over. */
    static Object find(Slice slice, String name) throws MalformedFrameException {
        Primitives in = new Primitives(slice);
        int count = in.number32();
        for (int i = 0; i < count; i++) {
            int length = in.number16() & 0xFFFF;
            in.need(length);
            boolean found = ModifiedUtf.matches(in.bytes, in.at, length, name);
            in.at += length;
            if (found) {
                return in.readValue(0);
            }
            in.skipValue(0);
        }
        return null;
    }

    /**
     * Checks the whole map that these bytes are, so that nobody will find it damaged later, and returns the values of these names; null for
     * those that aren't there.
     */
    static Object[] checked(Slice slice, String... names) throws MalformedFrameException {
        Primitives in = new Primitives(slice);
        Object[] found = new Object[names.length];
        int count = in.number32();
        for (int i = 0; i < count; i++) {
            int length = in.number16() & 0xFFFF;
            int name = in.at;
            in.skipText(length);
            int which = 0;
            while (which < names.length && !ModifiedUtf.matches(in.bytes, name, length, names[which])) {
                which++;
            }
            if (which < found.length) {
                found[which] = in.readValue(0);
            } else {
                in.skipValue(0);
            }
        }
        return found;
    }

    /** A text behind its length in four bytes, as a text message's body is written. */
    static String bigText(Slice slice) throws MalformedFrameException {
        Primitives in = new Primitives(slice);
        int length = in.number32();
        return length < 0 ? "" : in.text(length);
    }

    private void need(int count) throws MalformedFrameException {
        if (count < 0 || count > end - at) {
            throw new MalformedFrameException("a value of " + count + " bytes where " + (end - at) + " are left");
        }
    }

    private int number8() throws MalformedFrameException {
        need(1);
        return bytes[at++];
    }

    private int number16() throws MalformedFrameException {
        need(2);
        at += 2;
        return (short) (bytes[at - 2] << 8 | bytes[at - 1] & 0xFF);
    }

    private int number32() throws MalformedFrameException {
        need(Integer.BYTES);
        at += Integer.BYTES;
        return (int) INT.get(bytes, at - Integer.BYTES);
    }

    private long number64() throws MalformedFrameException {
        need(Long.BYTES);
        at += Long.BYTES;
        return (long) LONG.get(bytes, at - Long.BYTES);
    }

    private String text(int length) throws MalformedFrameException {
        need(length);
        at += length;
        return ModifiedUtf.read(bytes, at - length, length);
    }

    private Map<String, Object> readMap(int depth) throws MalformedFrameException {
        int count = number32();
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(text(number16() & 0xFFFF), readValue(depth));
        }
        return map;
    }

    private Object readValue(int depth) throws MalformedFrameException {
        int type = number8();
        return switch (type) {
            case NULL -> null;
            case BOOLEAN -> number8() != 0;
            case BYTE -> (byte) number8();
            case CHAR -> (char) number16();
            case SHORT -> (short) number16();
            case INTEGER -> number32();
            case LONG_NUMBER -> number64();
            case DOUBLE -> Double.longBitsToDouble(number64());
            case FLOAT -> Float.intBitsToFloat(number32());
            case STRING -> text(number16() & 0xFFFF);
            case BIG_STRING -> text(number32());
            case BYTES -> readBytes();
            case MAP -> readMap(deeper(depth));
            case LIST -> readList(deeper(depth));
            default -> throw new MalformedFrameException("a value of the unknown type " + type);
        };
    }

    private static int deeper(int depth) throws MalformedFrameException {
        if (depth == DEEPEST) {
            throw new MalformedFrameException("maps and lists within each other more than " + DEEPEST + " times");
        }
        return depth + 1;
    }

    private byte[] readBytes() throws MalformedFrameException {
        int length = number32();
        need(length);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    private List<Object> readList(int depth) throws MalformedFrameException {
        int count = number32();
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(readValue(depth));
        }
        return list;
    }

    private void skipValue(int depth) throws MalformedFrameException {
        int type = number8();
        switch (type) {
            case NULL -> { }
            case BOOLEAN, BYTE -> skip(1);
            case CHAR, SHORT -> skip(2);
            case INTEGER, FLOAT -> skip(4);
            case LONG_NUMBER, DOUBLE -> skip(8);
            case STRING -> skipText(number16() & 0xFFFF);
            case BIG_STRING -> skipText(number32());
            case BYTES -> skip(number32());
            case MAP -> readMap(deeper(depth));
            case LIST -> readList(deeper(depth));
            default -> throw new MalformedFrameException("a value of the unknown type " + type);
        }
    }

    private void skipText(int length) throws MalformedFrameException {
        skip(length);
        if (!ModifiedUtf.isValid(bytes, at - length, at)) {
            throw new MalformedFrameException("a text is not UTF-8");
        }
    }

    private void skip(int count) throws MalformedFrameException {
        need(count);
        at += count;
    }

    // writing

    private Primitives() {
        this(Slice.of(new byte[256]));
    }

    static byte[] encode(Map<String, Object> map) {
        Primitives out = new Primitives();
        out.writeMap(map);
        return out.written();
    }

    static byte[] encode(List<Object> values) {
        Primitives out = new Primitives();
        values.forEach(out::writeValue);
        return out.written();
    }

    static byte[] encodeBigText(String text) {
        Primitives out = new Primitives();
        out.writeBigText(text);
        return out.written();
    }

    private byte[] written() {
        return Arrays.copyOf(bytes, at);
    }

    private void room(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + more));
        }
    }

    private void put8(int value) {
        room(1);
        bytes[at++] = (byte) value;
    }

    private void put16(int value) {
        room(2);
        bytes[at++] = (byte) (value >> 8);
        bytes[at++] = (byte) value;
    }

    private void put32(int value) {
        room(Integer.BYTES);
        INT.set(bytes, at, value);
        at += Integer.BYTES;
    }

    private void put64(long value) {
        room(Long.BYTES);
        LONG.set(bytes, at, value);
        at += Long.BYTES;
    }

    private void writeText(String whole) {
        String text = ModifiedUtf.fitting(whole, 0xFFFF);
        int length = ModifiedUtf.length(text);
        put16(length);
        room(length);
        at = ModifiedUtf.write(text, bytes, at);
    }

    private void writeBigText(String text) {
        int length = ModifiedUtf.length(text);
        put32(length);
        room(length);
        at = ModifiedUtf.write(text, bytes, at);
    }

    private void writeMap(Map<?, ?> map) {
        put32(map.size());
        map.forEach((name, value) -> {
            writeText(String.valueOf(name));
            writeValue(value);
        });
    }

    private void writeValue(Object value) {
        if (value == null) {
            put8(NULL);
        } else if (value instanceof String text) {
            boolean big = text.length() > LONGEST_STRING;
            put8(big ? BIG_STRING : STRING);
            if (big) {
                writeBigText(text);
            } else {
                writeText(text);
            }
        } else if (value instanceof Number number) {
            writeNumber(number);
        } else if (value instanceof Boolean flag) {
            put8(BOOLEAN);
            put8(flag ? 1 : 0);
        } else if (value instanceof Character character) {
            put8(CHAR);
            put16(character);
        } else if (value instanceof byte[] array) {
            put8(BYTES);
            put32(array.length);
            room(array.length);
            System.arraycopy(array, 0, bytes, at, array.length);
            at += array.length;
        } else {
            writeOther(value);
        }
    }

    private void writeNumber(Number number) {
        if (number instanceof Integer) {
            put8(INTEGER);
            put32(number.intValue());
        } else if (number instanceof Long) {
            put8(LONG_NUMBER);
            put64(number.longValue());
        } else if (number instanceof Double) {
            put8(DOUBLE);
            put64(Double.doubleToRawLongBits(number.doubleValue()));
        } else if (number instanceof Float) {
            put8(FLOAT);
            put32(Float.floatToRawIntBits(number.floatValue()));
        } else if (number instanceof Short) {
            put8(SHORT);
            put16(number.shortValue());
        } else if (number instanceof Byte) {
            put8(BYTE);
            put8(number.byteValue());
        } else {
            writeValue(number.toString());
        }
    }

    private void writeOther(Object value) {
        if (value instanceof Map<?, ?> map) {
            put8(MAP);
            writeMap(map);
        } else if (value instanceof List<?> list) {
            put8(LIST);
            put32(list.size());
            list.forEach(this::writeValue);
        } else {
            writeValue(value.toString());
        }
    }
}
