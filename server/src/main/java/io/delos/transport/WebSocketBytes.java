package io.delos.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Owned by the channel's loop: makes a stream of bytes out of WebSocket frames and frames out of what is written. The borders of incoming
 * frames mean nothing; each outgoing write is one message, in pieces of at most the frame limit. Text is as good as
 * bytes unless the protocol inside forbids it.
 */
final class WebSocketBytes extends ChannelDuplexHandler {

    private final int maxFrame;
    private final boolean text;
    private boolean bytesOnly;
    private boolean textSeen;

    WebSocketBytes(int maxFrame, boolean text) {
        this.maxFrame = maxFrame;
        this.text = text;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof WebSocketFrame frame)) {
            ctx.fireChannelRead(message);
        } else if (frame instanceof PingWebSocketFrame) {
            ctx.writeAndFlush(new PongWebSocketFrame(frame.content()));
        } else if (frame instanceof PongWebSocketFrame) {
            frame.release();
        } else if (frame instanceof CloseWebSocketFrame) {
            ctx.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
        } else if (frame instanceof TextWebSocketFrame && bytesOnly) {
            frame.release();
            refuseText(ctx.channel());
        } else {
            textSeen |= frame instanceof TextWebSocketFrame;
            ctx.fireChannelRead(frame.content());
        }
    }

    /** The protocol inside takes no text: it ends the connection. */
    void bytesOnly(Channel channel) {
        bytesOnly = true;
        if (textSeen) {
            refuseText(channel);
        }
    }

    private static void refuseText(Channel channel) {
        channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE)).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
            ctx.write(message, promise);
        } else if (bytes.readableBytes() <= maxFrame) {
            ctx.write(first(true, bytes), promise);
        } else {
            writePieces(ctx, bytes, promise);
        }
    }

    private void writePieces(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        ctx.write(first(false, bytes.readRetainedSlice(maxFrame)));
        while (bytes.readableBytes() > maxFrame) {
            ctx.write(new ContinuationWebSocketFrame(false, 0, bytes.readRetainedSlice(maxFrame)));
        }
        ctx.write(new ContinuationWebSocketFrame(true, 0, bytes), promise);
    }

    private WebSocketFrame first(boolean whole, ByteBuf bytes) {
        return text ? new TextWebSocketFrame(whole, 0, bytes) : new BinaryWebSocketFrame(whole, 0, bytes);
    }
}
