package io.delos.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** One thread. Writes a checkpoint's chained blocks; bytes written as a stream are gathered into blocks of one kind. */
final class BlockWriter extends OutputStream {
    static final int HEADER = 16;
    static final int MAX_PAYLOAD = 65536;

    private final DiskFile file;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer block = ByteBuffer.allocateDirect(HEADER + MAX_PAYLOAD).position(HEADER);
    private byte kind;
    private int chain;
    private long position;
    private long blocks;

    BlockWriter(DiskFile file) {
        this.file = file;
    }

    /** Ends the current block; what follows is of this kind. */
    void begin(byte nextKind) throws IOException {
        flush();
        kind = nextKind;
    }

    long blocks() {
        return blocks;
    }

    void writeLong(long value) throws IOException {
        room(8);
        block.putLong(value);
    }

    void writeInt(int value) throws IOException {
        room(4);
        block.putInt(value);
    }

    @Override
    public void write(int b) throws IOException {
        room(1);
        block.put((byte) b);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            room(1);
            int piece = Math.min(end - at, block.remaining());
            block.put(source, at, piece);
            at += piece;
        }
    }

    /** Writes the current block, however short, unless it is empty. */
    @Override
    public void flush() throws IOException {
        int length = block.position() - HEADER;
        if (length == 0) {
            return;
        }
        block.flip().putInt(0, length).putInt(4, kind << 24).putInt(8, chain);
        chain = checksum(crc, block, length);
        block.clear().limit(HEADER + length).putInt(12, chain);
        file.writeFully(block, position);
        position += HEADER + length;
        blocks++;
        block.clear().position(HEADER);
    }

    private void room(int bytes) throws IOException {
        if (block.remaining() < bytes) {
            flush();
        }
    }

    /** A block's checksum; position and limit of the buffer are lost. */
    static int checksum(CRC32C crc, ByteBuffer block, int length) {
        crc.reset();
        crc.update(block.clear().limit(12));
        crc.update(block.limit(HEADER + length).position(HEADER));
        return (int) crc.getValue();
    }
}
