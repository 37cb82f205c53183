package io.delos.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.util.Optional;

/** Puts up the gates of each accepted socket, in the order in which its bytes meet them. Runs on the socket's loop. */
@Sharable
final class Entrance extends ChannelInitializer<Channel> {

    private final Acceptor acceptor;
    private final Optional<Tls> tls;

    Entrance(Acceptor acceptor, Optional<Tls> tls) {
        this.acceptor = acceptor;
        this.tls = tls;
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
        tls.ifPresent(gate -> pipeline.addLast(gate.handler(socket.alloc(), socket.remoteAddress())));
        pipeline.addLast(Detector.outermost(arrival));
        arrival.startClock();
    }
}
