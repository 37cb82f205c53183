package io.delos.transport;

import io.delos.config.TransportOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import java.util.Set;

/**
 * Owned by the channel's loop: answers HTTP on the port of the other protocols. A WebSocket upgrade is granted, whatever its path;
 * everything else is refused and closed. The subprotocol agreed on is a courtesy to the client: the bytes inside are detected again.
 */
final class HttpGate extends SimpleChannelInboundHandler<FullHttpRequest> {

    /** GET, POST, PUT, HEAD, OPTIONS, PATCH, DELETE, TRACE; not CONNECT, which begins a STOMP session. */
    private static final Set<Integer> METHODS = Set.of(pair("GE"), pair("PO"), pair("PU"), pair("HE"), pair("OP"), pair("PA"), pair("DE"),
            pair("TR"));
    /** More than any upgrade needs, in bytes. */
    private static final int MAX_REQUEST = 65536;
    private static final String VERSION = "13";

    private final Arrival arrival;

    private HttpGate(Arrival arrival) {
        this.arrival = arrival;
    }

    /** Whether the next two bytes begin an HTTP request. */
    static boolean beginsRequest(ByteBuf bytes) {
        return METHODS.contains(bytes.getUnsignedShort(bytes.readerIndex()));
    }

    static void install(ChannelPipeline pipeline, Arrival arrival) {
        pipeline.addLast(new HttpServerCodec());
        pipeline.addLast(new HttpObjectAggregator(MAX_REQUEST, true));
        if (arrival.acceptor().options().webSocket().compression()) {
            pipeline.addLast(new WebSocketServerCompressionHandler(arrival.acceptor().options().webSocket().maxFramePayloadLength()));
        }
        pipeline.addLast(new HttpGate(arrival));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            answer(ctx, HttpResponseStatus.BAD_REQUEST, true);
        } else if (!request.headers().contains(HttpHeaderNames.UPGRADE)) {
            answer(ctx, HttpResponseStatus.NOT_FOUND, true);
        } else if (!request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                || request.method() != HttpMethod.GET) {
            answer(ctx, HttpResponseStatus.FORBIDDEN, true);
        } else if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION, false)) {
            answer(ctx, HttpResponseStatus.UPGRADE_REQUIRED, false);
        } else if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)
                || !request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            answer(ctx, HttpResponseStatus.BAD_REQUEST, true);
        } else {
            upgrade(ctx, request);
        }
    }

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request) {
        TransportOptions.WebSocket options = arrival.acceptor().options().webSocket();
        int maxFrame = options.maxFramePayloadLength();
        WebSocketDecoderConfig frames = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(maxFrame)
                .allowExtensions(options.compression())
                .withUTF8Validator(false)
                .closeOnProtocolViolation(false)
                .build();
        ctx.pipeline().addLast(new WebSocketBytes(arrival, maxFrame, options.encoderType() == TransportOptions.FrameType.TEXT));
        ctx.pipeline().addLast(Detector.insideWebSocket(arrival));
        new WebSocketServerHandshaker13("", String.join(",", arrival.acceptor().webSocketNames()), frames).handshake(ctx.channel(), request);
        ctx.pipeline().remove(this);
    }

    private static void answer(ChannelHandlerContext ctx, HttpResponseStatus status, boolean close) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
        HttpUtil.setContentLength(response, 0);
        if (status == HttpResponseStatus.UPGRADE_REQUIRED) {
            response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
        }
        if (close) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.writeAndFlush(response);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        arrival.fail(fault);
    }

    private static int pair(String letters) {
        return letters.charAt(0) << 8 | letters.charAt(1);
    }
}
