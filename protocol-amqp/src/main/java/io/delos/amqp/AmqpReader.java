package io.delos.amqp;

import io.delos.message.MalformedMessageException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A cursor over bytes in the AMQP type encoding (AMQP 1.0 part 1). Not thread-safe. It never takes more memory than the bytes it reads
 * justify, and answers anything that is not AMQP with {@link MalformedMessageException}.
 */
final class AmqpReader {

    /** Sections in the order in which a message has them (part 3 §3.2). */
    static final int HEADER = 0x70;
    static final int DELIVERY_ANNOTATIONS = 0x71;
    static final int MESSAGE_ANNOTATIONS = 0x72;
    static final int PROPERTIES = 0x73;
    static final int APPLICATION_PROPERTIES = 0x74;
    static final int DATA = 0x75;
    static final int SEQUENCE = 0x76;
    static final int VALUE = 0x77;
    static final int FOOTER = 0x78;
    /** What {@link #nextSection} says behind the last section. */
    static final int END = -1;

    /** Deeper nesting is taken for an attack. */
    private static final int MAX_DEPTH = 32;
    /** Elements that occupy no bytes ({@code true}, {@code null} …) an array may have. */
    private static final int MAX_EMPTY_ELEMENTS = 4096;
    private static final List<String> SECTION_NAMES = List.of("amqp:header:list", "amqp:delivery-annotations:map",
            "amqp:message-annotations:map", "amqp:properties:list", "amqp:application-properties:map", "amqp:data:binary",
            "amqp:amqp-sequence:list", "amqp:amqp-value:*", "amqp:footer:map");

    private final byte[] bytes;
    private final int limit;
    private int position;

    AmqpReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    AmqpReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.limit = to;
    }

    int position() {
        return position;
    }

    AmqpReader position(int value) {
        position = value;
        return this;
    }

    boolean hasRemaining() {
        return position < limit;
    }

    /** Steps onto the value of the next section and says which section it is; {@link #END} when there is none. */
    int nextSection() {
        return position == limit ? END : descriptor(HEADER, SECTION_NAMES);
    }

    /** Steps onto the value of the section {@code wanted}, or says false if the message has none. For sections before the body. */
    boolean find(int wanted) {
        for (int section = nextSection(); section != END && section <= wanted; section = nextSection()) {
            if (section == wanted) {
                return true;
            }
            skip();
        }
        return false;
    }

    /** Reads the descriptor of a described value: its code, or {@code first} plus its place in {@code names}. */
    int descriptor(int first, List<String> names) {
        if (u8() != 0) {
            throw malformed("a described type is expected");
        }
        int code = u8();
        long descriptor;
        switch (code) {
            case 0x53: descriptor = u8(); break;
            case 0x80: descriptor = i64(); break;
            case 0xa3: descriptor = (long) first + names.indexOf(ascii(u8())); break;
            case 0xb3: descriptor = (long) first + names.indexOf(ascii(size32())); break;
            default: throw malformed("a descriptor is expected");
        }
        if (descriptor < first || descriptor >= first + names.size()) {
            throw malformed("the type with descriptor " + descriptor + " is not known");
        }
        return (int) descriptor;
    }

    /** Where the value under the cursor ends. The cursor stays. */
    int endOfValue() {
        int start = position;
        skip();
        int end = position;
        position = start;
        return end;
    }

    /** Steps over one value. */
    void skip() {
        skip(0);
    }

    private void skip(int depth) {
        int code = u8();
        if (code == 0) {
            if (depth == MAX_DEPTH) {
                throw malformed("values are nested too deeply");
            }
            skip(depth + 1);
            skip(depth + 1);
        } else {
            advance(sizeOf(code));
        }
    }

    /** The bytes that follow a constructor of this code; for variable widths the cursor steps over the size. */
    private int sizeOf(int code) {
        switch (code >>> 4) {
            case 0x4: return 0;
            case 0x5: return 1;
            case 0x6: return 2;
            case 0x7: return 4;
            case 0x8: return 8;
            case 0x9: return 16;
            case 0xa: case 0xc: case 0xe: return u8();
            case 0xb: case 0xd: case 0xf: return size32();
            default: throw malformed("type code " + code + " is not known");
        }
    }

    /** Steps into a list; the number of its elements, whose first is under the cursor. */
    int enterList() {
        int code = u8();
        switch (code) {
            case 0x45: return 0;
            case 0xc0: return count(u8(), 1);
            case 0xd0: return count(size32(), 4);
            default: throw malformed("a list is expected, found type code " + code);
        }
    }

    /** Steps into a map; the number of its entries, the key of the first under the cursor. */
    int enterMap() {
        int code = u8();
        int elements;
        switch (code) {
            case 0xc1: elements = count(u8(), 1); break;
            case 0xd1: elements = count(size32(), 4); break;
            default: throw malformed("a map is expected, found type code " + code);
        }
        if ((elements & 1) != 0) {
            throw malformed("a map has a key without a value");
        }
        return elements / 2;
    }

    /** Reads the count in front of a compound of {@code size} bytes; an element takes a byte at least, so the count is bounded. */
    private int count(int size, int width) {
        if (size < width || size > limit - position) {
            throw malformed("a list or map of " + size + " bytes does not fit");
        }
        int count = width == 1 ? u8() : i32();
        if (count < 0 || count > size - width) {
            throw malformed("a list or map of " + size + " bytes can't have " + count + " elements");
        }
        return count;
    }

    /** Whether null is under the cursor, which then steps over it. */
    boolean skipNull() {
        if (peek() == 0x40) {
            position++;
            return true;
        }
        return false;
    }

    /** The type code under the cursor, 0 for a described value. */
    int peek() {
        need(1);
        return bytes[position] & 0xff;
    }

    /** Reads a string or symbol and says whether it is {@code expected}, which must be ASCII. Anything else is stepped over. */
    boolean matches(byte[] expected) {
        int code = peek();
        if (code != 0xa1 && code != 0xa3 && code != 0xb1 && code != 0xb3) {
            skip();
            return false;
        }
        position++;
        int length = code < 0xb0 ? u8() : size32();
        int start = position;
        advance(length);
        return java.util.Arrays.equals(bytes, start, position, expected, 0, expected.length);
    }

    /** A string or symbol; empty for null or another type. */
    String text() {
        Object value = value();
        return value instanceof String ? (String) value : "";
    }

    /** A whole number of any width, a timestamp or a boolean (1, 0); {@code otherwise} for null or another type. */
    long number(long otherwise) {
        Object value = value();
        if (value instanceof Number && !(value instanceof Float) && !(value instanceof Double)) {
            return ((Number) value).longValue();
        }
        return value instanceof Boolean ? ((Boolean) value ? 1 : 0) : otherwise;
    }

    /** Four bytes as an unsigned number, without a constructor. */
    long uint() {
        return i32() & 0xffff_ffffL;
    }

    /** The eight bytes of a ulong that isn't written in one of the shorter ways, as a signed number. */
    long ulong() {
        if (u8() != 0x80) {
            throw malformed("a ulong of eight bytes is expected");
        }
        return i64();
    }

    /**
     * One value of any type: boxed primitives (an unsigned number in the next wider type; a ulong above the longs' range and a decimal as
     * the nearest double), String for strings and symbols, byte[], Long for a timestamp, UUID, List, Map; null for null. A described
     * value is returned without its descriptor.
     */
    Object value() {
        return value(0);
    }

    private Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed("values are nested too deeply");
        }
        int code = u8();
        if (code == 0) {
            skip(depth + 1);
            return value(depth + 1);
        }
        switch (code) {
            case 0x45: case 0xc0: case 0xd0: position--; return list(depth);
            case 0xc1: case 0xd1: position--; return map(depth);
            case 0xe0: return array(u8(), 1, depth);
            case 0xf0: return array(size32(), 4, depth);
            default: return scalar(code);
        }
    }

    private Object scalar(int code) {
        switch (code) {
            case 0x40: return null;
            case 0x41: return Boolean.TRUE;
            case 0x42: return Boolean.FALSE;
            case 0x43: case 0x44: return 0L;
            case 0x50: return (short) u8();
            case 0x51: return (byte) u8();
            case 0x52: case 0x53: return (long) u8();
            case 0x54: return (int) (byte) u8();
            case 0x55: return (long) (byte) u8();
            case 0x56: return u8() != 0;
            case 0x60: return u16();
            case 0x61: return (short) u16();
            case 0x70: return i32() & 0xffff_ffffL;
            case 0x71: return i32();
            case 0x72: return Float.intBitsToFloat(i32());
            case 0x73: return (char) i32();
            case 0x74: return Decimals.toDouble(take(4));
            case 0x80: return unsigned(i64());
            case 0x81: case 0x83: return i64();
            case 0x82: return Double.longBitsToDouble(i64());
            case 0x84: return Decimals.toDouble(take(8));
            case 0x94: return Decimals.toDouble(take(16));
            case 0x98: return new UUID(i64(), i64());
            case 0xa0: return take(u8());
            case 0xb0: return take(size32());
            case 0xa1: return utf8(u8());
            case 0xb1: return utf8(size32());
            case 0xa3: return ascii(u8());
            case 0xb3: return ascii(size32());
            default: throw malformed("type code " + code + " is not known");
        }
    }

    private static Object unsigned(long value) {
        if (value >= 0) {
            return value;
        }
        return new BigInteger(Long.toUnsignedString(value)).doubleValue();
    }

    private List<Object> list(int depth) {
        int count = enterList();
        List<Object> values = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            values.add(value(depth + 1));
        }
        return values;
    }

    private Map<Object, Object> map(int depth) {
        int count = enterMap();
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Object key = value(depth + 1);
            entries.put(key, value(depth + 1));
        }
        return entries;
    }

    private List<Object> array(int size, int width, int depth) {
        if (size < width + 1 || size > limit - position) {
            throw malformed("an array of " + size + " bytes does not fit");
        }
        int end = position + size;
        int count = width == 1 ? u8() : i32();
        int code = u8();
        if (code == 0) {
            // arrays of described values: of no use inside a message, so their elements are not shown
            position = end;
            return List.of();
        }
        int empty = code >>> 4 == 4 ? MAX_EMPTY_ELEMENTS : end - position;
        if (count < 0 || count > empty) {
            throw malformed("an array of " + size + " bytes can't have " + count + " elements");
        }
        List<Object> values = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            values.add(element(code, depth + 1));
        }
        position = end;
        return values;
    }

    /** An array's element, whose constructor stands once in front of them all. */
    private Object element(int code, int depth) {
        if (code >>> 4 < 0xc) {
            return scalar(code);
        }
        int size = (code & 0x10) == 0 ? u8() : size32();
        int end = position + size;
        if (end < position || end > limit) {
            throw malformed("an array's element does not fit");
        }
        if (depth > MAX_DEPTH) {
            throw malformed("values are nested too deeply");
        }
        position -= (code & 0x10) == 0 ? 1 : 4;
        byte[] alone = new byte[end - position + 1];
        alone[0] = (byte) code;
        System.arraycopy(bytes, position, alone, 1, alone.length - 1);
        Object value = new AmqpReader(alone).value(depth + 1);
        position = end;
        return value;
    }

    /** A copy of what lies between two places. */
    byte[] copy(int from, int to) {
        return java.util.Arrays.copyOfRange(bytes, from, to);
    }

    private byte[] take(int length) {
        int start = position;
        advance(length);
        return copy(start, position);
    }

    private String utf8(int length) {
        int start = position;
        advance(length);
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    private String ascii(int length) {
        int start = position;
        advance(length);
        return new String(bytes, start, length, StandardCharsets.US_ASCII);
    }

    private void advance(int length) {
        need(length);
        position += length;
    }

    private void need(int length) {
        if (length < 0 || length > limit - position) {
            throw malformed("the message ends inside a value");
        }
    }

    private int size32() {
        int size = i32();
        if (size < 0) {
            throw malformed("a value is larger than the message");
        }
        return size;
    }

    private int u8() {
        need(1);
        return bytes[position++] & 0xff;
    }

    private int u16() {
        need(2);
        return (bytes[position++] & 0xff) << 8 | bytes[position++] & 0xff;
    }

    private int i32() {
        need(4);
        return u16() << 16 | u16();
    }

    private long i64() {
        need(8);
        return (long) i32() << 32 | i32() & 0xffff_ffffL;
    }

    private MalformedMessageException malformed(String sentence) {
        return new MalformedMessageException("AMQP, at byte " + position + ": " + sentence);
    }
}
