package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What {@link Journal#open} tells whoever keeps the state, on the opening thread: the saved state first, then what came after it. */
public interface Recovery {

    /** The newest checkpoint; not called if there is none. */
    void checkpoint(CheckpointReader saved) throws IOException;

    /**
     * One record of the tail. All records of a unit come one after the other, with the same {@code unitEnd}. A unit is handed over if it ends
     * after the checkpoint's replay position; some of its owners may have applied it already.
     *
     * @param position where the record starts, as it was told to {@link Append#encodeRecord}
     * @param payload valid during the call only
     * @param unitEnd the position just behind the unit
     */
    void record(long position, byte type, ByteBuffer payload, long unitEnd) throws IOException;

    /**
     * Something in a file is not what was written, and nothing is lost by it: it means nothing, or was found elsewhere. One line for the
     * operator was logged.
     */
    default void noticed(String file, long offset, String what) {
    }

    /** Salvaging only: these bytes are lost. A missing or unreadable file has length 0 if nobody knows how much was in it. */
    default void damaged(String file, long offset, long length) {
    }
}
