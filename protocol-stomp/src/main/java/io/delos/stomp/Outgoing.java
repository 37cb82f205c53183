package io.delos.stomp;

import io.delos.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/**
 * Owned by the connection's loop: what goes to the client. Frames are written as they come and flushed together when the turn ends. After
 * {@link #end} nothing more is written.
 */
final class Outgoing {

    private static final ByteBuf LINE_END = Unpooled.unreleasableBuffer(Unpooled.directBuffer(1).writeByte('\n').asReadOnly());
    private static final byte[] NOTHING = new byte[0];
    private static final int ROOM = 128;

    private final ChannelHandlerContext ctx;
    private final Loop loop;
    private final Runnable flush = this::flush;
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

    /** A buffer for a frame of about that many bytes, to be given to {@link #write}. */
    ByteBuf buffer(int size) {
        return ctx.alloc().directBuffer(size);
    }

    void write(ByteBuf frame) {
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
        ByteBuf out = buffer(ROOM + id.length());
        FrameWriter.command(out, "RECEIPT");
        FrameWriter.header(out, Header.RECEIPT_ID, id, version);
        FrameWriter.body(out, NOTHING, 0);
        write(out);
    }

    void error(StompException why, String receipt) {
        String message = why.getMessage();
        ByteBuf out = buffer(ROOM + message.length() + why.body().length());
        FrameWriter.command(out, "ERROR");
        if (!message.isEmpty()) {
            FrameWriter.header(out, Header.MESSAGE, message, version);
        }
        if (!receipt.isEmpty()) {
            FrameWriter.header(out, Header.RECEIPT_ID, receipt, version);
        }
        byte[] body = why.body().getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            FrameWriter.plain(out, "content-type", "text/plain");
            if (version.escapes()) {
                FrameWriter.header(out, Header.CONTENT_LENGTH, body.length);
            }
        }
        FrameWriter.body(out, body, 0);
        write(out);
    }

    /** For a client that speaks none of our versions. */
    void noCommonVersion(String asked) {
        ByteBuf out = buffer(2 * ROOM + asked.length());
        FrameWriter.command(out, "ERROR");
        FrameWriter.header(out, Header.MESSAGE, "AMQ339002 Stomp versions not supported " + asked.replace(":", ""), version);
        FrameWriter.plain(out, "version", "1.0,1.1,1.2");
        FrameWriter.plain(out, "content-type", "text/plain");
        FrameWriter.body(out, "Supported protocol versions are v1.0 v1.1 v1.2".getBytes(StandardCharsets.US_ASCII), 0);
        write(out);
    }

    /** The answer to CONNECT; its headers are not escaped, so line ends are taken out. */
    void connected(String... headers) {
        ByteBuf out = buffer(2 * ROOM);
        FrameWriter.command(out, "CONNECTED");
        for (int i = 0; i < headers.length; i += 2) {
            FrameWriter.plain(out, headers[i], headers[i + 1].replaceAll("[\\r\\n\\x00]", " "));
        }
        FrameWriter.body(out, NOTHING, 0);
        write(out);
    }

    /** Nothing more is written. */
    void end() {
        ended = true;
    }
}
