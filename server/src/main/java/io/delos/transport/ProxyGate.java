package io.delos.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.List;

/**
 * Owned by the channel's loop: on an acceptor behind a proxy, takes the PROXY header (version 1 or 2) off the stream, remembers whom it
 * names as the peer, and leaves. Four bytes decide whether there is one. For {@code UNKNOWN} and {@code LOCAL} the socket's own address
 * stands, as the PROXY specification asks.
 */
final class ProxyGate extends ByteToMessageDecoder {

    private static final int VERSION_1 = 'P' << 24 | 'R' << 16 | 'O' << 8 | 'X';
    private static final int VERSION_2 = 0x0D0A0D0A;
    /** Room for what proxies say in version 2 beside the addresses, in bytes. */
    private static final int MAX_EXTRAS = 4096;

    private final Arrival arrival;

    ProxyGate(Arrival arrival) {
        this.arrival = arrival;
    }

    /** Whether the next four bytes begin a PROXY header. */
    static boolean beginsHeader(ByteBuf bytes) {
        int first = bytes.getInt(bytes.readerIndex());
        return first == VERSION_1 || first == VERSION_2;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        if (beginsHeader(in)) {
            ctx.pipeline().addAfter(ctx.name(), null, new HeaderReader(arrival));
            ctx.pipeline().addAfter(ctx.name(), null, new HAProxyMessageDecoder(MAX_EXTRAS));
            ctx.pipeline().remove(this);
        } else {
            in.skipBytes(in.readableBytes());
            arrival.refuse("AMQ224152: The connection from " + arrival.remoteAddress() + " on acceptor \"" + arrival.acceptor().name()
                    + "\" did not use the PROXY protocol, but the acceptor has proxyProtocolEnabled=true.");
        }
    }

    /** Reads the one decoded header and leaves. */
    private static final class HeaderReader extends ChannelInboundHandlerAdapter {

        private final Arrival arrival;

        HeaderReader(Arrival arrival) {
            this.arrival = arrival;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!(message instanceof HAProxyMessage header)) {
                ctx.fireChannelRead(message);
                return;
            }
            if (header.sourceAddress() != null) {
                arrival.comesFrom(header.sourceAddress() + ":" + header.sourcePort());
            }
            header.release();
            ctx.pipeline().remove(this);
        }
    }
}
