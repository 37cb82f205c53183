package io.delos.message;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Some consecutive bytes of a large message's body, in memory that is used again when whoever {@linkplain #retain retained} the piece has
 * released it; whoever it is first given to has done so. Any thread.
 */
public final class BodyPiece {

    private final List<ByteBuffer> blocks;
    private final Consumer<ByteBuffer> unused;
    private final AtomicInteger users = new AtomicInteger(1);

    /**
     * @param blocks each ready to be read
     * @param unused who takes each of them back
     */
    public BodyPiece(List<ByteBuffer> blocks, Consumer<ByteBuffer> unused) {
        this.blocks = blocks;
        this.unused = unused;
    }

    /** Its bytes, in order, in buffers of the caller's own. */
    public List<ByteBuffer> contents() {
        return blocks.stream().map(ByteBuffer::duplicate).toList();
    }

    /** One user more. */
    public void retain() {
        users.incrementAndGet();
    }

    /** One user fewer: what {@link #contents} gave this one is not to be touched any more. */
    public void release() {
        if (users.decrementAndGet() == 0) {
            blocks.forEach(unused);
        }
    }

    /** Copies it to where {@code target} begins at {@code at}, and releases it. Returns how many bytes it had. */
    public int moveTo(byte[] target, int at) {
        int length = 0;
        for (ByteBuffer content : contents()) {
            int part = content.remaining();
            content.get(target, at + length, part);
            length += part;
        }
        release();
        return length;
    }
}
