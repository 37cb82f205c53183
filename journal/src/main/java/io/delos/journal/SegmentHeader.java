package io.delos.journal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A segment's first block. {@code predecessorEnd} and {@code predecessorChain} settle where the segment before ended, so only the newest
 * segment's end is ever in doubt. {@code crc} is the value the first frame chains to.
 */
record SegmentHeader(int epoch, UUID store, long base, int capacity, boolean unsynced, long predecessorEnd, int predecessorChain, int crc) {
    private static final long MAGIC = 0x44454C4F534C4F47L;
    /** Its bytes; the rest of the block is zero. */
    static final int USED = 72;
    private static final int FEW = 8;
    private static final int FLAG_UNSYNCED = 1;

    static SegmentHeader of(int epoch, UUID store, long base, int capacity, boolean unsynced, long predecessorEnd, int predecessorChain) {
        SegmentHeader unsealed = new SegmentHeader(epoch, store, base, capacity, unsynced, predecessorEnd, predecessorChain, 0);
        ByteBuffer block = unsealed.encode();
        return new SegmentHeader(epoch, store, base, capacity, unsynced, predecessorEnd, predecessorChain, block.getInt(USED - 4));
    }

    /** A whole block, ready to be written. */
    ByteBuffer encode() {
        ByteBuffer block = ByteBuffer.allocate(Layout.BLOCK);
        block.putLong(MAGIC).putInt(Layout.FORMAT).putInt(epoch);
        block.putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits());
        block.putLong(base).putInt(capacity).putInt(unsynced ? FLAG_UNSYNCED : 0);
        block.putLong(predecessorEnd).putLong(0).putInt(predecessorChain);
        block.putInt(checksum(block));
        return block.clear();
    }

    /** Reads a block; empty if it is not a header with a good checksum. {@link FormatException} if a newer release wrote it. */
    static Optional<SegmentHeader> decode(ByteBuffer block, String file) throws FormatException {
        if (block.limit() < USED || block.getLong(0) != MAGIC) {
            return Optional.empty();
        }
        int format = block.getInt(8);
        boolean sound = block.getInt(USED - 4) == checksum(block);
        if (Integer.compareUnsigned(format, Layout.FORMAT) > 0 && !sound) {
            throw new FormatException(file, "journal format " + Integer.toUnsignedString(format)
                    + " of a newer release; this one reads format " + Layout.FORMAT);
        }
        if (format != Layout.FORMAT || !sound) {
            return Optional.empty();
        }
        return Optional.of(new SegmentHeader(block.getInt(12), new UUID(block.getLong(16), block.getLong(24)), block.getLong(32),
                block.getInt(40), (block.getInt(44) & FLAG_UNSYNCED) != 0, block.getLong(48), block.getInt(64), block.getInt(USED - 4)));
    }

    /** Whether a block never held a header: it is zero, or was until a bit or two were damaged. */
    static boolean blank(ByteBuffer block) {
        int others = 0;
        for (int i = 0; i < block.limit() && others < FEW; i++) {
            others += block.get(i) == 0 ? 0 : 1;
        }
        return block.limit() == Layout.BLOCK && others < FEW;
    }

    /** As it has to be if the header is of this format: a damaged version number is told from another release's. */
    private static int checksum(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        ByteBuffer ours = ByteBuffer.allocate(USED - 4).put(block.duplicate().position(0).limit(USED - 4)).putInt(8, Layout.FORMAT);
        crc.update(ours.flip());
        return (int) crc.getValue();
    }
}
