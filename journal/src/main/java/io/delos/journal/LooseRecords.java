package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One thread. Finds records one by one in a plain segment's file, where frames can't be relied upon. Each is verified by its place and its
 * own checksum; what is not sound is stepped over, so that what lies beside it is found.
 */
final class LooseRecords {
    private static final int WINDOW = 1 << 20;

    private final long base;
    private final long bytes;
    private final Source source;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;
    private long offset;
    private int length;
    private long next;
    private boolean direct;
    private boolean first;

    /** Where the file's bytes come from. */
    interface Source {

        /** Fills the target from an offset of the file on, and rewinds it. */
        void read(ByteBuffer target, long offset) throws IOException;
    }

    /** @param bytes the file's length */
    LooseRecords(long base, long bytes, Source source) {
        this.base = base;
        this.bytes = bytes;
        this.source = source;
    }

    /** Goes on at an offset, a multiple of 8. */
    void from(long start) {
        next = start;
    }

    /** Moves to the next sound record that begins before an offset; false if there is none. */
    boolean next(long to) throws IOException {
        direct = true;
        first = false;
        while (next < to && bytes - next >= Layout.RECORD_HEADER) {
            if (next % Layout.BLOCK == 0 && frame(next)) {
                first = true;
                next += Layout.FRAME_HEADER;
                continue;
            }
            int found = record(next);
            if (found >= 0) {
                offset = next;
                length = found;
                next = offset + Layout.recordBytes(found);
                return true;
            }
            direct = false;
            first = false;
            next = behindDamage(next, to);
        }
        return false;
    }

    /** The record's offset in the file. */
    long offset() {
        return offset;
    }

    long position() {
        return base + offset;
    }

    /** Where the record's successor would begin. */
    long end() {
        return next;
    }

    /** Whether it follows the record before, or the place to go on at, without anything unsound between. */
    boolean direct() {
        return direct;
    }

    /** Whether a frame's header stands before it, sound or not, but telling of this place. */
    boolean first() {
        return first;
    }

    byte type() {
        return window.get((int) (offset - windowStart) + 8);
    }

    boolean lastOfUnit() {
        return (window.get((int) (offset - windowStart) + 9) & Layout.LAST_OF_UNIT) != 0;
    }

    /** Valid until the next step. */
    ByteBuffer payload() {
        return window.slice((int) (offset - windowStart) + Layout.RECORD_HEADER, length);
    }

    /** An unsound record's length is believed if what it leads to is sound, so that no content can pass for a record. */
    private long behindDamage(long at, long to) throws IOException {
        int loaded = load(at, Layout.RECORD_HEADER);
        int claimed = window.getInt(loaded);
        if (claimed >= 0 && window.getInt(loaded + 4) == Layout.place(base + at)) {
            long behind = at + Layout.recordBytes(claimed);
            if (behind < to && record(behind) >= 0) {
                return behind;
            }
        }
        return at + 8;
    }

    private boolean frame(long at) throws IOException {
        int loaded = load(at, Layout.FRAME_HEADER);
        return loaded >= 0 && window.getInt(loaded) == Layout.FRAME_MAGIC && window.getLong(loaded + 16) == base + at;
    }

    /** The length of the payload of the sound record at an offset, or -1 if there is none. */
    private int record(long at) throws IOException {
        int loaded = load(at, Layout.RECORD_HEADER);
        if (loaded < 0 || window.getInt(loaded + 4) != Layout.place(base + at)) {
            return -1;
        }
        int claimed = window.getInt(loaded);
        loaded = claimed < 0 || claimed > bytes - at - Layout.RECORD_HEADER ? -1 : load(at, Layout.RECORD_HEADER + claimed);
        if (loaded < 0) {
            return -1;
        }
        crc.reset();
        crc.update(window.duplicate().limit(loaded + 12).position(loaded));
        crc.update(window.duplicate().limit(loaded + Layout.RECORD_HEADER + claimed).position(loaded + Layout.RECORD_HEADER));
        return (int) crc.getValue() == window.getInt(loaded + 12) ? claimed : -1;
    }

    /** Where in the window a piece of the file is; -1 if the file ends before. */
    private int load(long at, int count) throws IOException {
        if (at < windowStart || at + count > windowStart + window.limit()) {
            if (count > bytes - at) {
                return -1;
            }
            int wanted = (int) Math.min(bytes - at, Math.max(WINDOW, count));
            ByteBuffer fresh = window.capacity() >= wanted ? window.clear().limit(wanted) : ByteBuffer.allocateDirect(wanted);
            window = ByteBuffer.allocate(0);
            source.read(fresh, at);
            window = fresh;
            windowStart = at;
        }
        return (int) (at - windowStart);
    }
}
