package io.delos.stomp;

import io.delos.broker.OutgoingBody;
import io.delos.broker.Session;
import io.delos.message.BodyPiece;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Owned by the connection's loop: the body of a large message on its way to a client, piece by piece as its socket takes them. In STOMP nothing
 * else can be said meanwhile.
 */
final class LargeStream {

    private final ChannelHandlerContext ctx;
    private final Session session;
    private final OutgoingBody body;
    private final Runnable done;
    private final Consumer<IOException> lost;
    private boolean reading;
    private boolean over;

    /**
     * @param done run when the last piece was written
     * @param lost told when the rest can't be had
     */
    LargeStream(ChannelHandlerContext ctx, Session session, OutgoingBody body, Runnable done, Consumer<IOException> lost) {
        this.ctx = ctx;
        this.session = session;
        this.body = body;
        this.done = done;
        this.lost = lost;
    }

    /** Goes on, if it can; to be called when the socket takes more. */
    void go() {
        if (over || reading) {
            return;
        }
        if (body.left() == 0) {
            end();
            done.run();
        } else if (session.writable()) {
            reading = true;
            body.read(body.portion(), this::write, cause -> {
                end();
                lost.accept(cause);
            });
        }
    }

    private void write(BodyPiece piece) {
        reading = false;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(piece.contents().toArray(ByteBuffer[]::new))).addListener(written -> piece.release());
        go();
    }

    /** Nothing more is written. */
    void end() {
        if (!over) {
            over = true;
            body.close();
        }
    }
}
