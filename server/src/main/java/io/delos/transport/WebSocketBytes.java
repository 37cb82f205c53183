package io.delos.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;

/**
 * Owned by the channel's loop: makes a stream of bytes out of WebSocket frames and frames out of what is written. The borders of incoming
 * frames mean nothing; each outgoing write is one message, in pieces of at most the frame limit. Text is as good as
 * bytes unless the protocol inside forbids it.
 */
final class WebSocketBytes extends ChannelDuplexHandler {

    /** For a peer to hear why, and go, in milliseconds. */
    private static final long FAREWELL = 5_000;

    private final Arrival arrival;
    private final int maxFrame;
    private final boolean text;
    private ChannelHandlerContext context;
    private boolean bytesOnly;
    private boolean textSeen;
    private boolean leaving;

    WebSocketBytes(Arrival arrival, int maxFrame, boolean text) {
        this.arrival = arrival;
        this.maxFrame = maxFrame;
        this.text = text;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (leaving) {
            ReferenceCountUtil.release(message);
        } else if (!(message instanceof WebSocketFrame frame)) {
            ctx.fireChannelRead(message);
        } else if (frame instanceof PingWebSocketFrame) {
            ctx.writeAndFlush(new PongWebSocketFrame(frame.content()));
        } else if (frame instanceof PongWebSocketFrame) {
            frame.release();
        } else if (frame instanceof CloseWebSocketFrame) {
            ctx.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
        } else if (frame instanceof TextWebSocketFrame && bytesOnly) {
            frame.release();
            leave(WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
        } else {
            textSeen |= frame instanceof TextWebSocketFrame;
            ctx.fireChannelRead(frame.content());
        }
    }

    /**
     * The protocol inside has no text: what comes so ends the connection, and none is sent whatever the acceptor has been told.
     *
     * @return whether none has come so far; otherwise the connection is at its end
     */
    boolean bytesOnly() {
        bytesOnly = true;
        if (textSeen) {
            leave(WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
        }
        return !textSeen;
    }

    /** Frames that can't be are the peer's doing, whatever the protocol inside. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        if (!(fault instanceof CorruptedWebSocketFrameException wrong)) {
            ctx.fireExceptionCaught(fault);
        } else if (!leaving) {
            LastResort.report(arrival.remoteAddress(), fault);
            leave(wrong.closeStatus());
        }
    }

    /**
     * Says why, and that nothing more comes, and drops what the peer still says until it goes: a socket that is closed with unread bytes
     * is reset, and then the peer may never read the reason.
     */
    private void leave(WebSocketCloseStatus why) {
        leaving = true;
        context.pipeline().remove(WebSocket13FrameDecoder.class);
        context.writeAndFlush(new CloseWebSocketFrame(why)).addListener(said -> fallSilent());
        arrival.closeWithin(FAREWELL);
    }

    private void fallSilent() {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (context.channel() instanceof DuplexChannel socket) {
            socket.shutdownOutput();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (leaving) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
        } else if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
            ctx.write(message, promise);
        } else if (bytes.readableBytes() <= maxFrame) {
            ctx.write(first(goesAsText(bytes), true, bytes), promise);
        } else {
            writePieces(ctx, bytes, promise);
        }
    }

    private void writePieces(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        ctx.write(first(goesAsText(bytes), false, bytes.readRetainedSlice(maxFrame)));
        while (bytes.readableBytes() > maxFrame) {
            ctx.write(new ContinuationWebSocketFrame(false, 0, bytes.readRetainedSlice(maxFrame)));
        }
        ctx.write(new ContinuationWebSocketFrame(true, 0, bytes), promise);
    }

    /** A peer ends the connection when text is not UTF-8, and so are neither bodies of bytes nor pieces that end within a character. */
    private boolean goesAsText(ByteBuf bytes) {
        return text && !bytesOnly && ByteBufUtil.isText(bytes, StandardCharsets.UTF_8);
    }

    private static WebSocketFrame first(boolean asText, boolean whole, ByteBuf bytes) {
        return asText ? new TextWebSocketFrame(whole, 0, bytes) : new BinaryWebSocketFrame(whole, 0, bytes);
    }
}
