package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A unit of nothing, whose object identity serves as a mark. */
final class EmptyAppend extends Append {

    @Override
    protected int recordCount() {
        return 0;
    }

    @Override
    protected int recordSize(int i) {
        return 0;
    }

    @Override
    protected byte recordType(int i) {
        return 0;
    }

    @Override
    protected void encodeRecord(int i, ByteBuffer target, long position) {
        throw new IllegalStateException("nothing to encode");
    }

    @Override
    protected void durable() {
        // nobody waits for it
    }

    @Override
    protected void failed(IOException cause) {
        // nobody waits for it
    }
}
