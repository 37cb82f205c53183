package io.delos.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;

/** Puts up the gates of each accepted socket, in the order in which its bytes meet them. Runs on the socket's loop. */
@Sharable
final class Entrance extends ChannelInitializer<Channel> {

    private final Acceptor acceptor;

    Entrance(Acceptor acceptor) {
        this.acceptor = acceptor;
    }

    @Override
    protected void initChannel(Channel socket) {
        if (!acceptor.letIn(socket)) {
            socket.close();
            return;
        }
        Arrival arrival = new Arrival(acceptor, socket);
        ChannelPipeline pipeline = socket.pipeline();
        if (acceptor.options().socket().proxyProtocolEnabled()) {
            pipeline.addLast(new ProxyGate(arrival));
        }
        acceptor.tls().ifPresent(gate -> pipeline.addLast(gate.handler(socket.alloc(), socket.remoteAddress())));
        pipeline.addLast(Detector.outermost(arrival));
        arrival.startClock();
    }
}
