package io.delos.mqtt;

import io.delos.broker.Reply;
import io.delos.spi.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
    private final PacketFrames frames;
    private final ArrayDeque<MqttMessage> waiting = new ArrayDeque<>(0);
    private State state = State.NEW;
    private MqttLevel level = MqttLevel.V3_1_1;
    private boolean busy;
    private PacketWriter writer;
    private int packets;
    private Optional<MqttSession> session = Optional.empty();
    private MqttSession.Setup setup;

    MqttHandler(Connection connection, MqttProtocol.Terms terms) {
        this.connection = connection;
        this.terms = terms;
        this.options = terms.options();
        this.frames = new PacketFrames(this, connection.unfinished());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        writer = new PacketWriter(ctx, connection.loop());
        long patience = options.serverKeepAlive() <= 0 ? 0 : options.serverKeepAlive() * 1500L;
        connection.timeToLive(patience, () -> { });
        connection.onShutdown(connection::close);
        connection.onRefusal(why -> fail(MqttErrors.code(why.reason()), why.getMessage()));
    }

    /** What has to stand before the decoder. */
    PacketFrames frames() {
        return frames;
    }

    /** How many packets have come; may overflow. */
    int packets() {
        return packets;
    }

    /** The bytes are not packets any more. */
    void broken(int code, String sentence) {
        fail(code, sentence);
    }

    // packets in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        packets++;
        if (!(message instanceof MqttMessage packet) || state == State.CLOSED) {
            ReferenceCountUtil.release(message);
        } else if (state == State.OPEN && packet.decoderResult().isSuccess() && packet.fixedHeader().messageType() == MqttMessageType.PINGREQ) {
            writer.pong();
        } else if (busy || !waiting.isEmpty()) {
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

    private void handle(MqttMessage packet) {
        if (packet.decoderResult().isFailure()) {
            malformed(packet.decoderResult().cause());
            return;
        }
        MqttMessageType type = packet.fixedHeader().messageType();
        if (state == State.NEW) {
            if (packet instanceof MqttConnectMessage connect) {
                connect(connect);
            } else {
                fail(MqttErrors.PROTOCOL_ERROR, "the first packet is not CONNECT");
            }
            return;
        }
        switch (type) {
            case PUBLISH -> publish((MqttPublishMessage) packet);
            case PUBACK -> open().outbound().acknowledged(packetId(packet));
            case PUBREC -> open().outbound().received(packetId(packet), reason(packet));
            case PUBREL -> open().inbound().release(packetId(packet));
            case PUBCOMP -> open().outbound().completed(packetId(packet));
            case SUBSCRIBE -> subscribe((MqttSubscribeMessage) packet);
            case UNSUBSCRIBE -> unsubscribe((MqttUnsubscribeMessage) packet);
            case PINGREQ -> writer.pong();
            case DISCONNECT -> disconnect(packet);
            case AUTH -> LOG.debug("AUTH from {} means nothing here", connection.remoteAddress());
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
        fail(MqttErrors.MALFORMED, String.valueOf(cause.getMessage()));
    }

    private boolean sound(Optional<PacketRules.Fault> fault) {
        fault.ifPresent(found -> fail(found.code(), found.sentence()));
        return fault.isEmpty();
    }

    private void publish(MqttPublishMessage packet) {
        if (sound(PacketRules.check(packet, level))) {
            open().inbound().publish(packet);
        }
    }

    // connecting

    private void connect(MqttConnectMessage packet) {
        level = MqttLevel.of(packet.variableHeader().version());
        writer.speak(level);
        if (!sound(PacketRules.check(packet))) {
            return;
        }
        state = State.CONNECTING;
        frames.limit((int) Math.min(options.packetLimit(level), connection.broker().largestInMemory()));
        pause();
        new ConnectExchange(connection, packet, terms, writer, this::fail,
                new Connecting(packet.variableHeader().keepAliveTimeSeconds())).begin();
    }

    /** Stays as long as the connection holds its client id, and so must not keep the packet with the password. */
    private final class Connecting implements ConnectExchange.Listener {
        private final int asked;

        Connecting(int asked) {
            this.asked = asked;
        }

        @Override
        public void refused(int code, String sentence) {
            MqttProperties properties = Replies.reason(level, sentence);
            writer.packet(Replies.connack(code, false, properties));
            close();
        }

        @Override
        public void idInUse(String sentence) {
            fail(MqttErrors.UNSPECIFIED, sentence);
        }

        @Override
        public void takenOver() {
            session.ifPresent(MqttSession::withoutWill);
            fail(MqttErrors.TAKEN_OVER, "another connection uses this client id");
        }

        @Override
        public boolean gone() {
            return state == State.CLOSED;
        }

        @Override
        public void accepted(MqttSession made, MqttSession.Setup madeOf, boolean present, boolean assigned) {
            session = Optional.of(made);
            setup = madeOf;
            state = State.OPEN;
            writer.atEndOfTurn(made::endOfTurn);
            connection.timeToLive(options.keepAlive(asked) * 1500L, () -> { });
            MqttProperties properties = level == MqttLevel.V5
                    ? Replies.connected(options, asked, assigned ? Optional.of(made.clientId()) : Optional.empty()) : MqttProperties.NO_PROPERTIES;
            writer.packet(Replies.connack(MqttErrors.SUCCESS, present && level != MqttLevel.V3_1, properties));
        }

        @Override
        public void finished() {
            goOn();
        }
    }

    // subscriptions

    private void subscribe(MqttSubscribeMessage packet) {
        if (!sound(PacketRules.check(packet, level))) {
            return;
        }
        int packetId = packetId(packet);
        int identifier = Props.number(packet.idAndPropertiesVariableHeader().properties(), MqttProperties.SUBSCRIPTION_IDENTIFIER).orElse(0);
        List<SubscriptionOptions> wanted = new ArrayList<>();
        for (MqttTopicSubscription each : packet.payload().topicSubscriptions()) {
            wanted.add(new SubscriptionOptions(each.topicFilter(), each.qualityOfService().value(), each.option().isNoLocal(),
                    each.option().isRetainAsPublished(), each.option().retainHandling().value(), identifier));
        }
        pause();
        new SubscribeExchange(open(), setup, wanted, codes -> writer.packet(Replies.suback(packetId, codes)), this::goOn).begin();
    }

    private void unsubscribe(MqttUnsubscribeMessage packet) {
        if (sound(PacketRules.check(packet))) {
            pause();
            List<Short> codes = new ArrayList<>();
            unsubscribe(packetId(packet), List.copyOf(packet.payload().topics()), codes);
        }
    }

    private void unsubscribe(int packetId, List<String> filters, List<Short> codes) {
        if (codes.size() == filters.size()) {
            open().save(Reply.of(done -> {
                writer.packet(Replies.unsuback(packetId, codes, level));
                goOn();
            }, open()::storeFailed));
            return;
        }
        Optional<MqttSubscription> subscription = open().subscription(filters.get(codes.size()));
        if (subscription.isEmpty()) {
            codes.add((short) MqttErrors.NO_SUBSCRIPTION);
            connection.loop().post(() -> unsubscribe(packetId, filters, codes));
        } else {
            open().unsubscribe(subscription.get(), Reply.of(done -> unsubscribed(packetId, filters, codes, MqttErrors.SUCCESS),
                    refusal -> unsubscribed(packetId, filters, codes, MqttErrors.UNSPECIFIED)));
        }
    }

    private void unsubscribed(int packetId, List<String> filters, List<Short> codes, int code) {
        codes.add((short) code);
        connection.loop().post(() -> unsubscribe(packetId, filters, codes));
    }

    // the end

    private void disconnect(MqttMessage packet) {
        int code = MqttErrors.SUCCESS;
        if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
            code = header.reasonCode() & 0xFF;
            Props.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL)
                    .ifPresent(seconds -> open().expiry(seconds & 0xFFFFFFFFL));
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
        if (level == MqttLevel.V5 && state != State.NEW) {
            writer.packet(Replies.disconnect(code, sentence));
        }
        close();
    }

    private void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            session.ifPresent(MqttSession::end);
            writer.close();
            connection.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && state == State.OPEN) {
            session.ifPresent(open -> open.outbound().pumpBlocked());
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        while (!waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.poll());
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
