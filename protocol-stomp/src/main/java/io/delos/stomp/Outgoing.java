package io.delos.stomp;

import io.delos.broker.OutgoingBody;
import io.delos.broker.Session;
import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Owned by the connection's loop: what goes to the client. Frames are written as they come and flushed together when the turn ends; while the
 * body of a large message goes out they wait behind it. After {@link #end} nothing more is written.
 */
final class Outgoing {

    private static final ByteBuf FRAME_END = Unpooled.unreleasableBuffer(Unpooled.directBuffer(2).writeByte(0).writeByte('\n').asReadOnly());
    private static final ByteBuf LINE_END = Unpooled.unreleasableBuffer(Unpooled.directBuffer(1).writeByte('\n').asReadOnly());
    private static final byte[] NOTHING = new byte[0];
    /** When so many bytes of answers wait behind a large message the client's next frames wait too. */
    private static final int MOST_BEHIND = 64 << 10;

    private final ChannelHandlerContext ctx;
    private final Connection connection;
    private final Runnable flush = this::flush;
    private final FrameWriter writer = new FrameWriter();
    private Version version = Version.V1_0;
    private boolean flushing;
    private boolean ended;
    private Optional<LargeStream> stream = Optional.empty();
    private final ArrayDeque<ByteBuf> behind = new ArrayDeque<>(0);
    private final ArrayDeque<Runnable> whenFree = new ArrayDeque<>(0);
    private int bytesBehind;

    Outgoing(ChannelHandlerContext ctx, Connection connection) {
        this.ctx = ctx;
        this.connection = connection;
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
        if (stream.isPresent()) {
            writeBehind(frame);
            return;
        }
        ctx.write(frame, ctx.voidPromise());
        if (!flushing) {
            flushing = true;
            connection.loop().post(flush);
        }
    }

    private void flush() {
        flushing = false;
        ctx.flush();
    }

    private void writeBehind(ByteBuf frame) {
        boolean few = bytesBehind < MOST_BEHIND;
        behind.add(frame);
        bytesBehind += frame.readableBytes();
        if (few && bytesBehind >= MOST_BEHIND) {
            connection.pauseReading(true);
        }
    }

    // large messages

    /**
     * Sends what was put together, which says how long the body is, then the body, then the end of the frame.
     *
     * @param done run when all of it was written
     * @param lost told when the rest of the body can't be had; the client waits for it
     */
    void stream(Session session, OutgoingBody body, Runnable done, Consumer<IOException> lost) {
        write(writer.head(ctx.alloc()));
        stream = Optional.of(new LargeStream(ctx, session, body, () -> {
            streamed();
            done.run();
            free();
        }, lost));
        stream.get().go();
    }

    /** Whether a large message is going out. */
    boolean streaming() {
        return stream.isPresent();
    }

    /** Runs a task when no large message is going out; perhaps at once. */
    void whenFree(Runnable task) {
        if (streaming()) {
            whenFree.add(task);
        } else {
            task.run();
        }
    }

    /** The socket takes more, or no more. */
    void writabilityChanged() {
        stream.ifPresent(LargeStream::go);
    }

    private void streamed() {
        stream = Optional.empty();
        write(FRAME_END.duplicate());
        behind.forEach(this::write);
        noneBehind();
    }

    private void noneBehind() {
        behind.clear();
        if (bytesBehind >= MOST_BEHIND) {
            connection.pauseReading(false);
        }
        bytesBehind = 0;
    }

    private void free() {
        while (!streaming() && !whenFree.isEmpty()) {
            whenFree.remove().run();
        }
    }

    void heartBeat() {
        if (!streaming()) {
            write(LINE_END.duplicate());
        }
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
        stream.ifPresent(LargeStream::end);
        stream = Optional.empty();
        behind.forEach(ByteBuf::release);
        noneBehind();
        whenFree.clear();
    }
}
