package io.delos.amqp;

import io.delos.message.BodyPiece;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.codec.CompositeReadableBuffer;

/**
 * A piece of a body as Proton sees it: so many bytes that wait to be sent. Their way from the file to the socket is not through Proton:
 * {@link Outbox} takes them out. Owned by the connection's loop.
 */
final class PiecePayload extends CompositeReadableBuffer {

    private final BodyPiece piece;
    private final ArrayDeque<ByteBuffer> contents;
    private int left;

    PiecePayload(BodyPiece piece) {
        this.piece = piece;
        this.contents = new ArrayDeque<>(piece.contents());
        this.left = contents.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    @Override
    public int remaining() {
        return left;
    }

    @Override
    public boolean hasRemaining() {
        return left > 0;
    }

    /** The next {@code size} bytes, of those that are left; whoever gets them {@linkplain BodyPiece#release releases} {@link #piece} once. */
    List<ByteBuffer> take(int size) {
        piece.retain();
        left -= size;
        List<ByteBuffer> parts = new ArrayList<>(2);
        int wanted = size;
        while (wanted > 0) {
            ByteBuffer first = contents.element();
            int part = Math.min(wanted, first.remaining());
            parts.add(first.slice(first.position(), part));
            first.position(first.position() + part);
            wanted -= part;
            if (!first.hasRemaining()) {
                contents.remove();
            }
        }
        if (left == 0) {
            piece.release();
        }
        return parts;
    }

    /** Where they lie. */
    BodyPiece piece() {
        return piece;
    }
}
