package io.delos.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Owned by the channel's loop: stands before the protocol's codec and sees every byte it gets, and when what it says goes out. */
final class Traffic extends ChannelDuplexHandler {

    private static final Logger LOG = LogManager.getLogger(Traffic.class);

    private final SocketConnection connection;

    Traffic(SocketConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (connection.deaf(bytes.readableBytes())) {
            bytes.release();
        } else if (connection.received(bytes.readableBytes())) {
            connection.handling(true);
            ctx.fireChannelRead(bytes);
            connection.unfinished().judge();
            connection.handling(false);
        } else {
            bytes.release();
            LOG.warn("Closing the connection from {}: it sent too many bytes before logging in", connection.remoteAddress());
            connection.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.writable(ctx.channel().isWritable());
        ctx.fireChannelWritabilityChanged();
    }

    /** What a client hears was done has been done when it acts on it, over whichever connection. */
    @Override
    public void flush(ChannelHandlerContext ctx) {
        connection.loop().handOver();
        ctx.flush();
    }

    /** The protocol first: it may have last words for its session, a will for one. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        List<ChannelHandlerContext> protocol = behind(ctx);
        connection.gone(() -> {
            if (ctx.isRemoved()) {
                protocol.forEach(Traffic::inactive);
            } else {
                ctx.fireChannelInactive();
            }
            connection.closed();
        });
    }

    private static List<ChannelHandlerContext> behind(ChannelHandlerContext ctx) {
        List<String> names = ctx.pipeline().names();
        return names.subList(names.indexOf(ctx.name()) + 1, names.size()).stream().map(ctx.pipeline()::context).filter(Objects::nonNull).toList();
    }

    /** A pipeline is taken apart as soon as its channel is closed; by the time the connection ends it passes nothing on any more. */
    private static void inactive(ChannelHandlerContext removed) {
        try {
            if (removed.handler() instanceof ChannelInboundHandler handler) {
                handler.channelInactive(removed);
            }
        } catch (Exception fault) {
            LOG.error("{} could not be told that its connection has ended", removed.name(), fault);
        }
    }

    /** A broken socket is one that ends, which the protocol hears when what came before is done. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        if (fault instanceof IOException) {
            LOG.debug("The connection from {} broke: {}", connection.remoteAddress(), fault.getMessage());
            ctx.close();
        } else {
            ctx.fireExceptionCaught(fault);
        }
    }
}
