package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Credentials;
import io.delos.broker.Reply;
import io.delos.openwire.Command.ConnectionInfo;
import io.delos.openwire.Id.ConnectionId;
import io.delos.openwire.News.ConnectionNews;
import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One client's connection; owned by the channel's loop. What cannot be read ends this connection and nothing else.
 * <pre>
 *   GREETING ──WireFormatInfo──► STRANGER ──ConnectionInfo, accepted──► MEMBER ──RemoveInfo of the connection──► STRANGER
 *   any ──the socket closes, a fault, ShutdownInfo──► LEAVING
 * </pre>
 */
final class OpenWireHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LogManager.getLogger(OpenWireHandler.class);

    /** Client ids of OpenWire are a world of their own. */
    private static final String CLAIM = "openwire-client-id=";
    /** A refused client gets this long to read why. */
    private static final long PATIENCE_MILLIS = 2000;
    /** Usual acknowledgements are no longer. */
    private static final int SHORT = 512;

    private enum State { GREETING, STRANGER, MEMBER, LEAVING }

    private final OpenWireProtocol protocol;
    private final Connection connection;
    private final Channel channel;
    private final FrameDecoder frames;
    private final Line line;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private Optional<KeepAlive> keepAlive = Optional.empty();
    private Optional<Member> member = Optional.empty();
    private State state = State.GREETING;
    private boolean resuming;
    private byte[] acknowledgement = {};

    OpenWireHandler(OpenWireProtocol protocol, Channel channel, Connection connection, FrameDecoder frames) {
        this.protocol = protocol;
        this.connection = connection;
        this.channel = channel;
        this.frames = frames;
        this.line = new Line(channel, connection, this::resume);
        connection.onShutdown(this::leave);
        connection.onRefusal(this::refuse);
    }

    /** Says what this broker can do, before anything was heard. */
    void greet() {
        WireWriter out = line.writer().begin(Types.WIRE_FORMAT_INFO);
        WireFormatInfo.own(protocol.options()).write(out);
        out.writeTo(line.outbox().room(out.size() + Integer.BYTES));
        line.outbox().written();
    }

    // ---- the channel's events

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        if (state == State.LEAVING) {
            frame.release();
        } else if (line.held() || resuming || !waiting.isEmpty()) {
            waiting.add(frame);
        } else {
            receive(frame);
        }
    }

    /** Goes on with what waits; what is answered at once must not nest. */
    private void resume() {
        if (resuming) {
            return;
        }
        resuming = true;
        ByteBuf next;
        while (!line.held() && state != State.LEAVING && (next = waiting.poll()) != null) {
            receive(next);
        }
        resuming = false;
    }

    private void receive(ByteBuf frame) {
        try {
            understand(frame);
        } catch (MalformedFrameException | RuntimeException fault) {
            end(fault);
        } finally {
            frame.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        line.outbox().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            member.ifPresent(Member::writable);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.LEAVING;
        keepAlive.ifPresent(KeepAlive::stop);
        line.outbox().close();
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        member.ifPresent(Member::abandon);
        member = Optional.empty();
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
    private void end(Throwable cause) {
        if (cause instanceof MalformedFrameException) {
            LOG.warn("closing the OpenWire connection {} from {}: {}", connection.id(), connection.remoteAddress(), cause.getMessage());
            if (state == State.STRANGER || state == State.MEMBER) {
                complain(new Problem(OpenWireErrors.UNREADABLE, cause.getMessage()));
            }
        } else {
            LOG.error("closing the OpenWire connection {} from {} because of a fault in the broker", connection.id(),
                    connection.remoteAddress(), cause);
        }
        leave();
    }

    /** Clients expect no words from a broker that stops. */
    private void leave() {
        state = State.LEAVING;
        line.outbox().flush();
        connection.close();
    }

    /** For a reason that is no command's fault. */
    private void refuse(BrokerException why) {
        if (state != State.GREETING) {
            complain(OpenWireErrors.problem(why));
        }
        leave();
    }

    // ---- commands

    private void understand(ByteBuf frame) throws MalformedFrameException {
        int type = frame.getByte(frame.readerIndex());
        if (type == Types.WIRE_FORMAT_INFO) {
            negotiate(frame);
        } else if (state == State.GREETING) {
            throw new MalformedFrameException("a command of type " + type + " before the wire format is known");
        } else if (Types.isMessage(type)) {
            if (member.isEmpty()) {
                throw new MalformedFrameException("a message from somebody who hasn't logged in");
            }
            member.get().message(frame);
        } else {
            command(Command.read(type, reader(frame, line.wire())));
        }
    }

    private WireReader reader(ByteBuf frame, Wire wire) throws MalformedFrameException {
        int length = frame.readableBytes();
        byte[] bytes = frame.getByte(frame.readerIndex()) == Types.MESSAGE_ACK && length <= SHORT ? forAcknowledgements() : new byte[length];
        frame.getBytes(frame.readerIndex(), bytes, 0, length);
        return new WireReader(bytes, 1, length, wire);
    }

    /** One comes with each message that is received, and keeps nothing of the bytes it was read from. */
    private byte[] forAcknowledgements() {
        if (acknowledgement.length == 0) {
            acknowledgement = new byte[SHORT];
        }
        return acknowledgement;
    }

    /** Both have said what they can do: from now on both do what both can. */
    private void negotiate(ByteBuf frame) throws MalformedFrameException {
        if (state != State.GREETING) {
            throw new MalformedFrameException("the wire format cannot be negotiated twice");
        }
        WireFormatInfo own = WireFormatInfo.own(protocol.options());
        WireFormatInfo other = WireFormatInfo.read(reader(frame, Wire.FIRST));
        line.agreed(own.agreeWith(other));
        state = State.STRANGER;
        line.say(new Answer.BrokerInfo(connection.broker().nodeId(), brokerName(), line.url()));
        long duration = Math.min(own.inactivity(), other.inactivity());
        if (duration > 0) {
            KeepAlive signs = new KeepAlive(line, duration);
            signs.start(Math.min(own.initialDelay(), other.initialDelay()), protocol.options().useKeepAlive());
            keepAlive = Optional.of(signs);
        }
    }

    private String brokerName() {
        return protocol.options().brokerName().isEmpty() ? connection.broker().name() : protocol.options().brokerName();
    }

    private void command(Command command) throws MalformedFrameException {
        if (command instanceof Command.KeepAliveInfo || command instanceof Command.Ignored && member.isEmpty()) {
            return;
        }
        if (command instanceof Command.ShutdownInfo) {
            line.done(command.head());
            leave();
        } else if (command instanceof Command.Unsupported) {
            refuseUnsupported((Command.Unsupported) command);
        } else if (command instanceof Command.Complaint complaint) {
            LOG.debug("The OpenWire client {} from {} tells of an error of its own: {}", connection.id(), connection.remoteAddress(), complaint.problem());
            line.done(complaint.head());
        } else if (command instanceof ConnectionInfo info) {
            login(info);
        } else if (command instanceof Command.RemoveInfo remove && remove.object().filter(ConnectionId.class::isInstance).isPresent()) {
            logout(remove);
        } else if (member.isEmpty()) {
            throw new MalformedFrameException(command.getClass().getSimpleName() + " from somebody who hasn't logged in");
        } else {
            member.get().receive(command);
        }
    }

    private void refuseUnsupported(Command.Unsupported command) {
        Problem problem = new Problem(OpenWireErrors.ILLEGAL_STATE, command.why());
        if (command.head().answer()) {
            line.refuse(command.head(), problem);
        } else {
            complain(problem);
        }
    }

    /** Tells of something that nobody waits for. */
    private void complain(Problem problem) {
        line.say(new Answer.ConnectionError(problem, member.map(Member::connectionId).orElse(new ConnectionId(connection.id()))));
    }

    // ---- logging in and out

    private void login(ConnectionInfo info) {
        if (member.isPresent()) {
            line.done(info.head());
            return;
        }
        if (info.clientId().isEmpty()) {
            refuse(info, new Problem(OpenWireErrors.INVALID_CLIENT_ID, "No clientID specified for connection"));
            return;
        }
        String domain = connection.acceptor().parameters().getOrDefault("securityDomain", "");
        Credentials credentials = new Credentials(info.user(), info.password(), connection.certificates(), domain);
        connection.client().login(credentials, line.holding(Reply.of(done -> claim(info), refusal -> refuse(info,
                new Problem(OpenWireErrors.SECURITY, "User name [" + info.user() + "] or password is invalid.")))));
    }

    private void claim(ConnectionInfo info) {
        connection.client().claim(CLAIM + info.clientId(), info.failoverReconnect(), connection::close, line.holding(Reply.of(
                displaced -> join(info), refusal -> refuse(info, inUse(info, refusal)))));
    }

    private Problem inUse(ConnectionInfo info, BrokerException refusal) {
        return new Problem(OpenWireErrors.type(refusal.reason()), "Broker: " + brokerName() + " - Client: " + info.clientId()
                + " already connected: " + refusal.getMessage());
    }

    private void join(ConnectionInfo info) {
        if (state == State.LEAVING) {
            return;
        }
        state = State.MEMBER;
        frames.limit((int) Math.min(protocol.options().maxFrameSize(), connection.broker().largestInMemory()));
        connection.client().describe(OpenWireProtocol.NAME, info.clientId());
        Member joined = new Member(protocol, line, info);
        member = Optional.of(joined);
        line.done(info.head());
        String cluster = connection.acceptor().parameters().getOrDefault("clusterConnection", "");
        protocol.neighbours().tell(connection.broker().config().members(cluster), info).ifPresent(line::say);
        if (protocol.options().supportAdvisory()) {
            protocol.advisories().came(joined, new ConnectionNews(joined.connectionId(), info.clientId(), info.user(), connection.remoteAddress()));
        }
    }

    private void refuse(ConnectionInfo info, Problem problem) {
        line.refuse(info.head(), problem);
        connection.loop().schedule(connection::close, PATIENCE_MILLIS);
    }

    private void logout(Command.RemoveInfo remove) {
        if (member.isEmpty()) {
            line.done(remove.head());
            return;
        }
        Member leaving = member.get();
        line.hold();
        leaving.leave(remove.lastDelivered(), () -> {
            connection.client().release(CLAIM + leaving.info().clientId());
            member = Optional.empty();
            state = state == State.LEAVING ? state : State.STRANGER;
            line.done(remove.head());
            line.release();
        });
    }
}
