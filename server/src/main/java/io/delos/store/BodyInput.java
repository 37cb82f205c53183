package io.delos.store;

import io.delos.journal.DamagedException;
import io.delos.journal.DiskFile;
import io.delos.message.LargeBody;
import java.io.IOException;
import java.nio.ByteBuffer;

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

    /** Fills {@code target} with the bytes of the body from {@code from} on, which it has. */
    void read(long from, byte[] target) throws IOException {
        if (from == 0) {
            checkHeader();
        }
        ByteBuffer scratch = BodyFiles.SCRATCH.get();
        int filled = 0;
        while (filled < target.length) {
            long at = from + filled;
            long block = at / BodyBlocks.CONTENT;
            int skipped = (int) (at - block * BodyBlocks.CONTENT);
            int content = BodyBlocks.contentLength(block, body.length());
            load(scratch, block, content);
            int part = Math.min(content - skipped, target.length - filled);
            scratch.position(BodyBlocks.BLOCK_HEADER + skipped);
            scratch.get(target, filled, part);
            filled += part;
        }
    }

    private void load(ByteBuffer scratch, long block, int content) throws IOException {
        scratch.clear().limit(BodyBlocks.BLOCK_HEADER + content);
        int got = file.readUpTo(scratch, BodyBlocks.offset(block));
        if (got < BodyBlocks.BLOCK_HEADER + content) {
            throw new DamagedException(name(), BodyBlocks.offset(block) + got, "the file ends in the middle of the body");
        }
        BodyBlocks.check(scratch, 0, content, seal, block, name());
    }

    private String name() {
        return BodyFiles.name(body.file());
    }
}
