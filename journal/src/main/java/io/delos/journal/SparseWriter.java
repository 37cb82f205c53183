package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/**
 * One thread. A sparse segment being written: records in order of position, then the index, the fences, and at last the header. Nothing that
 * reads it at any moment before the end takes it for whole. 16 bytes of memory a record while it is written.
 */
final class SparseWriter implements AutoCloseable {
    private static final int BUFFER = 256 << 10;
    /** So much is synced at once at most, so that the journal's own groups don't wait for a long write. */
    private static final int FORCE_EVERY = 4 << 20;

    private final DiskFile file;
    private final UUID store;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private long[] positions = new long[256];
    private long[] offsets = new long[256];
    private int count;
    private long at = SparseHeader.BYTES;
    private long unforced;

    SparseWriter(Disk disk, Path path, UUID store) throws IOException {
        this.file = disk.open(path, Disk.Mode.CREATE);
        this.store = store;
    }

    /** Adds a whole record, which begins at an index of the buffer. Positions ascend. */
    void add(long position, ByteBuffer record, int index, int payloadLength) throws IOException {
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, count * 2);
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        positions[count] = position;
        offsets[count++] = at + buffer.position();
        int length = Layout.RECORD_HEADER + payloadLength;
        for (int done = 0; done < length;) {
            room(1);
            int piece = Math.min(length - done, buffer.remaining());
            buffer.put(record.slice(index + done, piece));
            done += piece;
        }
        while ((at + buffer.position()) % 8 != 0) {
            room(1);
            buffer.put((byte) 0);
        }
    }

    /** Writes what is missing and syncs it. */
    SparseIndex finish(int epoch, long base, long limit, long counted) throws IOException {
        SparseHeader empty = new SparseHeader(epoch, store, base, limit, counted, at + buffer.position(), count, 0);
        long[] fences = new long[(int) empty.pageCount()];
        for (int i = 0; i < fences.length; i++) {
            int first = i * IndexPage.ENTRIES;
            fences[i] = positions[first];
            put(page(i, first, empty.entries(i)));
        }
        ByteBuffer behind = ByteBuffer.allocate(fences.length * Long.BYTES);
        behind.asLongBuffer().put(fences);
        put(behind.duplicate());
        flush();
        SparseHeader header = new SparseHeader(epoch, store, base, limit, counted, empty.pages(), count, SparseIndex.checksum(store, behind));
        file.force(false);
        file.writeFully(header.encode(), 0);
        file.force(true);
        return new SparseIndex(header, fences);
    }

    private ByteBuffer page(int number, int first, int entries) {
        ByteBuffer page = ByteBuffer.allocate(IndexPage.bytes(entries));
        for (int i = first; i < first + entries; i++) {
            page.putLong(positions[i]).putLong(offsets[i]);
        }
        page.putLong(number).putInt(0);
        return page.putInt(SparseIndex.checksum(store, page.duplicate().flip())).flip();
    }

    private void put(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            room(1);
            int piece = Math.min(bytes.remaining(), buffer.remaining());
            buffer.put(bytes.slice(bytes.position(), piece));
            bytes.position(bytes.position() + piece);
        }
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        int length = buffer.flip().limit();
        file.writeFully(buffer, at);
        buffer.clear();
        at += length;
        unforced += length;
        if (unforced >= FORCE_EVERY) {
            file.force(false);
            unforced = 0;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
