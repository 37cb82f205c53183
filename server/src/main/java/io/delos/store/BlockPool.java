package io.delos.store;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Buffers for a block each that are used again, outside the heap as long as there is room. Any thread. */
final class BlockPool {

    private static final int MOST_KEPT = 64;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    /** An empty one, to be given back. */
    ByteBuffer take() {
        synchronized (this) {
            ByteBuffer used = free.poll();
            if (used != null) {
                return used.clear();
            }
        }
        try {
            return ByteBuffer.allocateDirect(BodyBlocks.BLOCK);
        } catch (OutOfMemoryError noneOutside) {
            return ByteBuffer.allocate(BodyBlocks.BLOCK);
        }
    }

    /** It is not used any more. */
    void give(ByteBuffer block) {
        synchronized (this) {
            if (block.isDirect() && free.size() < MOST_KEPT) {
                free.push(block);
            }
        }
    }
}
