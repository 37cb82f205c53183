package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Credentials;
import io.delos.broker.Reply;
import io.delos.core.ConnectionPacket.CheckFailover;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.Disconnect;
import io.delos.core.ConnectionPacket.FailoverChecked;
import io.delos.core.ConnectionPacket.Ping;
import io.delos.core.ConnectionPacket.Reattach;
import io.delos.core.ConnectionPacket.Reattached;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.ConnectionPacket.SlowConsumerKilled;
import io.delos.core.ConnectionPacket.SubscribeTopology;
import io.delos.core.ConnectionPacket.Topology;
import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One client's connection; owned by the channel's loop. Channels 0 and 1 are dealt with here, each other channel is a
 * {@link CoreSession}, of this connection's {@link CoreHome} or, if it came over from another connection, of that one's. A frame that cannot be read ends this connection and nothing else.
 */
final class CoreHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LogManager.getLogger(CoreHandler.class);
    private static final long CONNECTION = 0;
    private static final long SESSION_CREATION = 1;
    private static final long FIRST_TTL_MILLIS = 60_000;
    /** What a frame may have beyond the message it carries. */
    private static final int FRAME_EXTRA = 1024 * 1024;

    private final Channel channel;
    private final Connection connection;
    private final FrameDecoder frames;
    private final Resumable resumable;
    private final CoreHome home;
    /** Where sessions live that came over from other connections. */
    private final Map<Long, CoreHome> elsewhere = new HashMap<>(0);
    /** Who is logged in; nobody at first. */
    private Optional<Credentials> credentials = Optional.empty();
    private boolean leaving;

    CoreHandler(Channel channel, Connection connection, FrameDecoder frames, CoreProtocol protocol) {
        this.channel = channel;
        this.connection = connection;
        this.frames = frames;
        this.resumable = protocol.resumable();
        this.home = new CoreHome(link(), connection, protocol.options(), protocol.prefixes(), resumable);
        connection.onShutdown(this::sayGoodbye);
        connection.client().onKill(home::endForSlowness);
        keepFor(FIRST_TTL_MILLIS);
    }

    private CoreHome.Link link() {
        return new CoreHome.Link(this, channel, connection.loop(), connection.client());
    }

    Connection connection() {
        return connection;
    }

    private int version() {
        return home.announced();
    }

    private Outbox outbox() {
        return home.outbox();
    }

    /** Whether it was ended on purpose, or is being. */
    boolean leaving() {
        return leaving;
    }

    /** Runs a task on the connection's loop, at once if that is where it is called. */
    void onItsLoop(Runnable task) {
        if (connection.loop().inside()) {
            task.run();
        } else {
            connection.loop().post(task);
        }
    }

    /** For a home that may have another loop. */
    void pauseReading(boolean pause) {
        onItsLoop(() -> connection.pauseReading(pause));
    }

    /** A session that lives elsewhere is over. */
    void forget(long id, CoreHome where) {
        elsewhere.remove(id, where);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws MalformedPacketException {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (leaving) {
                return;
            }
            int size = frame.readableBytes() + Integer.BYTES;
            long id = CoreCodec.channel(frame);
            Packet packet = CoreCodec.decode(frame, version());
            if (id == CONNECTION || id == SESSION_CREATION) {
                connectionPacket(id, packet);
            } else {
                sessionPacket(id, packet, size);
            }
        } finally {
            frame.release();
        }
    }

    private void sessionPacket(long id, Packet packet, int size) throws MalformedPacketException {
        CoreSession session = home.session(id);
        CoreHome other = session == null ? elsewhere.get(id) : null;
        if (session != null) {
            session.receive(packet, size);
        } else if (other != null) {
            Packet kept = packet.kept();
            other.loop().post(() -> other.receive(this, id, kept, size));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        outbox().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        others().forEach(other -> other.loop().post(() -> other.writable(this, writable)));
        ctx.fireChannelWritabilityChanged();
    }

    private Set<CoreHome> others() {
        return new HashSet<>(elsewhere.values());
    }

    /** Sessions outlive a connection that was not ended on purpose. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean forGood = leaving;
        leaving = true;
        home.lost(this, forGood);
        others().forEach(other -> other.loop().post(() -> other.lost(this, forGood)));
        elsewhere.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        if (connection.endedBy(thrown)) {
            return;
        }
        end(thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown);
    }

    /** Closes the connection because of {@code cause}, with one line in the log. */
    void end(Throwable cause) {
        if (cause instanceof MalformedPacketException) {
            LOG.warn("closing the CORE connection {} from {}: {}", connection.id(), connection.remoteAddress(), cause.getMessage());
        } else {
            LOG.error("closing the CORE connection {} from {} because of a fault in the broker", connection.id(),
                    connection.remoteAddress(), cause);
        }
        leaving = true;
        connection.close();
    }

    private void connectionPacket(long id, Packet packet) throws MalformedPacketException {
        if (packet instanceof Ping ping) {
            keepFor(ping.ttl());
            write(id, ping);
        } else if (packet instanceof CreateSession request) {
            createSession(request);
        } else if (packet instanceof SubscribeTopology subscribe) {
            subscribe.clientVersion().ifPresent(home::announced);
            write(id, new Topology(false, connection.broker().nodeId(), System.currentTimeMillis(), Optional.empty(), Optional.empty(),
                    true, Optional.empty(), Optional.empty(), Version.CURRENT));
        } else if (packet instanceof CheckFailover) {
            write(id, new FailoverChecked(true));
        } else if (packet instanceof Reattach reattach) {
            reattach(reattach);
        } else {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " has no place on channel " + id);
        }
    }

    /** A client whose connection broke goes on with a session, or makes a new one; then the old one must be gone before. */
    private void reattach(Reattach packet) {
        Optional<CoreHome> where = resumable.find(packet.session());
        if (where.isEmpty()) {
            startAnew(packet);
            return;
        }
        CoreHome other = where.get();
        other.loop().post(() -> other.resume(packet, link(), (resumed, id, last) -> connection.loop().post(() -> {
            if (!resumed) {
                write(SESSION_CREATION, new Reattached(-1, false));
            } else if (!leaving) {
                elsewhere.put(id, other);
                connection.client().actFor(other.connection().client());
                home.announced(other.version());
                frames.limit(home.largestMessage() + FRAME_EXTRA);
                write(SESSION_CREATION, new Reattached(last, true));
            }
        })));
    }

    private void startAnew(Reattach packet) {
        connection.client().claim(CoreHome.SESSION + packet.session(), true, connection::close, Reply.of(
                displaced -> write(SESSION_CREATION, new Reattached(-1, false)),
                refusal -> write(SESSION_CREATION, new Reattached(-1, false))));
    }

    private void keepFor(long ttlMillis) {
        long override = connection.broker().config().timing().connectionTtlOverride();
        long millis = override > 0 ? override : ttlMillis;
        connection.timeToLive(millis, () -> leaving = true);
        home.timeToLive(millis);
        others().forEach(other -> other.loop().post(() -> other.timeToLive(millis)));
    }

    private void createSession(CreateSession request) throws MalformedPacketException {
        if (request.clientVersion() < Version.OLDEST || request.clientVersion() > Version.CURRENT) {
            refuse(CoreErrors.INCOMPATIBLE_VERSIONS, "this broker speaks versions " + Version.OLDEST + " to " + Version.CURRENT
                    + ", not " + request.clientVersion());
            return;
        }
        if (request.channel() <= SESSION_CREATION || home.session(request.channel()) != null || elsewhere.containsKey(request.channel())) {
            throw new MalformedPacketException("channel " + request.channel() + " is not free for a session");
        }
        home.announced(request.clientVersion());
        Credentials shown = Credentials.of(request.user().orElse(""), request.password().orElse(""));
        if (credentials.equals(Optional.of(shown))) {
            open(request);
            return;
        }
        connection.client().login(shown, Reply.of(done -> {
            connection.client().describe(CoreProtocol.NAME, request.clientId().orElse(""));
            credentials = Optional.of(shown);
            frames.limit(home.largestMessage() + FRAME_EXTRA);
            open(request);
        }, this::refuseSession));
    }

    private void open(CreateSession request) {
        if (leaving) {
            return;
        }
        request.clientId().ifPresent(clientId -> connection.client().describe(CoreProtocol.NAME, clientId));
        home.open(request);
        write(SESSION_CREATION, new SessionCreated(Version.CURRENT));
    }

    private void refuseSession(BrokerException refusal) {
        refuse(CoreErrors.codeForSession(refusal.reason()), refusal.getMessage());
    }

    private void refuse(int code, String sentence) {
        write(SESSION_CREATION, CoreErrors.failed(code, sentence));
    }

    private void write(long id, Packet packet) {
        if (channel.isActive()) {
            outbox().write(id, packet, version());
        }
    }

    /** What clients take for an orderly shutdown of the broker. */
    private void sayGoodbye() {
        if (!leaving) {
            leaving = true;
            home.confirmAll();
            others().forEach(other -> other.loop().post(other::giveUp));
            write(CONNECTION, new Disconnect(Optional.of(connection.broker().nodeId()), Disconnect.SCALE_DOWN, Optional.empty(),
                    Optional.empty()));
            outbox().flush();
        }
        connection.close();
    }

    /** One of the client's consumers is too slow. */
    void sayTooSlow() {
        if (!leaving && version() >= Version.SLOW_CONSUMERS) {
            write(SESSION_CREATION, new SlowConsumerKilled(Optional.of(connection.broker().nodeId())));
            outbox().flush();
        }
        leaving = true;
        connection.close();
    }
}
