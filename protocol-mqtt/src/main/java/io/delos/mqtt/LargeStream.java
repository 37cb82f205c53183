package io.delos.mqtt;

import io.delos.broker.OutgoingBody;
import io.delos.broker.Session;
import io.delos.message.BodyPiece;
import io.delos.message.LargeBody;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Owned by the connection's loop: the payload of a large message on its way to a client, piece by piece as its socket takes them. Nothing else
 * can be said meanwhile.
 */
final class LargeStream {

    private final Session session;
    private final Optional<OutgoingBody> body;
    private final Runnable written;
    private final Consumer<IOException> lost;
    private Runnable ended = () -> { };
    private boolean reading;
    private boolean over;

    /**
     * From now on the file stays, whatever becomes of the message.
     *
     * @param written run when the last piece was written
     * @param lost    told when the rest can't be had; the client waits for it
     */
    LargeStream(Session session, LargeBody file, Runnable written, Consumer<IOException> lost) {
        this.session = session;
        this.body = session.read(file);
        this.written = written;
        this.lost = lost;
    }

    /** Its turn has come, and what stands before it is written; {@code whole} runs when the last piece was written. */
    void begin(ChannelHandlerContext ctx, Runnable whole) {
        ended = whole;
        if (body.isEmpty()) {
            fail(new IOException("its body is gone"));
        } else {
            go(ctx);
        }
    }

    /** Goes on, if it can; to be called when the socket takes more. */
    void go(ChannelHandlerContext ctx) {
        if (over || reading) {
            return;
        }
        OutgoingBody from = body.orElseThrow();
        if (from.left() == 0) {
            end();
            written.run();
            ended.run();
        } else if (session.writable()) {
            reading = true;
            from.read(from.portion(), piece -> write(ctx, piece), this::fail);
        }
    }

    private void write(ChannelHandlerContext ctx, BodyPiece piece) {
        reading = false;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(piece.contents().toArray(ByteBuffer[]::new))).addListener(sent -> piece.release());
        go(ctx);
    }

    private void fail(IOException cause) {
        end();
        lost.accept(cause);
    }

    /** Nothing more is written. */
    void end() {
        if (!over) {
            over = true;
            body.ifPresent(OutgoingBody::close);
        }
    }
}
