package io.delos.store;

import io.delos.journal.DamagedException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * How a body's file is laid out ({@code docs/journal-format.md}): a header, then blocks of {@value #CONTENT} bytes of the body, the last one
 * shorter, each behind its length and checksum. Stateless; any thread.
 */
final class BodyBlocks {

    /** What a block takes on the disk, at most. */
    static final int BLOCK = 64 << 10;
    /** Bytes before a block's content. */
    static final int BLOCK_HEADER = 8;
    /** Bytes of the body in each block but the last. */
    static final int CONTENT = BLOCK - BLOCK_HEADER;
    /** Bytes before the first block. */
    static final int HEADER = 64;

    private static final long MAGIC = 0x44454c4f53424459L;
    private static final int VERSION = 1;
    private static final int CRC_AT = HEADER - Integer.BYTES;

    private BodyBlocks() {
    }

    /** How long the file of a body of this length is. */
    static long fileLength(long bodyLength) {
        return HEADER + bodyLength + blocks(bodyLength) * BLOCK_HEADER;
    }

    /** How many blocks a body of this length has. */
    static long blocks(long bodyLength) {
        return (bodyLength + CONTENT - 1) / CONTENT;
    }

    /** Where a block begins in the file. */
    static long offset(long block) {
        return HEADER + block * BLOCK;
    }

    /** What a block of a body of this length contains, in bytes. */
    static int contentLength(long block, long bodyLength) {
        return (int) Math.min(CONTENT, bodyLength - block * CONTENT);
    }

    /** Writes a file's header. */
    static void putHeader(ByteBuffer out, UUID store, long file) {
        int start = out.position();
        out.putLong(MAGIC).putInt(VERSION).putInt(CONTENT).putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits());
        out.putLong(file);
        while (out.position() < start + CRC_AT) {
            out.put((byte) 0);
        }
        out.putInt(crc(out.duplicate().flip().position(start)));
    }

    /** Throws if this is not the header of that file. */
    static void checkHeader(ByteBuffer header, UUID store, long file, String name) throws DamagedException {
        ByteBuffer expected = ByteBuffer.allocate(HEADER);
        putHeader(expected, store, file);
        if (!expected.flip().equals(header)) {
            throw new DamagedException(name, 0, "this is not the header of the body that is to be here");
        }
    }

    /** Fills in the header of a block that begins at {@code at} and whose content lies behind it. */
    static void seal(ByteBuffer blocks, int at, int length, Seal identity, long block) {
        blocks.putInt(at, length);
        blocks.putInt(at + Integer.BYTES, identity.crc(blocks, at, length, block));
    }

    /** Throws if the block at {@code at} of {@code blocks} is not what was written. */
    static void check(ByteBuffer blocks, int at, int length, Seal identity, long block, String name) throws DamagedException {
        if (blocks.getInt(at) != length || blocks.getInt(at + Integer.BYTES) != identity.crc(blocks, at, length, block)) {
            throw new DamagedException(name, offset(block), "the block of the body that begins at byte " + block * CONTENT + " is damaged");
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** What a block's checksum covers beside its content: whose it is. */
    record Seal(UUID store, long file) {

        private int crc(ByteBuffer blocks, int at, int length, long block) {
            ByteBuffer whose = ByteBuffer.allocate(4 * Long.BYTES + Integer.BYTES);
            whose.putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits()).putLong(file).putLong(block).putInt(length);
            CRC32C crc = new CRC32C();
            crc.update(whose.flip());
            ByteBuffer content = blocks.duplicate();
            crc.update(content.limit(at + BLOCK_HEADER + length).position(at + BLOCK_HEADER));
            return (int) crc.getValue();
        }
    }
}
