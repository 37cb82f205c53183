package io.delos.core;

import io.delos.broker.OutgoingBody;
import io.delos.core.MessagePacket.ReceiveChunk;
import io.delos.message.BodyPiece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The body of a large message on its way to a client, in chunks, as far as the client's credit goes and its socket takes them (section 7.6).
 * One piece is read ahead. Owned by the connection's loop.
 */
final class LargeStream {
    /** The largest chunk, in bytes, whatever the client calls a large message. */
    private static final int LARGEST_CHUNK = 256 << 10;

    private final CoreSession session;
    private final Payer payer;
    private final long consumer;
    private final OutgoingBody body;
    private final long length;
    private final int chunk;
    private Optional<BodyPiece> piece = Optional.empty();
    /** What is left of it to be written. */
    private final ArrayDeque<ByteBuffer> contents = new ArrayDeque<>();
    /** Whether some of it has been written. */
    private boolean begun;
    private long written;
    private boolean reading;
    private boolean over;

    /** Whose credit it costs. */
    interface Payer {

        /** The credit, in bytes of frames; a chunk may be written while it is greater than 0. */
        long credit();

        /** A frame of this size was written. */
        void pay(int size);

        /** The last chunk was written. */
        void streamed();

        /** The rest can't be had. */
        void lost(IOException cause);
    }

    LargeStream(CoreSession session, Payer payer, long consumer, OutgoingBody body) {
        this.session = session;
        this.payer = payer;
        this.consumer = consumer;
        this.body = body;
        this.length = body.left();
        this.chunk = Math.max(1, Math.min(LARGEST_CHUNK, session.request().minLargeMessageSize()));
    }

    /** Writes and reads what it can now; to be called when there is more credit or the socket takes more. */
    void go() {
        while (!over && (contents.isEmpty() ? mayEnd() : mayWrite())) {
            write();
        }
        if (!over && contents.isEmpty() && !reading && payer.credit() > 0) {
            read();
        }
    }

    private boolean mayWrite() {
        return payer.credit() > 0 && (begun || session.broker().writable());
    }

    /** A body without bytes is one chunk without any. */
    private boolean mayEnd() {
        return length == 0 && payer.credit() > 0;
    }

    private void write() {
        List<ByteBuffer> parts = nextChunk();
        int size = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        begun = true;
        written += size;
        boolean continues = written < length;
        piece.ifPresent(BodyPiece::retain);
        Runnable sent = piece.map(held -> (Runnable) held::release).orElse(() -> { });
        session.handler().outbox().write(out -> ReceiveChunk.writeBefore(out, session.channel(), size), parts,
                out -> ReceiveChunk.writeBehind(out, continues, consumer), sent);
        if (contents.isEmpty()) {
            letGo();
        }
        payer.pay(size + ReceiveChunk.OVERHEAD);
        if (!continues) {
            end();
            payer.streamed();
        }
    }

    private List<ByteBuffer> nextChunk() {
        List<ByteBuffer> parts = new ArrayList<>();
        int left = chunk;
        while (left > 0 && !contents.isEmpty()) {
            ByteBuffer first = contents.peek();
            int part = Math.min(left, first.remaining());
            parts.add(first.slice(first.position(), part));
            first.position(first.position() + part);
            left -= part;
            if (!first.hasRemaining()) {
                contents.remove();
            }
        }
        return parts;
    }

    private void read() {
        reading = true;
        long affordable = Math.min(LARGEST_CHUNK, payer.credit()) / (chunk + ReceiveChunk.OVERHEAD) + 1;
        int chunks = (int) Math.max(1, Math.min(affordable, body.portion() / chunk));
        body.read(chunks * chunk, got -> {
            reading = false;
            begun = false;
            piece = Optional.of(got);
            contents.addAll(got.contents());
            go();
        }, cause -> {
            end();
            payer.lost(cause);
        });
    }

    /** Nothing more is written. */
    void end() {
        over = true;
        letGo();
        body.close();
    }

    /** What the socket still has to take of the piece keeps it by itself. */
    private void letGo() {
        contents.clear();
        piece.ifPresent(BodyPiece::release);
        piece = Optional.empty();
    }
}
