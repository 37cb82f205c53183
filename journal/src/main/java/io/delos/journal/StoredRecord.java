package io.delos.journal;

import java.nio.ByteBuffer;

/**
 * A record read back and verified.
 *
 * @param payload the caller's own, on the heap
 */
public record StoredRecord(long position, byte type, ByteBuffer payload) {
}
