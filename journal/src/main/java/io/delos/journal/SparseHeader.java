package io.delos.journal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * How a sparse segment begins.
 *
 * @param base the first position it stands for
 * @param limit the first position behind what it stands for
 * @param counted where the journal stood when its records were all that lived there
 * @param pages where its records end and the index begins, in bytes of the file
 * @param records how many records it holds
 * @param fences the checksum of what lies behind the index
 */
record SparseHeader(int epoch, UUID store, long base, long limit, long counted, long pages, long records, int fences) {
    private static final long MAGIC = 0x44454C4F53535052L;
    /** Its bytes; records begin behind it. */
    static final int BYTES = 80;

    /** Pages of index. */
    long pageCount() {
        return (records + IndexPage.ENTRIES - 1) / IndexPage.ENTRIES;
    }

    /** Where a page begins, or behind the last one, the fences. All but the last are full. */
    long pageOffset(long page) {
        return pages + Math.min(records, page * IndexPage.ENTRIES) * IndexPage.ENTRY + page * IndexPage.TRAILER;
    }

    /** Entries on a page. */
    int entries(long page) {
        return (int) Math.min(IndexPage.ENTRIES, records - page * IndexPage.ENTRIES);
    }

    /** The file's length. */
    long fileBytes() {
        return pageOffset(pageCount()) + pageCount() * Long.BYTES;
    }

    /** Its bytes, ready to be written. */
    ByteBuffer encode() {
        ByteBuffer block = ByteBuffer.allocate(BYTES);
        block.putLong(MAGIC).putInt(Layout.FORMAT).putInt(epoch);
        block.putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits());
        block.putLong(base).putLong(limit).putLong(counted).putLong(pages).putLong(records).putInt(fences);
        block.putInt(checksum(block));
        return block.clear();
    }

    /** Reads it; empty if it is no such header with a good checksum. {@link FormatException} if a newer release wrote it. */
    static Optional<SparseHeader> decode(ByteBuffer block, String file) throws FormatException {
        if (block.limit() < BYTES || block.getLong(0) != MAGIC) {
            return Optional.empty();
        }
        int format = block.getInt(8);
        boolean sound = block.getInt(BYTES - 4) == checksum(block);
        if (Integer.compareUnsigned(format, Layout.FORMAT) > 0 && !sound) {
            throw new FormatException(file, "journal format " + Integer.toUnsignedString(format)
                    + " of a newer release; this one reads format " + Layout.FORMAT);
        }
        if (format != Layout.FORMAT || !sound) {
            return Optional.empty();
        }
        return Optional.of(new SparseHeader(block.getInt(12), new UUID(block.getLong(16), block.getLong(24)), block.getLong(32),
                block.getLong(40), block.getLong(48), block.getLong(56), block.getLong(64), block.getInt(72)));
    }

    /** As it has to be if the header is of this format: a damaged version number is told from another release's. */
    private static int checksum(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        ByteBuffer ours = ByteBuffer.allocate(BYTES - 4).put(block.duplicate().position(0).limit(BYTES - 4)).putInt(8, Layout.FORMAT);
        crc.update(ours.flip());
        return (int) crc.getValue();
    }
}
