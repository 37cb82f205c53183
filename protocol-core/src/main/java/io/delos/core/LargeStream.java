package io.delos.core;

import io.delos.broker.OutgoingBody;
import io.delos.core.MessagePacket.ReceiveChunk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.function.Consumer;

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
    private byte[] piece = {};
    private int at;
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
        while (!over && (at < piece.length ? mayWrite() : mayEnd())) {
            write();
        }
        if (!over && at == piece.length && !reading && payer.credit() > 0) {
            read();
        }
    }

    private boolean mayWrite() {
        return payer.credit() > 0 && (at > 0 || session.broker().writable());
    }

    /** A body without bytes is one chunk without any. */
    private boolean mayEnd() {
        return length == 0 && payer.credit() > 0;
    }

    private void write() {
        int size = Math.min(chunk, piece.length - at);
        ByteBuf out = session.handler().outbox().room(size + ReceiveChunk.OVERHEAD);
        written += size;
        int cost = ReceiveChunk.write(out, session.channel(), piece, at, size, written < length, consumer);
        at += size;
        session.handler().outbox().written();
        payer.pay(cost);
        if (written == length) {
            end();
            payer.streamed();
        }
    }

    private void read() {
        reading = true;
        long affordable = Math.min(LARGEST_CHUNK, payer.credit()) / (chunk + ReceiveChunk.OVERHEAD) + 1;
        int chunks = (int) Math.max(1, Math.min(affordable, body.portion() / chunk));
        Consumer<byte[]> got = bytes -> {
            reading = false;
            piece = bytes;
            at = 0;
            go();
        };
        body.read(chunks * chunk, got, cause -> {
            end();
            payer.lost(cause);
        });
    }

    /** Nothing more is written. */
    void end() {
        over = true;
        piece = new byte[0];
        at = 0;
        body.close();
    }
}
