package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One thread. Finds and verifies the frames of one segment after another, through a window that is as large as the largest frame met; a frame can't claim
 * more than its file holds. After {@link #at} has returned true, the records of that frame can be walked.
 */
final class FrameReader {
    private static final int WINDOW = 1 << 20;

    /** Stands for every epoch; real ones begin at 1. */
    static final int ANY_EPOCH = 0;

    private final byte[] store;
    private final CRC32C crc = new CRC32C();
    private DiskFile file;
    private long base;
    private long capacity;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;
    private int loaded;
    private int start;
    private int length;
    private int chain;
    private int records;
    private int record;
    private int payloadLength;

    FrameReader(UUID store) {
        this.store = Batch.storeBytes(store);
    }

    /** Whether it is for that journal's frames. */
    boolean reads(UUID id) {
        return Arrays.equals(store, Batch.storeBytes(id));
    }

    /**
     * Turns to another segment.
     *
     * @param bytes how much of the file belongs to the segment
     */
    void over(DiskFile segment, long firstPosition, long bytes) {
        file = segment;
        base = firstPosition;
        capacity = bytes;
        loaded = 0;
    }

    /** Whether a valid frame of that epoch is at a file offset; its chain value is the caller's to check. */
    boolean at(long offset, int epoch) throws IOException {
        if (!claims(offset) || epoch != ANY_EPOCH && window.getInt(start + 8) != epoch) {
            return false;
        }
        int claimed = window.getInt(start + 4);
        if (claimed < Layout.FRAME_HEADER + Layout.RECORD_HEADER || (claimed & 7) != 0 || claimed > capacity - offset
                || !load(offset, claimed)) {
            return false;
        }
        start = (int) (offset - windowStart);
        length = claimed;
        records = window.getInt(start + 12);
        chain = window.getInt(start + 28);
        boolean sound = Batch.frameCrc(crc, store, window, start, length) == chain;
        window.clear();
        record = 0;
        return sound && wellFormed();
    }

    /** Whether the bytes at an offset look like the beginning of a frame written right there, sound or not. */
    boolean claims(long offset) throws IOException {
        if (offset > capacity - Layout.FRAME_HEADER || !load(offset, Layout.FRAME_HEADER)) {
            return false;
        }
        start = (int) (offset - windowStart);
        return window.getInt(start) == Layout.FRAME_MAGIC && window.getLong(start + 16) == base + offset;
    }

    /** The offset of the first valid frame of that epoch from an offset on, or -1. */
    long find(long from, int epoch) throws IOException {
        for (long offset = from; offset < capacity; offset += Layout.BLOCK) {
            if (at(offset, epoch)) {
                return offset;
            }
        }
        return -1;
    }

    /** Whether a block near the segment's beginning looks like a frame written there. */
    boolean everUsed() throws IOException {
        for (long offset = Layout.BLOCK; offset < Math.min(capacity, WINDOW); offset += Layout.BLOCK) {
            if (claims(offset)) {
                return true;
            }
        }
        return false;
    }

    /** The epoch the frame at the last asked offset claims. */
    int epoch() {
        return window.getInt(start + 8);
    }

    int length() {
        return length;
    }

    int records() {
        return records;
    }

    /** The chain value this frame gives to the next one. */
    int chain() {
        return chain;
    }

    /** The chain value this frame expects of the one before. */
    int previous() {
        return window.getInt(start + 24);
    }

    /** Moves to the next record; false behind the last. */
    boolean nextRecord() {
        record = record == 0 ? start + Layout.FRAME_HEADER : record + (int) Layout.recordBytes(payloadLength);
        if (record >= start + length) {
            return false;
        }
        payloadLength = window.getInt(record);
        return true;
    }

    long position() {
        return base + windowStart + record;
    }

    byte type() {
        return window.get(record + 8);
    }

    boolean lastOfUnit() {
        return (window.get(record + 9) & Layout.LAST_OF_UNIT) != 0;
    }

    /** The record's content; valid until the next frame is asked for. */
    ByteBuffer payload() {
        return window.slice(record + Layout.RECORD_HEADER, payloadLength).asReadOnlyBuffer();
    }

    /**
     * The offset of the first byte between the frame's end and the next one's possible beginning that is not zero; -1 if all are. Call it
     * last: the records are gone then.
     */
    long padding() throws IOException {
        long from = windowStart + start + length;
        int bytes = (int) (Layout.alignBlock(from) - from);
        if (bytes == 0 || !load(from, bytes)) {
            return -1;
        }
        int at = (int) (from - windowStart);
        int spoiled = Layout.spoiled(window, at, at + bytes);
        return spoiled < 0 ? -1 : windowStart + spoiled;
    }

    /** Where the current record's unit ends. */
    long unitEnd() {
        int at = record;
        while ((window.get(at + 9) & Layout.LAST_OF_UNIT) == 0) {
            at += (int) Layout.recordBytes(window.getInt(at));
        }
        return base + windowStart + at + Layout.recordBytes(window.getInt(at));
    }

    /** Whether the records fill the frame exactly, each knows its place, and the last one ends a unit. */
    private boolean wellFormed() {
        int end = start + length;
        int at = start + Layout.FRAME_HEADER;
        int count = 0;
        boolean unitEnded = false;
        while (at < end) {
            int payload = at <= end - Layout.RECORD_HEADER ? window.getInt(at) : -1;
            if (payload < 0 || Layout.recordBytes(payload) > end - at || window.getInt(at + 4) != Layout.place(base + windowStart + at)) {
                return false;
            }
            unitEnded = (window.get(at + 9) & Layout.LAST_OF_UNIT) != 0;
            at += (int) Layout.recordBytes(payload);
            count++;
        }
        return unitEnded && count == records;
    }

    /** Brings a range into the window; false if the file ends before. */
    private boolean load(long offset, int bytes) throws IOException {
        if (offset >= windowStart && offset + bytes <= windowStart + loaded) {
            return true;
        }
        int wanted = (int) Math.max(Layout.alignBlock(bytes), Math.min(WINDOW, capacity));
        if (wanted > window.capacity()) {
            window = ByteBuffer.allocateDirect(wanted);
        }
        window.clear().limit((int) Math.min(window.capacity(), capacity - offset));
        loaded = file.readUpTo(window, offset);
        windowStart = offset;
        window.clear();
        return loaded >= bytes;
    }
}
