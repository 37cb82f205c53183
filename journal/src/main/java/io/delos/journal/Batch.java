package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The journal thread's. One frame in the making: units are encoded straight into the buffer that is written to the disk. The buffer is
 * reused; it grows to the largest unit ever appended, which a segment's capacity bounds.
 */
final class Batch {
    private final byte[] store;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer buffer;
    private long position;
    private int records;
    private int chain;

    Batch(UUID store, int bytes) {
        this.store = storeBytes(store);
        this.buffer = ByteBuffer.allocateDirect((int) Layout.alignBlock(bytes));
    }

    static byte[] storeBytes(UUID store) {
        return ByteBuffer.allocate(16).putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits()).array();
    }

    /** Starts a frame at a position. */
    void begin(long at) {
        position = at;
        records = 0;
        buffer.clear().position(Layout.FRAME_HEADER);
    }

    boolean isEmpty() {
        return records == 0;
    }

    /** Bytes of the frame so far, header included, padding excluded. */
    int length() {
        return buffer.position();
    }

    /** The finished frame's chain value. */
    int chain() {
        return chain;
    }

    /** Makes room for a frame of that many bytes, or says that there is no memory for it. Only while the frame is empty. */
    void reserve(long bytes) throws IOException {
        if (Layout.alignBlock(bytes) > buffer.capacity()) {
            try {
                buffer = ByteBuffer.allocateDirect((int) Layout.alignBlock(bytes));
                buffer.position(Layout.FRAME_HEADER);
            } catch (OutOfMemoryError e) {
                throw new IOException("no direct memory for a unit of " + bytes + " bytes", e);
            }
        }
    }

    /** Encodes a unit; if it can't be, the frame is as it was before and the exception says why. */
    void add(Append unit) throws IOException {
        int start = buffer.position();
        int count = unit.recordCount();
        try {
            for (int i = 0; i < count; i++) {
                addRecord(unit, i, i == count - 1);
            }
            if (buffer.position() - start != unit.frameBytes) {
                throw new IllegalStateException("the unit's sizes have changed since it was appended");
            }
            records += count;
        } catch (RuntimeException | Error e) {
            buffer.clear().position(start);
            throw new IOException("a unit could not be encoded: " + e, e);
        }
    }

    private void addRecord(Append unit, int i, boolean last) {
        int start = buffer.position();
        int size = unit.recordSize(i);
        int end = start + Layout.RECORD_HEADER + size;
        long at = position + start;
        buffer.putInt(size).putInt(Layout.place(at)).put(unit.recordType(i)).put(last ? Layout.LAST_OF_UNIT : 0).putShort((short) 0);
        buffer.putInt(0).limit(end);
        unit.encodeRecord(i, buffer, at);
        if (buffer.position() != end || buffer.limit() != end) {
            throw new IllegalStateException("record " + i + " of " + unit + " announced " + size + " bytes and wrote "
                    + (buffer.position() - start - Layout.RECORD_HEADER));
        }
        crc.reset();
        crc.update(buffer.position(start).limit(start + 12));
        crc.update(buffer.limit(end).position(start + Layout.RECORD_HEADER));
        buffer.clear().putInt(start + 12, (int) crc.getValue()).position(end);
        while ((buffer.position() & 7) != 0) {
            buffer.put((byte) 0);
        }
    }

    /** Seals the frame and returns its bytes, padding included; valid until the next {@link #begin}. */
    ByteBuffer finish(int epoch, int previous) {
        int length = buffer.position();
        int padded = (int) Layout.alignBlock(length);
        while (buffer.position() < padded) {
            buffer.putLong(0);
        }
        buffer.putInt(0, Layout.FRAME_MAGIC).putInt(4, length).putInt(8, epoch).putInt(12, records).putLong(16, position);
        buffer.putInt(24, previous);
        chain = frameCrc(crc, store, buffer, 0, length);
        buffer.putInt(28, chain);
        return buffer.limit(padded).position(0);
    }

    /** A frame's checksum: store id, header up to the checksum, records. Position and limit of the buffer are lost. */
    static int frameCrc(CRC32C crc, byte[] store, ByteBuffer buffer, int start, int length) {
        crc.reset();
        crc.update(store, 0, store.length);
        crc.update(buffer.limit(start + 28).position(start));
        crc.update(buffer.limit(start + length).position(start + Layout.FRAME_HEADER));
        return (int) crc.getValue();
    }
}
