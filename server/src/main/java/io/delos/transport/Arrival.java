package io.delos.transport;

import io.delos.loop.Fatal;
import io.delos.loop.Loop;
import io.delos.loop.NettyLoop;
import io.delos.spi.Protocol;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Owned by the channel's loop: an accepted socket until a protocol takes it over. Its clock runs through every gate. */
final class Arrival {

    private static final Logger LOG = LogManager.getLogger(Arrival.class);

    private final Acceptor acceptor;
    private final Channel channel;
    private final NettyLoop loop;
    private String remoteAddress;
    private Loop.Timer clock = () -> { };
    private boolean refused;
    private boolean placed;

    Arrival(Acceptor acceptor, Channel channel) {
        this.acceptor = acceptor;
        this.channel = channel;
        this.loop = NettyLoop.of(channel.eventLoop());
        this.remoteAddress = text(channel.remoteAddress());
    }

    Acceptor acceptor() {
        return acceptor;
    }

    Channel channel() {
        return channel;
    }

    String remoteAddress() {
        return remoteAddress;
    }

    /** The address behind a proxy, from now on. */
    void comesFrom(String address) {
        remoteAddress = address;
    }

    void startClock() {
        int seconds = acceptor.options().limits().handshakeTimeout();
        if (seconds > 0) {
            clock = loop.schedule(() -> timedOut(seconds), TimeUnit.SECONDS.toMillis(seconds));
        }
        channel.closeFuture().addListener(closed -> closed());
    }

    private void closed() {
        clock.cancel();
        if (placed) {
            acceptor.leave(channel);
        }
    }

    private void timedOut(int seconds) {
        LOG.error("AMQ224088: Timeout ({} seconds) on acceptor \"{}\" during protocol handshake with {} has occurred.",
                seconds, acceptor.name(), remoteAddress);
        channel.close();
    }

    /** Closes it after so many milliseconds, if the peer hasn't. */
    void closeWithin(long millis) {
        clock.cancel();
        clock = loop.schedule(channel::close, millis);
    }

    /** Ends it with one line in the log; what follows from that is not told. */
    void refuse(String line) {
        if (!refused) {
            LOG.warn(line);
        }
        refused = true;
        clock.cancel();
        channel.close();
    }

    /** Ends it because of what the peer did, or what happened to it. */
    void fail(Throwable fault) {
        Fatal.check(fault);
        if (!refused) {
            LastResort.report(remoteAddress, fault);
        }
        refused = true;
        channel.close();
    }

    /** Gives the channel to the protocol, if the acceptor has a place left. The first bytes must be replayed afterwards. */
    void handOver(Protocol protocol) {
        clock.cancel();
        // this object stays as long as the connection does; its clock needn't
        clock = () -> { };
        placed = acceptor.takePlace();
        if (!placed) {
            refuse("AMQ222206: Connection limit of " + acceptor.options().limits().connectionsAllowed()
                    + " reached. Refusing connection from " + remoteAddress + ".");
            return;
        }
        WebSocketBytes socket = channel.pipeline().get(WebSocketBytes.class);
        if (socket != null && !protocol.takesText() && !socket.bytesOnly()) {
            return;
        }
        SocketConnection connection = acceptor.connect(this, loop);
        channel.pipeline().addLast(new Traffic(connection));
        protocol.attach(channel, connection);
        channel.pipeline().addLast(new LastResort(this));
    }

    private static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            return internet.getAddress().getHostAddress() + ":" + internet.getPort();
        }
        return String.valueOf(address);
    }
}
