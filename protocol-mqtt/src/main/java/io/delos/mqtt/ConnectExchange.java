package io.delos.mqtt;

import io.delos.broker.BackPressure;
import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Credentials;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.config.TransportOptions;
import io.delos.spi.Connection;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The steps of a CONNECT (mqtt document, section 3): client id, login, taking the id over, finding what an earlier connection left,
 * CONNACK, and then the queues of a session that goes on. Owned by the connection's loop, whose handler keeps later packets back
 * meanwhile.
 */
final class ConnectExchange {

    /** What the exchange tells the connection. */
    interface Listener {
        /** Refused: a code for CONNACK. */
        void refused(int code, String sentence);

        /** Another connection takes the id. */
        void takenOver();

        /** The session is there: CONNACK is due. */
        void accepted(MqttSession session, MqttSession.Setup setup, boolean present, boolean assigned);

        /** Whether the connection has ended meanwhile, so that there is nothing more to do. */
        boolean gone();

        /** Everything is in place. */
        void finished();
    }

    private final Connection connection;
    private final MqttConnectMessage packet;
    private final MqttProtocol.Terms terms;
    private final MqttOptions options;
    private final PacketWriter writer;
    private final MqttSession.Farewell farewell;
    private final Listener listener;
    private final Broker broker;
    private final Client client;
    private final Custodian custodian;
    private final StoredSessions stored;
    private final TransportOptions.Naming naming;
    private final MqttLevel level;
    private final boolean loggedIn;
    private final boolean cleanStart;
    private final long expirySeconds;
    private String clientId = "";
    private boolean assigned;

    ConnectExchange(Connection connection, MqttConnectMessage packet, MqttProtocol.Terms terms, PacketWriter writer,
                    MqttSession.Farewell farewell, boolean loggedIn, Listener listener) {
        this.connection = connection;
        this.packet = packet;
        this.terms = terms;
        this.options = terms.options();
        this.writer = writer;
        this.farewell = farewell;
        this.loggedIn = loggedIn;
        this.listener = listener;
        this.broker = connection.broker();
        this.client = connection.client();
        this.custodian = new Custodian(broker, connection.loop());
        this.stored = new StoredSessions(broker);
        this.naming = terms.naming();
        this.level = MqttLevel.of(packet.variableHeader().version());
        this.cleanStart = packet.variableHeader().isCleanSession();
        this.expirySeconds = expiry();
    }

    private long expiry() {
        if (level == MqttLevel.V5) {
            return number(MqttProperties.SESSION_EXPIRY_INTERVAL).orElse(0) & 0xFFFFFFFFL;
        }
        return cleanStart ? 0 : options.sessionExpiryInterval() & 0xFFFFFFFFL;
    }

    private OptionalInt number(int property) {
        return Props.number(packet.variableHeader().properties(), property);
    }

    void begin() {
        clientId = packet.payload().clientIdentifier();
        if (clientId.isEmpty()) {
            clientId = UUID.randomUUID().toString();
            assigned = true;
        }
        if (assigned && !cleanStart || clientId.contains("::")) {
            refuseId("the client id can't be used");
            return;
        }
        if (options.validatePayloadFormat() && Will.falseText(packet)) {
            listener.refused(MqttErrors.PAYLOAD_FORMAT, "the will says it is text and isn't UTF-8");
            return;
        }
        if (terms.sys().isPresent() && packet.variableHeader().isWillFlag() && packet.payload().willTopic().startsWith(SysTopics.START)) {
            listener.refused(MqttErrors.connectCode(Reason.NOT_PERMITTED, level), "the topic of the will is the broker's own");
            return;
        }
        client.describe(level.title(), clientId);
        if (loggedIn) {
            claim();
            return;
        }
        client.login(credentials(), Reply.of(done -> claim(),
                refusal -> listener.refused(MqttErrors.connectCode(refusal.reason(), level), refusal.getMessage())));
    }

    private Credentials credentials() {
        byte[] password = packet.payload().passwordInBytes();
        String user = packet.payload().userName();
        return new Credentials(user == null ? "" : user, password == null ? "" : new String(password, StandardCharsets.UTF_8),
                connection.certificates(), naming.securityDomain());
    }

    private void claim() {
        client.claim(clientId, options.allowLinkStealing(), listener::takenOver, Reply.of(displaced -> lookBack(), this::claimRefused));
    }

    private void claimRefused(BrokerException refusal) {
        refuseId(refusal.getMessage());
    }

    private void refuseId(String sentence) {
        listener.refused(level == MqttLevel.V5 ? MqttErrors.CLIENT_ID : MqttErrors.V3_BAD_ID, sentence);
    }

    /** Finds what an earlier connection left. What it was still writing is waited for, by writing behind it. */
    private void lookBack() {
        if (broker.recall(Keys.session(clientId)).isEmpty()) {
            open(Optional.empty());
        } else {
            custodian.afterWrites(Reply.of(done -> open(stored.find(clientId)), refusal ->
                    listener.refused(MqttErrors.connectCode(refusal.reason(), level), refusal.getMessage())));
        }
    }

    private void open(Optional<SessionRecord> earlier) {
        if (listener.gone()) {
            return;
        }
        boolean present = !cleanStart && earlier.isPresent() && earlier.get().expirySeconds() != 0;
        if (earlier.isPresent() && !present) {
            custodian.end(clientId, earlier.get());
        } else if (!present) {
            custodian.forgetParts(clientId);
        } else {
            new Wills(broker, connection.loop()).forget(clientId);
        }
        Session opened = client.openSession();
        opened.letTopicsPass();
        opened.backPressure(BackPressure.READ_AHEAD);
        MqttSession.Setup setup = new MqttSession.Setup(broker, opened, connection.loop(), writer,
                new TopicNames(broker.config().wildcards()), options, level, clientId, ThreadLocalRandom.current().nextLong(), farewell, terms.sys());
        MqttSession session = new MqttSession(setup, expirySeconds);
        PacketIds ids = new PacketIds();
        BitSet received = new BitSet();
        if (present) {
            restore(earlier.get(), ids, received);
            session.uncertainUntil(earlier.get().attached() ? System.currentTimeMillis() : 0);
        }
        Targets targets = new Targets(setup.names(), naming, options.highestAlias());
        Optional<Will> will = Will.of(packet, packet.variableHeader().isWillFlag() ? targets.named(packet.payload().willTopic())
                : Target.of("", ""), session.clientIdBytes());
        session.open(new Outbound(session, broker.formats(), ids, limits()),
                new Inbound(session, targets, options.inboundWindow(), received, connection.unfinished()), will);
        if (present) {
            stored.subscriptions(clientId, earlier.get()).forEach(each -> adopt(session, each));
            session.goOn(earlier.get().subscriptions());
        }
        greet(session, setup, present);
    }

    /**
     * CONNACK. A session that lasts and is new is durable before: who comes back, however soon, finds it, and behind it what this
     * connection has still to write when it ends. One that goes on is there already.
     */
    private void greet(MqttSession session, MqttSession.Setup setup, boolean present) {
        if (present || !session.outlivesConnection()) {
            accept(session, setup, present);
        } else {
            session.remember(Reply.of(done -> accept(session, setup, false),
                    refusal -> listener.refused(MqttErrors.connectCode(refusal.reason(), level), refusal.getMessage())));
        }
    }

    private void accept(MqttSession session, MqttSession.Setup setup, boolean present) {
        if (listener.gone()) {
            session.abandon();
            return;
        }
        session.begin();
        listener.accepted(session, setup, present, assigned);
        session.outbound().answers().resume();
        reopen(session, present);
    }

    private Outbound.Limits limits() {
        int window = level == MqttLevel.V5 ? number(MqttProperties.RECEIVE_MAXIMUM).orElse(options.maximumInFlight())
                : options.maximumInFlight();
        long packetLimit = number(MqttProperties.MAXIMUM_PACKET_SIZE).orElse(-1) & 0xFFFFFFFFL;
        int aliases = number(MqttProperties.TOPIC_ALIAS_MAXIMUM).orElse(0);
        return new Outbound.Limits(Math.min(window, MqttOptions.PACKET_IDS), packetLimit, aliases);
    }

    private void restore(SessionRecord record, PacketIds ids, BitSet received) {
        String in = Keys.received(clientId);
        for (String key : broker.recallAll(in).keySet()) {
            received.set(Keys.packetId(in, key));
        }
        received.clear(0);
        String out = Keys.sent(clientId);
        List<SessionRecord.UnderWay> sent = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : broker.recallAll(out).entrySet()) {
            int packetId = Keys.packetId(out, entry.getKey());
            SentRecord state = SentRecord.read(entry.getValue());
            if (packetId > 0 && state.released()) {
                ids.releasedEarlier(packetId);
            } else if (packetId > 0) {
                sent.add(new SessionRecord.UnderWay(packetId, state.queue(), state.messageId()));
            }
        }
        sent.forEach(each -> ids.expect(each, true));
        record.underWay().forEach(each -> ids.expect(each, false));
    }

    private void adopt(MqttSession session, SubscriptionOptions each) {
        TopicFilter.parse(each.filter()).ifPresent(filter -> session.add(SubscribeExchange.subscriptionFor(session, filter, each)));
    }

    /** What was begun earlier comes before what is new. The queue of a session that was discarded may be there yet, but not for long. */
    private void reopen(MqttSession session, boolean present) {
        List<MqttSubscription> subscriptions = new ArrayList<>(session.subscriptions());
        if (present && session.begun().exists()) {
            session.begun().open(() -> reopenSubscriptions(session, subscriptions));
        } else {
            reopenSubscriptions(session, subscriptions);
        }
    }

    private void reopenSubscriptions(MqttSession session, List<MqttSubscription> subscriptions) {
        new Opening(session, refused -> {
            refused.forEach(session::lost);
            listener.finished();
        }).begin(subscriptions);
    }
}
