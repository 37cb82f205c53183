package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives what a {@link RecordReader} finds, in the order asked for, on the asking thread. */
public interface RecordVisitor {

    /**
     * One verified record.
     *
     * @param index which of the positions asked for
     * @param payload valid during the call only
     */
    void record(int index, long position, byte type, ByteBuffer payload);

    /** That record can't be had: {@link DamagedException}, {@link GoneException}, or the disk's own error. The others follow. */
    void failed(int index, long position, IOException cause);
}
