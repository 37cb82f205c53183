package io.delos.amqp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Writes values in the AMQP type encoding (AMQP 1.0 part 1) into bytes that grow as needed. Not thread-safe. */
final class AmqpWriter {

    private static final int LIST32 = 0xd0;
    private static final int MAP32 = 0xd1;
    /** Size and count of a list or map. */
    private static final int COMPOUND_HEAD = 8;

    private byte[] bytes;
    private int length;

    AmqpWriter(int expected) {
        bytes = new byte[expected];
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** The descriptor of one of our sections or SASL frames; its value is to follow. */
    AmqpWriter descriptor(int code) {
        return put(0x00).put(0x53).put(code);
    }

    /** Begins a list; {@link #end} wants the place that this returns. */
    int beginList() {
        return begin(LIST32);
    }

    /** Begins a map; {@link #end} wants the place that this returns. */
    int beginMap() {
        return begin(MAP32);
    }

    private int begin(int code) {
        put(code);
        reserve(COMPOUND_HEAD);
        int place = length;
        length += COMPOUND_HEAD;
        return place;
    }

    /** Ends the list or map that began at {@code place}; {@code count} is its elements, a map's keys and values counted apart. */
    AmqpWriter end(int place, int count) {
        set32(place, length - place - 4);
        set32(place + 4, count);
        return this;
    }

    AmqpWriter nothing() {
        return put(0x40);
    }

    AmqpWriter bool(boolean value) {
        return put(value ? 0x41 : 0x42);
    }

    AmqpWriter ubyte(int value) {
        return put(0x50).put(value);
    }

    AmqpWriter uint(long value) {
        if (value == 0) {
            return put(0x43);
        }
        return value < 256 ? put(0x52).put((int) value) : put(0x70).put32((int) value);
    }

    AmqpWriter ulong(long value) {
        return value >= 0 && value < 256 ? put(0x53).put((int) value) : put(0x80).put64(value);
    }

    AmqpWriter timestamp(long millis) {
        return put(0x83).put64(millis);
    }

    AmqpWriter string(String value) {
        return variable(0xa1, value.getBytes(StandardCharsets.UTF_8));
    }

    AmqpWriter symbol(String value) {
        return variable(0xa3, value.getBytes(StandardCharsets.US_ASCII));
    }

    AmqpWriter binary(byte[] value) {
        return variable(0xa0, value);
    }

    /** {@code code8} is the type code with a size of one byte; the one with four is 0x10 higher. */
    private AmqpWriter variable(int code8, byte[] value) {
        if (value.length < 256) {
            put(code8).put(value.length);
        } else {
            put(code8 + 0x10).put32(value.length);
        }
        return raw(value, 0, value.length);
    }

    AmqpWriter uuid(UUID value) {
        return put(0x98).put64(value.getMostSignificantBits()).put64(value.getLeastSignificantBits());
    }

    /** A value as neutral messages hold it: boxed primitives, String, byte[], UUID, List, Map, null. What else there may be is written as text. */
    AmqpWriter value(Object value) {
        if (value == null) {
            return nothing();
        } else if (value instanceof String) {
            return string((String) value);
        } else if (value instanceof Number) {
            return number((Number) value);
        } else if (value instanceof Boolean) {
            return bool((Boolean) value);
        } else if (value instanceof byte[]) {
            return binary((byte[]) value);
        } else if (value instanceof Character) {
            return put(0x73).put32((Character) value);
        } else if (value instanceof UUID) {
            return uuid((UUID) value);
        } else if (value instanceof List) {
            return list((List<?>) value);
        } else if (value instanceof Map) {
            return map((Map<?, ?>) value);
        }
        return string(value.toString());
    }

    private AmqpWriter number(Number value) {
        if (value instanceof Integer) {
            int number = (Integer) value;
            return number >= -128 && number < 128 ? put(0x54).put(number) : put(0x71).put32(number);
        } else if (value instanceof Long) {
            long number = (Long) value;
            return number >= -128 && number < 128 ? put(0x55).put((int) number) : put(0x81).put64(number);
        } else if (value instanceof Double) {
            return put(0x82).put64(Double.doubleToLongBits((Double) value));
        } else if (value instanceof Float) {
            return put(0x72).put32(Float.floatToIntBits((Float) value));
        } else if (value instanceof Short) {
            return put(0x61).put((Short) value >> 8).put((Short) value);
        } else if (value instanceof Byte) {
            return put(0x51).put((Byte) value);
        }
        return string(value.toString());
    }

    AmqpWriter list(List<?> values) {
        int place = beginList();
        values.forEach(this::value);
        return end(place, values.size());
    }

    private AmqpWriter map(Map<?, ?> entries) {
        int place = beginMap();
        entries.forEach((key, value) -> value(key).value(value));
        return end(place, entries.size() * 2);
    }

    /** Bytes as they are. */
    AmqpWriter raw(byte[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    AmqpWriter put(int octet) {
        reserve(1);
        bytes[length++] = (byte) octet;
        return this;
    }

    AmqpWriter put32(int value) {
        reserve(4);
        set32(length, value);
        length += 4;
        return this;
    }

    private AmqpWriter put64(long value) {
        return put32((int) (value >>> 32)).put32((int) value);
    }

    /** Overwrites four bytes written before. */
    void set32(int place, int value) {
        bytes[place] = (byte) (value >>> 24);
        bytes[place + 1] = (byte) (value >>> 16);
        bytes[place + 2] = (byte) (value >>> 8);
        bytes[place + 3] = (byte) value;
    }

    int length() {
        return length;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            long doubled = Math.min(Math.max(bytes.length * 2L, 64), Integer.MAX_VALUE - 16);
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int) doubled));
        }
    }
}
