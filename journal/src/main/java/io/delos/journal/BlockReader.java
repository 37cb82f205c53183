package io.delos.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** One thread. Reads a checkpoint's blocks in order and verifies each. */
final class BlockReader implements Closeable {
    private static final int WINDOW = 4 * BlockWriter.MAX_PAYLOAD;

    private final DiskFile file;
    private final String name;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer window;
    private ByteBuffer block;
    private int at;
    private int filled;
    private long position;
    private long blocks;
    private int chain;
    private byte kind;

    BlockReader(DiskFile file, String name) throws IOException {
        this.file = file;
        this.name = name;
        this.window = ByteBuffer.allocateDirect((int) Math.max(Layout.BLOCK, Math.min(WINDOW, file.size())));
        this.block = window;
    }

    /** Moves to the next block; false at the file's end. {@link DamagedException} if it isn't sound. */
    boolean next() throws IOException {
        if (!available(BlockWriter.HEADER)) {
            if (filled == at) {
                return false;
            }
            throw damaged();
        }
        int length = window.getInt(at);
        if (length <= 0 || length > BlockWriter.MAX_PAYLOAD || !available(BlockWriter.HEADER + length)) {
            throw damaged();
        }
        block = window.slice(at, BlockWriter.HEADER + length);
        int crcStored = block.getInt(12);
        if (block.getInt(8) != chain || BlockWriter.checksum(crc, block, length) != crcStored) {
            throw damaged();
        }
        chain = crcStored;
        kind = block.get(4);
        at += BlockWriter.HEADER + length;
        position += BlockWriter.HEADER + length;
        blocks++;
        block.clear().position(BlockWriter.HEADER);
        return true;
    }

    private boolean available(int bytes) throws IOException {
        if (filled - at < bytes) {
            filled = file.readUpTo(window.clear(), position);
            window.clear();
            at = 0;
        }
        return filled - at >= bytes;
    }

    private DamagedException damaged() {
        return new DamagedException(name, position, "a block of the checkpoint is damaged");
    }

    byte kind() {
        return kind;
    }

    /** What the block holds; consumed by reading, valid until the next block. */
    ByteBuffer payload() {
        return block;
    }

    /** Where the next block begins. */
    long position() {
        return position;
    }

    /** How many blocks have been read. */
    long blocks() {
        return blocks;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
