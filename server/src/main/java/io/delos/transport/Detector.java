package io.delos.transport;

import io.delos.spi.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.List;

/**
 * Owned by the channel's loop: waits for eight bytes, finds who speaks so, gives the channel away and leaves; the bytes it held are then
 * replayed to whoever came. HTTP leads to an upgrade, inside which a second detector does the same again without the test for HTTP.
 */
final class Detector extends ByteToMessageDecoder {

    static final int BYTES_NEEDED = 8;

    private final Arrival arrival;
    private final boolean nested;

    private Detector(Arrival arrival, boolean nested) {
        this.arrival = arrival;
        this.nested = nested;
    }

    /** For the bytes of a socket. */
    static Detector outermost(Arrival arrival) {
        return new Detector(arrival, false);
    }

    /** For the bytes inside a WebSocket. */
    static Detector insideWebSocket(Arrival arrival) {
        return new Detector(arrival, true);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < BYTES_NEEDED || !ctx.channel().isActive()) {
            return;
        }
        if (ProxyGate.beginsHeader(in)) {
            in.skipBytes(in.readableBytes());
            arrival.refuse("AMQ224152: The connection from " + arrival.remoteAddress() + " on acceptor \"" + arrival.acceptor().name()
                    + "\" used the PROXY protocol, but the acceptor has proxyProtocolEnabled=false.");
        } else if (!nested && HttpGate.beginsRequest(in)) {
            HttpGate.install(ctx.pipeline(), arrival);
            ctx.pipeline().remove(this);
        } else {
            choose(ctx, in);
        }
    }

    private void choose(ChannelHandlerContext ctx, ByteBuf in) {
        for (Protocol protocol : arrival.acceptor().protocols()) {
            if (protocol.recognises(in)) {
                arrival.handOver(protocol);
                ctx.pipeline().remove(this);
                return;
            }
        }
        in.skipBytes(in.readableBytes());
        arrival.refuse("Closing the connection from " + arrival.remoteAddress() + " on acceptor \"" + arrival.acceptor().name()
                + "\": its first bytes belong to none of the protocols enabled here: " + arrival.acceptor().protocolNames() + ".");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess() && ctx.channel().isOpen()) {
            arrival.refuse(Tls.failure(arrival.remoteAddress(), handshake.cause()));
        }
        super.userEventTriggered(ctx, event);
    }

    /** Before a protocol has taken over, whatever goes wrong was the peer's doing or happened to it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        arrival.fail(fault);
    }
}
