package io.delos.store;

import io.delos.journal.DamagedException;
import io.delos.journal.DiskFile;
import io.delos.message.LargeBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The bytes in a body's file, each block verified before anything of it is given away. One thread, blocking. */
final class BodyInput {

    private final DiskFile file;
    private final BodyBlocks.Seal seal;
    private final LargeBody body;

    BodyInput(DiskFile file, BodyBlocks.Seal seal, LargeBody body) {
        this.file = file;
        this.seal = seal;
        this.body = body;
    }

    /** Throws if the file is not of the length, or does not begin with the header, that it should. */
    void checkShape() throws IOException {
        long expected = BodyBlocks.fileLength(body.length());
        if (file.size() != expected) {
            throw new DamagedException(name(), Math.min(file.size(), expected), "the file has " + file.size() + " bytes, not the " + expected
                    + " of a body of " + body.length());
        }
        checkHeader();
    }

    private void checkHeader() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(BodyBlocks.HEADER);
        file.readUpTo(header, 0);
        BodyBlocks.checkHeader(header.flip(), seal.store(), seal.file(), name());
    }

    /**
     * Reads the bytes of the body from {@code from} on, at most {@code length} of them: a buffer for each block that has some of them, ready to
     * be read; they go back to the pool.
     */
    List<ByteBuffer> read(long from, int length, BlockPool pool) throws IOException {
        List<ByteBuffer> blocks = new ArrayList<>();
        try {
            if (from == 0) {
                checkHeader();
            }
            long end = Math.min(body.length(), from + length);
            for (long block = from / BodyBlocks.CONTENT; block * BodyBlocks.CONTENT < end; block++) {
                ByteBuffer buffer = pool.take();
                blocks.add(buffer);
                int skipped = (int) Math.max(0, from - block * BodyBlocks.CONTENT);
                int content = BodyBlocks.contentLength(block, body.length());
                load(buffer, block, content);
                int last = (int) Math.min(content, end - block * BodyBlocks.CONTENT);
                buffer.limit(BodyBlocks.BLOCK_HEADER + last).position(BodyBlocks.BLOCK_HEADER + skipped);
            }
            return blocks;
        } catch (IOException | RuntimeException failure) {
            blocks.forEach(pool::give);
            throw failure;
        }
    }

    private void load(ByteBuffer buffer, long block, int content) throws IOException {
        buffer.clear().limit(BodyBlocks.BLOCK_HEADER + content);
        int got = file.readUpTo(buffer, BodyBlocks.offset(block));
        if (got < BodyBlocks.BLOCK_HEADER + content) {
            throw new DamagedException(name(), BodyBlocks.offset(block) + got, "the file ends in the middle of the body");
        }
        BodyBlocks.check(buffer, 0, content, seal, block, name());
    }

    private String name() {
        return BodyFiles.name(body.file());
    }
}
