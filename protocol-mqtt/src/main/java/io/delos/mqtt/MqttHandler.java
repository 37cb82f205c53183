package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One MQTT connection. Owned by its loop. Packets are looked at one after the other: while one waits for the broker (CONNECT, SUBSCRIBE,
 * UNSUBSCRIBE), later ones queue up and the socket is not read.
 * <pre>
 *   NEW ── CONNECT ──► CONNECTING ── CONNACK ──► OPEN
 *    └────────────────────┴───────────────────────┴──── anything wrong, DISCONNECT, socket gone ──► CLOSED
 * </pre>
 */
final class MqttHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LogManager.getLogger(MqttHandler.class);

    private enum State { NEW, CONNECTING, OPEN, CLOSED }

    private final Connection connection;
    private final MqttProtocol.Terms terms;
    private final MqttOptions options;
    private final Ledger ledger;
    private final PacketFrames frames;
    private final ArrayDeque<MqttMessage> waiting = new ArrayDeque<>(0);
    private State state = State.NEW;
    private MqttLevel level = MqttLevel.V3_1_1;
    private boolean busy;
    private PacketWriter writer;
    private Arrival arrival;
    private int asked;
    private int packets;
    /** Bytes of the payload that follows the next PUBLISH in pieces. */
    private int announced;
    private Optional<MqttSession> session = Optional.empty();
    private SubscribePackets subscriptions;
    private Optional<Attended> attended = Optional.empty();

    MqttHandler(Connection connection, MqttProtocol.Terms terms) {
        this.connection = connection;
        this.terms = terms;
        this.options = terms.options();
        this.ledger = terms.ledgers().of(connection.loop());
        this.frames = new PacketFrames(this, connection.unfinished());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        writer = new PacketWriter(ctx, connection, ledger);
        ledger.add(Count.SOCKETS, 1);
        arrival = new Arrival(connection, terms, writer, new Door());
        long patience = options.serverKeepAlive() <= 0 ? 0 : options.serverKeepAlive() * 1500L;
        connection.timeToLive(patience, () -> { });
        connection.onShutdown(() -> {
            boolean stopping = connection.stopping();
            fail(stopping ? MqttErrors.SHUTTING_DOWN : MqttErrors.ADMINISTRATIVE, stopping ? "the broker is stopping" : "an operator's wish");
        });
        connection.onRefusal(why -> fail(MqttErrors.code(why.reason()), why.getMessage()));
    }

    /** What has to stand before the decoder. */
    PacketFrames frames() {
        return frames;
    }

    /** A packet of so many bytes has come. */
    void received(int size) {
        ledger.add(Count.MESSAGES_RECEIVED, 1);
        ledger.add(Count.BYTES_RECEIVED, size);
    }

    /** How many packets have come; may overflow. */
    int packets() {
        return packets;
    }

    /** The next PUBLISH has a payload of so many bytes, which follows in pieces. */
    void announce(int bytes) {
        announced = bytes;
    }

    /** The next piece of such a payload, to be released. */
    void payload(LargePublish.Piece piece) {
        if (state == State.CLOSED) {
            piece.release();
        } else {
            inOrder(piece);
        }
    }

    /** Whether the client speaks MQTT 5. */
    boolean speaksFive() {
        return level == MqttLevel.V5;
    }

    /** The bytes are not packets any more; what came before is still looked at first. */
    void broken(int code, String sentence) {
        if (busy || !waiting.isEmpty()) {
            waiting.add(new MqttMessage(null, null, null, DecoderResult.failure(new Breach(code, sentence))));
        } else {
            fail(code, sentence);
        }
    }

    /** Why bytes are not packets. */
    private static final class Breach extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;

        Breach(int code, String sentence) {
            super(sentence, null, false, false);
            this.code = code;
        }
    }

    /** What is wrong with a packet that has not been decoded yet; its body begins at {@code head}. */
    Optional<PacketRules.Fault> judge(ByteBuf packet, int head) {
        if (state == State.NEW) {
            asked = WireRules.version(packet, head);
            level = asked >= MqttLevel.V3_1.number() && asked <= MqttLevel.V5.number() ? MqttLevel.of(asked) : level;
            writer.speak(new Replies.Manner(level, Long.MAX_VALUE, true));
        }
        return level == MqttLevel.V5 ? WireRules.judge(packet, head) : Optional.empty();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object decoded) {
        packets++;
        Object message = announced > 0 && decoded instanceof MqttPublishMessage head ? new LargePublish(head, announced) : decoded;
        announced = 0;
        if (!(message instanceof MqttMessage packet) || state == State.CLOSED) {
            ReferenceCountUtil.release(message);
        } else if (state == State.OPEN && packet.decoderResult().isSuccess() && packet.fixedHeader().messageType() == MqttMessageType.PINGREQ) {
            writer.pong();
        } else {
            inOrder(packet);
        }
    }

    private void inOrder(MqttMessage packet) {
        if (busy || !waiting.isEmpty()) {
            waiting.add(packet);
        } else {
            take(packet);
        }
    }

    private void take(MqttMessage packet) {
        try {
            handle(packet);
        } catch (RuntimeException fault) {
            LOG.error("Closing the MQTT connection from {}: a packet could not be handled", connection.remoteAddress(), fault);
            fail(MqttErrors.IMPLEMENTATION, "internal error");
        } finally {
            ReferenceCountUtil.release(packet);
        }
    }

    /** Later packets wait. */
    private void pause() {
        busy = true;
        connection.pauseReading(true);
    }

    /** The packet that was waited for is done; goes on with those behind it. */
    private void goOn() {
        if (!busy) {
            return;
        }
        busy = false;
        connection.pauseReading(false);
        while (!busy && state != State.CLOSED && !waiting.isEmpty()) {
            take(waiting.poll());
        }
    }

    /** What an operator wants, when its turn comes: it waits like a packet, and those that come later wait for it. */
    private void inTurn(Errand errand) {
        inOrder(errand);
    }

    private void handle(MqttMessage packet) {
        if (packet instanceof Errand errand) {
            pause();
            errand.run(this::goOn);
        } else if (packet instanceof LargePublish.Piece piece) {
            open().inbound().payload(piece);
        } else if (packet.decoderResult().isFailure()) {
            malformed(packet.decoderResult().cause());
        } else if (state == State.NEW) {
            if (packet instanceof MqttConnectMessage connect) {
                connect(connect);
            } else {
                fail(MqttErrors.PROTOCOL_ERROR, "the first packet is not CONNECT");
            }
        } else if (packet.fixedHeader().messageType() == MqttMessageType.AUTH) {
            if (!arrival.auth(packet)) {
                fail(MqttErrors.PROTOCOL_ERROR, "AUTH out of turn");
            }
        } else if (!arrival.authenticating()) {
            handleOpen(packet, packet.fixedHeader().messageType());
        } else if (packet.fixedHeader().messageType() == MqttMessageType.DISCONNECT) {
            close();
        } else {
            fail(MqttErrors.PROTOCOL_ERROR, "nothing but AUTH may come before CONNACK");
        }
    }

    private void handleOpen(MqttMessage packet, MqttMessageType type) {
        switch (type) {
            case PUBLISH -> publish((MqttPublishMessage) packet);
            case PUBACK -> open().outbound().answers().acknowledged(packetId(packet));
            case PUBREC -> open().outbound().answers().received(packetId(packet), reason(packet));
            case PUBREL -> open().inbound().release(packetId(packet));
            case PUBCOMP -> open().outbound().answers().completed(packetId(packet));
            case SUBSCRIBE -> subscriptions.subscribe((MqttSubscribeMessage) packet);
            case UNSUBSCRIBE -> subscriptions.unsubscribe((MqttUnsubscribeMessage) packet);
            case PINGREQ -> writer.pong();
            case DISCONNECT -> disconnect(packet);
            case CONNECT -> fail(MqttErrors.PROTOCOL_ERROR, "a second CONNECT");
            default -> fail(MqttErrors.PROTOCOL_ERROR, "a client doesn't send " + type);
        }
    }

    private MqttSession open() {
        return session.orElseThrow();
    }

    private static int packetId(MqttMessage packet) {
        return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    }

    private static int reason(MqttMessage packet) {
        return packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader header ? header.reasonCode() & 0xFF : MqttErrors.SUCCESS;
    }

    private void malformed(Throwable cause) {
        LOG.debug("A packet from {} is malformed", connection.remoteAddress(), cause);
        if (state == State.NEW && asked >= 0 && cause instanceof MqttUnacceptableProtocolVersionException) {
            refuseVersion();
        } else {
            fail(cause instanceof Breach breach ? breach.code : MqttErrors.MALFORMED, String.valueOf(cause.getMessage()));
        }
    }

    /** In the words of the version the client is likely to know (3.1.1 and 5, 3.1.2.2). */
    private void refuseVersion() {
        boolean newer = asked > MqttLevel.V5.number();
        writer.speak(new Replies.Manner(newer ? MqttLevel.V5 : MqttLevel.V3_1_1, Long.MAX_VALUE, true));
        writer.packet(Replies.refusal(writer.manner(), newer ? MqttErrors.BAD_VERSION : MqttErrors.V3_BAD_VERSION,
                "this version of the protocol is not spoken"));
        close();
    }

    private boolean sound(Optional<PacketRules.Fault> fault) {
        fault.ifPresent(found -> fail(found.code(), found.sentence()));
        return fault.isEmpty();
    }

    private void publish(MqttPublishMessage packet) {
        if (sound(PacketRules.check(packet, level))) {
            ledger.add(Count.PUBLISHES_RECEIVED, 1);
            ledger.add(Count.PAYLOAD_RECEIVED, packet instanceof LargePublish large ? large.length() : packet.payload().readableBytes());
            open().inbound().publish(packet);
        }
    }

    private void connect(MqttConnectMessage packet) {
        writer.speak(Arrival.manner(packet));
        if (sound(PacketRules.check(packet))) {
            state = State.CONNECTING;
            ledger.add(Count.CONNECTS, 1);
            int limit = options.packetLimit(level);
            Broker broker = connection.broker();
            frames.limit(new PacketFrames.Limits((int) Math.min(limit, broker.largestInMemory()), limit, (int) broker.largestInline()));
            arrival.connect(packet);
        }
    }

    /** What the connection is to the one who arrives. */
    private final class Door implements Arrival.Host {
        @Override
        public void pause() {
            MqttHandler.this.pause();
        }

        @Override
        public void goOn() {
            MqttHandler.this.goOn();
        }

        @Override
        public void fail(int code, String sentence) {
            MqttHandler.this.fail(code, sentence);
        }

        @Override
        public void close() {
            MqttHandler.this.close();
        }

        @Override
        public boolean closed() {
            return state == State.CLOSED;
        }

        @Override
        public void opened(MqttSession made, MqttSession.Setup madeOf, int keepAlive) {
            session = Optional.of(made);
            subscriptions = new SubscribePackets(made, madeOf, this, waiting);
            state = State.OPEN;
            attended = Optional.of(new Attended(made, connection.client(), keepAlive, MqttHandler.this::inTurn));
            attended.ifPresent(ledger::enter);
            writer.atEndOfTurn(made::endOfTurn, made.outbound()::roomAgain);
            connection.timeToLive(keepAlive * 1500L, () -> MqttHandler.this.fail(MqttErrors.KEEP_ALIVE, "nothing was heard for too long"));
        }
    }

    private void disconnect(MqttMessage packet) {
        int code = MqttErrors.SUCCESS;
        if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
            code = header.reasonCode() & 0xFF;
            long seconds = Props.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL).orElse(0) & 0xFFFFFFFFL;
            if (seconds != 0 && !open().outlivesConnection()) {
                fail(MqttErrors.PROTOCOL_ERROR, "a session that ends with its connection can't be kept after all");
                return;
            }
            if (header.properties().getProperty(MqttProperties.SESSION_EXPIRY_INTERVAL) != null) {
                open().expiry(seconds);
            }
        }
        if (code == MqttErrors.SUCCESS) {
            open().withoutWill();
        }
        pause();
        open().broker().afterAll(this::close);
    }

    /** Ends the connection: MQTT 5 is told why. */
    private void fail(int code, String sentence) {
        if (state == State.CLOSED) {
            return;
        }
        LOG.debug("Closing the MQTT connection from {}: {}", connection.remoteAddress(), sentence);
        if (level == MqttLevel.V5) {
            writer.packet(state == State.OPEN ? Replies.disconnect(writer.manner(), MqttErrors.inDisconnect(code), sentence)
                    : Replies.refusal(writer.manner(), MqttErrors.inConnack(code), sentence));
        }
        close();
    }

    private void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            attended.ifPresent(ledger::leave);
            session.ifPresent(MqttSession::end);
            writer.close();
            connection.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && state == State.OPEN) {
            writer.roomAgain();
            session.ifPresent(open -> open.outbound().pumpBlocked());
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        while (!waiting.isEmpty()) {
            MqttMessage dropped = waiting.poll();
            if (dropped instanceof Errand errand) {
                errand.drop();
            }
            ReferenceCountUtil.release(dropped);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        if (connection.endedBy(fault)) {
            return;
        }
        LOG.error("Closing the MQTT connection from {}", connection.remoteAddress(), fault);
        close();
    }
}
