package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Credentials;
import io.delos.broker.Outcome;
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
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One client's connection; owned by the channel's loop. Channels 0 and 1 are dealt with here, each other channel is a
 * {@link CoreSession}. A frame that cannot be read ends this connection and nothing else.
 */
final class CoreHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LogManager.getLogger(CoreHandler.class);
    private static final long CONNECTION = 0;
    private static final long SESSION_CREATION = 1;
    /** Names of sessions are claimed like client ids, so that a reconnecting client can end what its broken connection left. */
    private static final String SESSION = "core-session=";
    private static final long FIRST_TTL_MILLIS = 60_000;
    /** What a frame may have beyond the message it carries. */
    private static final int FRAME_EXTRA = 1024 * 1024;

    private final Channel channel;
    private final Connection connection;
    private final FrameDecoder frames;
    private final CoreOptions options;
    private final Prefixes prefixes;
    private final Outbox outbox;
    private final Map<Long, CoreSession> sessions = new HashMap<>();
    /** Who is logged in; nobody at first. */
    private Optional<Credentials> credentials = Optional.empty();
    private int version;
    private boolean leaving;

    CoreHandler(Channel channel, Connection connection, FrameDecoder frames, CoreOptions options, Prefixes prefixes) {
        this.channel = channel;
        this.connection = connection;
        this.frames = frames;
        this.options = options;
        this.prefixes = prefixes;
        this.outbox = new Outbox(channel, connection.loop());
        connection.onShutdown(this::sayGoodbye);
        connection.client().onKill(this::sayTooSlow);
        keepFor(FIRST_TTL_MILLIS);
    }

    Connection connection() {
        return connection;
    }

    CoreOptions options() {
        return options;
    }

    Prefixes prefixes() {
        return prefixes;
    }

    Outbox outbox() {
        return outbox;
    }

    /** What this client speaks. */
    int version() {
        return Version.orCurrent(version);
    }

    void forget(CoreSession session) {
        sessions.remove(session.channel());
    }

    // ---- the channel's events

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws MalformedPacketException {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (leaving) {
                return;
            }
            int size = frame.readableBytes() + Integer.BYTES;
            long id = CoreCodec.channel(frame);
            Packet packet = CoreCodec.decode(frame, version);
            if (id == CONNECTION || id == SESSION_CREATION) {
                connectionPacket(id, packet);
            } else {
                CoreSession session = sessions.get(id);
                if (session != null) {
                    session.receive(packet, size);
                }
            }
        } finally {
            frame.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        outbox.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leaving = true;
        outbox.discard();
        List.copyOf(sessions.values()).forEach(session -> session.abandon(Outcome.FAILED));
        sessions.clear();
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
        } else if (cause instanceof IOException) {
            LOG.debug("the CORE connection {} from {} broke: {}", connection.id(), connection.remoteAddress(), cause.getMessage());
        } else {
            LOG.error("closing the CORE connection {} from {} because of a fault in the broker", connection.id(),
                    connection.remoteAddress(), cause);
        }
        leaving = true;
        connection.close();
    }

    // ---- packets of the connection

    private void connectionPacket(long id, Packet packet) throws MalformedPacketException {
        if (packet instanceof Ping ping) {
            keepFor(ping.ttl());
            write(id, ping);
        } else if (packet instanceof CreateSession request) {
            createSession(request);
        } else if (packet instanceof SubscribeTopology subscribe) {
            subscribe.clientVersion().ifPresent(this::announced);
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

    /** A session ends with its connection here, so the client makes a new one; the old one must be gone before. */
    private void reattach(Reattach packet) {
        connection.client().claim(SESSION + packet.session(), true, connection::close, Reply.of(
                displaced -> write(SESSION_CREATION, new Reattached(-1, false)),
                refusal -> write(SESSION_CREATION, new Reattached(-1, false))));
    }

    private void announced(int clientVersion) {
        if (version == 0 && clientVersion >= Version.OLDEST && clientVersion <= Version.CURRENT) {
            version = clientVersion;
        }
    }

    private void keepFor(long ttlMillis) {
        long override = connection.broker().config().timing().connectionTtlOverride();
        long millis = override > 0 ? override : ttlMillis;
        connection.timeToLive(millis, () -> leaving = true);
    }

    private void createSession(CreateSession request) throws MalformedPacketException {
        if (request.clientVersion() < Version.OLDEST || request.clientVersion() > Version.CURRENT) {
            refuse(CoreErrors.INCOMPATIBLE_VERSIONS, "this broker speaks versions " + Version.OLDEST + " to " + Version.CURRENT
                    + ", not " + request.clientVersion());
            return;
        }
        if (request.channel() <= SESSION_CREATION || sessions.containsKey(request.channel())) {
            throw new MalformedPacketException("channel " + request.channel() + " is not free for a session");
        }
        announced(request.clientVersion());
        Credentials shown = Credentials.of(request.user().orElse(""), request.password().orElse(""));
        if (credentials.equals(Optional.of(shown))) {
            open(request);
            return;
        }
        connection.client().login(shown, Reply.of(done -> {
            connection.client().describe(CoreProtocol.NAME, request.clientId().orElse(""));
            credentials = Optional.of(shown);
            frames.limit(largestMessage() + FRAME_EXTRA);
            open(request);
        }, this::refuseSession));
    }

    /** The largest message this connection takes, in bytes: by the acceptor's settings, and by what the heap can hold. */
    int largestMessage() {
        return (int) Math.min(options.maxMessageSize(), connection.broker().largestInMemory());
    }

    private void open(CreateSession request) {
        if (leaving) {
            return;
        }
        request.clientId().ifPresent(clientId -> connection.client().describe(CoreProtocol.NAME, clientId));
        connection.client().claim(SESSION + request.name(), false, connection::close, Reply.ignored());
        sessions.put(request.channel(), new CoreSession(this, request, connection.client().openSession()));
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
            outbox.write(id, packet, version);
        }
    }

    /** What clients take for an orderly shutdown of the broker. */
    private void sayGoodbye() {
        if (!leaving) {
            leaving = true;
            sessions.values().forEach(CoreSession::confirm);
            write(CONNECTION, new Disconnect(Optional.of(connection.broker().nodeId()), Disconnect.SCALE_DOWN, Optional.empty(),
                    Optional.empty()));
            outbox.flush();
        }
        connection.close();
    }

    /** One of the client's consumers is too slow. */
    private void sayTooSlow() {
        if (!leaving && version() >= Version.SLOW_CONSUMERS) {
            write(SESSION_CREATION, new SlowConsumerKilled(Optional.of(connection.broker().nodeId())));
            outbox.flush();
        }
        connection.close();
    }
}
