package io.delos.stomp;

import io.delos.message.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A frame's headers as one run of bytes, unescaped, with an index of those that mean something. Not thread-safe; made to be used again and
 * again. The run is what a message's headers are stored as:
 *
 * <pre>
 *   entry := kind (1 byte, a {@link Kind}) | length of name (varint) | name | length of value (varint) | value (text in UTF-8)
 * </pre>
 *
 * Headers that a message's envelope knows ({@link Header.Use#ENVELOPE}) are kept apart from the run.
 */
final class Headers {

    private static final int LONGEST_VARINT = 5;

    private byte[] run = new byte[512];
    private int from;
    private int end;
    private byte[] apart = new byte[64];
    private int apartEnd;
    private int count;
    /** Names that may have been seen, a bit for each remainder of their hash. */
    private long seen;
    /** In a view: for each entry the position of its {@link Header}, or -1. */
    private byte[] found = new byte[32];
    private final int[] valueAt = new int[Header.COUNT];
    private final int[] valueLength = new int[Header.COUNT];

    Headers() {
        clear();
    }

    void clear() {
        if (from != 0) {
            // it was a view of a message's bytes
            run = new byte[512];
        }
        from = 0;
        end = 0;
        apartEnd = 0;
        count = 0;
        seen = 0;
        Arrays.fill(valueLength, -1);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** Makes this a view of headers that were stored; it must not be added to before it is cleared. */
    void view(byte[] stored, int start, int stop) {
        Arrays.fill(valueLength, -1);
        run = stored;
        from = start;
        end = stop;
        apartEnd = 0;
        count = 0;
        for (Cursor cursor = new Cursor(stored, start, stop); cursor.next();) {
            int known = Header.find(stored, cursor.nameAt, cursor.nameLength);
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = (byte) known;
            index(known, cursor.valueAt, cursor.valueLength);
        }
    }

    /** Of a view: whether this entry is one of the message's own. */
    boolean isProperty(int entry) {
        return found[entry] < 0 || Header.at(found[entry]).use() == Header.Use.PROPERTY;
    }

    private void index(int header, int at, int length) {
        if (header >= 0) {
            valueAt[header] = at;
            valueLength[header] = length;
        }
    }

    /** Adds a header; of two with the same name the first or the last stays. */
    void add(byte[] source, int nameAt, int nameLength, int valueFrom, int length, boolean firstWins) {
        int known = Header.find(source, nameAt, nameLength);
        boolean envelope = known >= 0 && Header.at(known).use() == Header.Use.ENVELOPE;
        if (known >= 0 ? valueLength[known] >= 0 : mayHaveSeen(source, nameAt, nameLength) && contains(source, nameAt, nameLength)) {
            if (firstWins) {
                return;
            }
            if (!envelope) {
                remove(source, nameAt, nameLength);
            }
        }
        count++;
        if (envelope) {
            setApart(known, source, valueFrom, length);
        } else {
            append(Kind.TEXT, source, nameAt, nameLength, source, valueFrom, length);
            index(known, end - length, length);
        }
    }

    /** Sets a text of ours, whatever was there. */
    void set(String name, String value) {
        set(name, Kind.TEXT, value);
    }

    /** Sets a header of ours, whatever was there; {@code value} is text for whatever kind it is of. */
    void set(String name, Kind kind, String value) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
        remove(nameBytes, 0, nameBytes.length);
        count++;
        mayHaveSeen(nameBytes, 0, nameBytes.length);
        append(kind, nameBytes, 0, nameBytes.length, valueBytes, 0, valueBytes.length);
        index(Header.find(nameBytes, 0, nameBytes.length), end - valueBytes.length, valueBytes.length);
    }

    /** Adds the entry at which the cursor stands, as it is. */
    void copy(Cursor cursor) {
        count++;
        append(Kind.of(cursor.kind), cursor.bytes, cursor.nameAt, cursor.nameLength, cursor.bytes, cursor.valueAt, cursor.valueLength);
        index(Header.find(cursor.bytes, cursor.nameAt, cursor.nameLength), end - cursor.valueLength, cursor.valueLength);
    }

    private void setApart(int known, byte[] source, int valueFrom, int length) {
        if (apart.length - apartEnd < length) {
            apart = Arrays.copyOf(apart, Math.max(apart.length * 2, apartEnd + length));
        }
        System.arraycopy(source, valueFrom, apart, apartEnd, length);
        index(known, apartEnd, length);
        apartEnd += length;
    }

    private void append(Kind kind, byte[] name, int nameAt, int nameLength, byte[] value, int valueFrom, int length) {
        int room = end + 1 + 2 * LONGEST_VARINT + nameLength + length;
        if (run.length < room) {
            run = Arrays.copyOf(run, Math.max(run.length * 2, room));
        }
        run[end++] = kind.code();
        end = putVarint(run, end, nameLength);
        System.arraycopy(name, nameAt, run, end, nameLength);
        end = putVarint(run, end + nameLength, length);
        System.arraycopy(value, valueFrom, run, end, length);
        end += length;
    }

    /** False only if no header of that name was added; remembers it. */
    private boolean mayHaveSeen(byte[] source, int nameAt, int nameLength) {
        long bit = 1L << Header.hash(source, nameAt, nameLength);
        boolean perhaps = (seen & bit) != 0;
        seen |= bit;
        return perhaps;
    }

    private boolean contains(byte[] source, int nameAt, int nameLength) {
        for (Cursor cursor = new Cursor(run, from, end); cursor.next();) {
            if (cursor.nameIs(source, nameAt, nameLength)) {
                return true;
            }
        }
        return false;
    }

    private void remove(byte[] source, int nameAt, int nameLength) {
        for (Cursor cursor = new Cursor(run, from, end); cursor.next();) {
            if (cursor.nameIs(source, nameAt, nameLength)) {
                int stop = cursor.at();
                System.arraycopy(run, stop, run, cursor.start, end - stop);
                end -= stop - cursor.start;
                count--;
                indexAgain();
                return;
            }
        }
    }

    private void indexAgain() {
        for (int i = 0; i < Header.COUNT; i++) {
            if (Header.at(i).use() != Header.Use.ENVELOPE) {
                valueLength[i] = -1;
            }
        }
        for (Cursor cursor = new Cursor(run, from, end); cursor.next();) {
            index(Header.find(run, cursor.nameAt, cursor.nameLength), cursor.valueAt, cursor.valueLength);
        }
    }

    boolean has(Header header) {
        return valueLength[header.ordinal()] >= 0;
    }

    /** The value; empty if the header is missing. */
    String text(Header header) {
        int length = valueLength[header.ordinal()];
        return length <= 0 ? "" : new String(bytesOf(header), valueAt[header.ordinal()], length, StandardCharsets.UTF_8);
    }

    /** Whether the value is there and exactly this. */
    boolean is(Header header, byte[] value) {
        int at = valueAt[header.ordinal()];
        int length = valueLength[header.ordinal()];
        return length == value.length && Arrays.equals(bytesOf(header), at, at + length, value, 0, length);
    }

    /** A copy of the value's bytes; of length 0 if the header is missing. */
    byte[] copy(Header header) {
        int at = valueAt[header.ordinal()];
        int length = Math.max(0, valueLength[header.ordinal()]);
        return Arrays.copyOfRange(bytesOf(header), at, at + length);
    }

    /** Where the value stands in {@link #bytesOf}. */
    int valueAt(Header header) {
        return valueAt[header.ordinal()];
    }

    /** How long the value is; -1 if the header is missing. */
    int valueLength(Header header) {
        return valueLength[header.ordinal()];
    }

    /** The array in which the value stands; not to be written to. */
    byte[] bytesOf(Header header) {
        return header.use() == Header.Use.ENVELOPE && from == 0 ? apart : run;
    }

    /** The bytes of the run. */
    int length() {
        return end - from;
    }

    /** Copies the run. */
    void copyTo(byte[] target, int at) {
        System.arraycopy(run, from, target, at, end - from);
    }

    /** The headers of the run, one after the other. */
    Cursor cursor() {
        return new Cursor(run, from, end);
    }

    static int putVarint(byte[] target, int at, int value) {
        int position = at;
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            target[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[position++] = (byte) rest;
        return position;
    }

    static int varintLength(int value) {
        return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
    }

    /** Walks over a run of entries. Damage is reported with MalformedMessageException. */
    static final class Cursor {

        final byte[] bytes;
        private final int stop;
        private int at;
        int start;
        int kind;
        int nameAt;
        int nameLength;
        int valueAt;
        int valueLength;

        Cursor(byte[] bytes, int start, int stop) {
            this.bytes = bytes;
            this.at = start;
            this.stop = stop;
        }

        /** Over the run that begins at {@code at} with its length. */
        static Cursor lengthAndRun(byte[] bytes, int at) {
            Cursor whole = new Cursor(bytes, at, bytes.length);
            int length = whole.length();
            return new Cursor(bytes, whole.at, whole.at + length);
        }

        /** Goes to the next entry; false at the end. */
        boolean next() {
            if (at >= stop) {
                return false;
            }
            start = at;
            kind = bytes[at++];
            nameLength = length();
            nameAt = at;
            at += nameLength;
            valueLength = length();
            valueAt = at;
            at += valueLength;
            return true;
        }

        /** A length that fits into what is left. */
        private int length() {
            int value = 0;
            for (int shift = 0; at < stop && shift < 7 * LONGEST_VARINT; shift += 7) {
                byte part = bytes[at++];
                value |= (part & 0x7F) << shift;
                if (part >= 0) {
                    if (value < 0 || value > stop - at) {
                        break;
                    }
                    return value;
                }
            }
            throw new MalformedMessageException("the headers of a stored STOMP message are damaged");
        }

        /** Where the next entry begins. */
        int at() {
            return at;
        }

        /** Where the run ends. */
        int stop() {
            return stop;
        }

        boolean nameIs(byte[] source, int from, int length) {
            return nameLength == length && Arrays.equals(bytes, nameAt, nameAt + nameLength, source, from, from + length);
        }

        /** For a name in ASCII. */
        boolean nameIs(String name) {
            if (nameLength != name.length()) {
                return false;
            }
            for (int i = 0; i < nameLength; i++) {
                if (bytes[nameAt + i] != name.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        String name() {
            return new String(bytes, nameAt, nameLength, StandardCharsets.UTF_8);
        }

        String text() {
            return new String(bytes, valueAt, valueLength, StandardCharsets.UTF_8);
        }

        /** The value as what it was before it became text. */
        Object value() {
            return Kind.of(kind).parse(text());
        }
    }
}
