package io.delos.stomp;

import io.delos.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Owned by the connection's loop: what goes to the client. Frames are written as they come and flushed together when the turn ends. After
 * {@link #end} nothing more is written.
 */
final class Outgoing {

    private static final ByteBuf LINE_END = Unpooled.unreleasableBuffer(Unpooled.directBuffer(1).writeByte('\n').asReadOnly());
    private static final byte[] NOTHING = new byte[0];

    private final ChannelHandlerContext ctx;
    private final Loop loop;
    private final Runnable flush = this::flush;
    private final FrameWriter writer = new FrameWriter();
    private Version version = Version.V1_0;
    private boolean flushing;
    private boolean ended;

    Outgoing(ChannelHandlerContext ctx, Loop loop) {
        this.ctx = ctx;
        this.loop = loop;
    }

    void speak(Version agreed) {
        version = agreed;
    }

    Version version() {
        return version;
    }

    /** Whether it takes anything more. */
    boolean open() {
        return !ended && ctx.channel().isActive();
    }

    /** To put the next frame together with, and give it to {@link #end(byte[], int)}. */
    FrameWriter writer() {
        return writer;
    }

    /** Sends what was put together, with this body. */
    void end(byte[] body, int from) {
        if (!ended) {
            write(writer.end(ctx.alloc(), body, from));
        }
    }

    private void write(ByteBuf frame) {
        if (ended) {
            frame.release();
            return;
        }
        ctx.write(frame, ctx.voidPromise());
        if (!flushing) {
            flushing = true;
            loop.post(flush);
        }
    }

    private void flush() {
        flushing = false;
        ctx.flush();
    }

    void heartBeat() {
        write(LINE_END.duplicate());
    }

    void receipt(String id) {
        writer.begin("RECEIPT").header(Header.RECEIPT_ID, id, version);
        end(NOTHING, 0);
    }

    void error(StompException why, String receipt) {
        writer.begin("ERROR");
        if (!why.getMessage().isEmpty()) {
            writer.header(Header.MESSAGE, why.getMessage(), version);
        }
        if (!receipt.isEmpty()) {
            writer.header(Header.RECEIPT_ID, receipt, version);
        }
        byte[] body = why.body().getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            writer.plain(Header.CONTENT_TYPE.text(), "text/plain");
            if (version.escapes()) {
                writer.header(Header.CONTENT_LENGTH, body.length);
            }
        }
        end(body, 0);
    }

    /** For a client that speaks none of our versions. */
    void noCommonVersion(String asked) {
        writer.begin("ERROR").header(Header.MESSAGE, "AMQ339002 Stomp versions not supported " + asked.replace(":", ""), version)
                .plain("version", "1.0,1.1,1.2").plain(Header.CONTENT_TYPE.text(), "text/plain");
        end("Supported protocol versions are v1.0 v1.1 v1.2".getBytes(StandardCharsets.US_ASCII), 0);
    }

    /** The answer to CONNECT: names and values in turn. They are not escaped, so line ends are taken out. */
    void connected(List<String> headers) {
        writer.begin("CONNECTED");
        for (int i = 0; i < headers.size(); i += 2) {
            writer.plain(headers.get(i), headers.get(i + 1).replaceAll("[\\r\\n\\x00]", " "));
        }
        end(NOTHING, 0);
    }

    /** Nothing more is written. */
    void end() {
        ended = true;
    }
}
