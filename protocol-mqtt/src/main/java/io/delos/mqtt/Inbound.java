package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.IncomingBody;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.broker.Unfinished;
import io.delos.config.Permission;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Owned by the connection's loop: messages from the client. An acknowledgement is written when the broker has answered, and the broker
 * answers in order. The packet id of a QoS 2 message is remembered in one transaction with the message until PUBREL.
 */
final class Inbound {

    private static final String NO_TEXT = "the payload says it is text and isn't UTF-8";
    private static final String OF_BROKER = "the topic is the broker's own";
    private static final String NOT_RETAINED = "the message is too large to be retained";

    private final MqttSession session;
    private final Session broker;
    private final PacketWriter writer;
    private final Targets targets;
    private final int window;
    private final Unfinished account;
    private LargeArrival arriving = LargeArrival.NONE;
    /** Packet ids of QoS 2 that were received and not released. */
    private final BitSet received;
    /** Those of them the broker has not answered. */
    private final BitSet underWay = new BitSet();
    private List<Integer> released = new ArrayList<>();
    private int unanswered;

    /** @param account where is counted what of a large payload waits for the disk */
    Inbound(MqttSession session, Targets targets, int window, BitSet received, Unfinished account) {
        this.session = session;
        this.broker = session.broker();
        this.writer = session.writer();
        this.targets = targets;
        this.window = window;
        this.account = account;
        this.received = received;
        this.unanswered = received.cardinality();
    }

    /** One PUBLISH on its way through the broker: what the client is told when it is answered. */
    private final class Answer implements Reply<Void> {
        private final int qos;
        private final int packetId;

        Answer(int qos, int packetId) {
            this.qos = qos;
            this.packetId = packetId;
        }

        @Override
        public void done(Void nothing) {
            acknowledge(this, MqttErrors.SUCCESS, "");
        }

        @Override
        public void failed(BrokerException refusal) {
            refuse(this, refusal);
        }
    }

    /** A PUBLISH; the packet's payload stays the caller's to release, and that of a {@link LargePublish} follows. */
    void publish(MqttPublishMessage packet) {
        MqttProperties properties = packet.variableHeader().properties();
        String topic = packet.variableHeader().topicName();
        int alias = Props.number(properties, MqttProperties.TOPIC_ALIAS).orElse(-1);
        if (alias < 0 && topic.isEmpty()) {
            session.fail(MqttErrors.PROTOCOL_ERROR, "PUBLISH without a topic");
            return;
        }
        Optional<Target> target = alias < 0 ? Optional.of(targets.named(topic)) : targets.aliased(topic, alias);
        if (target.isEmpty()) {
            session.fail(MqttErrors.BAD_ALIAS, "topic alias " + alias + " is out of bounds or stands for no topic");
            return;
        }
        int qos = packet.fixedHeader().qosLevel().value();
        Answer answer = new Answer(qos, qos == 0 ? 0 : packet.variableHeader().packetId());
        boolean ofBroker = session.ofBroker(topic.isEmpty() ? target.get().topic() : topic);
        if (packet instanceof LargePublish) {
            begin(packet, target.get(), ofBroker, answer);
        } else if (saysText(packet) && !Utf8.readable(packet.payload())) {
            refuse(answer, MqttErrors.PAYLOAD_FORMAT, NO_TEXT);
        } else if (used(answer)) {
            sayUsed(answer);
        } else if (!admitted(qos, answer.packetId)) {
            return;
        } else if (ofBroker) {
            refuse(answer, new BrokerException(Reason.NOT_PERMITTED, OF_BROKER));
        } else {
            submit(target.get(), message(packet, qos, target.get()), packet.fixedHeader().isRetain(), Optional.empty(), answer);
        }
    }

    /** Whether the packet id is that of a message which has not been released: of MQTT 3, whose clients are not told so, only if this one would be the same. */
    private boolean used(Answer answer) {
        return answer.qos > 0 && received.get(answer.packetId) && (answer.qos == 2 || session.level() == MqttLevel.V5);
    }

    private void sayUsed(Answer answer) {
        if (answer.qos == 1) {
            writer.acknowledge(PacketWriter.PUBACK, answer.packetId, MqttErrors.ID_IN_USE,
                    "the packet id is that of a message that is not released");
        } else if (!underWay.get(answer.packetId)) {
            writer.acknowledge(PacketWriter.PUBREC, answer.packetId, MqttErrors.SUCCESS);
        }
    }

    private boolean saysText(MqttPublishMessage packet) {
        MqttProperties properties = packet.variableHeader().properties();
        return session.options().validatePayloadFormat() && !properties.isEmpty()
                && Props.number(properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR).orElse(0) == 1;
    }

    /** A PUBLISH whose payload follows: what is not kept of it is read past, and answered when it has come. */
    private void begin(MqttPublishMessage packet, Target target, boolean ofBroker, Answer answer) {
        if (used(answer)) {
            arriving = LargeArrival.past(() -> sayUsed(answer));
        } else if (packet.fixedHeader().isRetain() && (answer.qos == 0 || session.level() != MqttLevel.V5)) {
            session.fail(MqttErrors.TOO_LARGE, NOT_RETAINED);
        } else if (admitted(answer.qos, answer.packetId)) {
            Optional<BrokerException> refusal = refusal(packet, target, ofBroker);
            arriving = refusal.isPresent() ? LargeArrival.past(() -> refuse(answer, refusal.get())) : keep(packet, target, answer);
        }
    }

    private Optional<BrokerException> refusal(MqttPublishMessage packet, Target target, boolean ofBroker) {
        if (ofBroker) {
            return Optional.of(new BrokerException(Reason.NOT_PERMITTED, OF_BROKER));
        }
        return packet.fixedHeader().isRetain() ? Optional.of(new BrokerException(Reason.LIMIT_EXCEEDED, NOT_RETAINED))
                : broker.refusal(Permission.SEND, target.address());
    }

    private LargeArrival keep(MqttPublishMessage packet, Target target, Answer answer) {
        Message.Builder draft = message(packet, answer.qos, target);
        return new LargeArrival(broker, account, new LargeArrival.Topic(target.address(), answer.qos > 0), saysText(packet), body -> {
            if (body.isPresent()) {
                submit(target, draft.body(body.get().body()), false, body, answer);
            } else if (answer.qos == 0) {
                session.fail(MqttErrors.PAYLOAD_FORMAT, NO_TEXT);
            } else {
                acknowledge(answer, MqttErrors.PAYLOAD_FORMAT, NO_TEXT);
            }
        });
    }

    /** More of the payload of the last PUBLISH, which was a large one; the bytes stay the caller's to release. */
    void payload(LargePublish.Piece piece) {
        LargeArrival now = arriving;
        now.add(piece.payload());
        if (piece.last()) {
            arriving = LargeArrival.NONE;
            now.end();
        }
    }

    /** What never reached the broker. */
    private void refuse(Answer answer, int code, String why) {
        if (answer.qos == 0) {
            session.fail(code, why);
        } else {
            writer.acknowledge(answer.qos == 1 ? PacketWriter.PUBACK : PacketWriter.PUBREC, answer.packetId, code, why);
        }
    }

    /** Messages of QoS 1 and 2 that the client waits for an answer to. */
    int unanswered() {
        return unanswered;
    }

    /** Whether a packet id is that of a message of QoS 2 that has not been released. */
    boolean uses(int packetId) {
        return received.get(packetId);
    }

    private boolean admitted(int qos, int packetId) {
        if (qos > 0 && session.level() == MqttLevel.V5 && unanswered >= window) {
            session.fail(MqttErrors.RECEIVE_MAXIMUM, "more than " + window + " unanswered messages");
            return false;
        }
        unanswered += qos > 0 ? 1 : 0;
        if (qos == 2) {
            received.set(packetId);
            underWay.set(packetId);
        }
        return true;
    }

    private Message.Builder message(MqttPublishMessage packet, int qos, Target target) {
        MqttProperties properties = packet.variableHeader().properties();
        byte[] stored = new Publication.Draft(qos, packet.fixedHeader().isRetain())
                .origin(session.clientIdBytes())
                .properties(PublishProperties.of(properties).write())
                .with(packet.payload());
        long now = System.currentTimeMillis();
        return Message.of(MessageFormat.MQTT, stored).address(target.address()).durable(qos > 0).priority(0).timestamp(now)
                .expiration(expiration(properties, now));
    }

    static long expiration(MqttProperties properties, long now) {
        if (properties.isEmpty()) {
            return 0;
        }
        MqttProperties.MqttProperty<?> given = properties.getProperty(MqttProperties.PUBLICATION_EXPIRY_INTERVAL);
        return given instanceof MqttProperties.IntegerProperty seconds ? now + (seconds.value() & 0xFFFFFFFFL) * 1000 : 0;
    }

    /** Finds out, now and then, whether the address serves only anycast; then sends. Both keep their place in the session's order. */
    private void submit(Target target, Message.Builder message, boolean retain, Optional<IncomingBody> body, Answer answer) {
        long now = System.currentTimeMillis();
        if (target.unchecked(now)) {
            broker.resources().queryAddress(target.address(), Reply.of(info -> {
                boolean anycast = info.isPresent() && info.get().routingTypes().equals(Set.of(RoutingType.ANYCAST));
                target.checked(anycast ? Message.ROUTE_ANYCAST : Message.ROUTE_MULTICAST, now);
                send(target, message, retain, body, answer);
            }, refusal -> send(target, message, retain, body, answer)));
        } else {
            send(target, message, retain, body, answer);
        }
    }

    private void send(Target target, Message.Builder draft, boolean retain, Optional<IncomingBody> body, Answer answer) {
        Message message = draft.routing(target.routing()).build();
        boolean remember = answer.qos == 2 && session.outlivesConnection();
        if (!retain && !remember) {
            if (body.isPresent()) {
                broker.sendLarge(body.get(), message, Optional.empty(), Optional.empty(), answer);
            } else {
                broker.send(message, answer);
            }
            return;
        }
        Transaction transaction = broker.begin();
        if (body.isPresent()) {
            broker.sendLarge(body.get(), message, Optional.empty(), Optional.of(transaction), Reply.ignored());
        } else {
            broker.send(message, transaction, Reply.ignored());
        }
        if (retain) {
            Retained.retain(transaction, target.topic(), message);
        }
        if (remember) {
            transaction.remember(Keys.packet(Keys.received(session.clientId()), answer.packetId), new byte[] {1});
        }
        broker.commit(transaction, answer);
    }

    private void acknowledge(Answer answer, int reason, String why) {
        if (answer.qos == 1) {
            unanswered--;
            writer.acknowledge(PacketWriter.PUBACK, answer.packetId, reason, why);
        } else if (answer.qos == 2) {
            underWay.clear(answer.packetId);
            if (reason >= MqttErrors.UNSPECIFIED) {
                received.clear(answer.packetId);
                unanswered--;
            }
            writer.acknowledge(PacketWriter.PUBREC, answer.packetId, reason, why);
        }
    }

    /** What becomes of a message the broker didn't take (mqtt document, sections 6, 9 and 13). */
    private void refuse(Answer answer, BrokerException refusal) {
        Reason reason = refusal.reason();
        boolean v5 = session.level() == MqttLevel.V5;
        switch (reason) {
            case ADDRESS_NOT_FOUND, QUEUE_NOT_FOUND -> acknowledge(answer, MqttErrors.SUCCESS, "");
            case NOT_PERMITTED -> {
                boolean close = session.level() == MqttLevel.V3_1_1 && session.options().closeOnPublishRefusal();
                if (close) {
                    session.fail(MqttErrors.NOT_AUTHORIZED, refusal.getMessage());
                } else {
                    acknowledge(answer, v5 ? MqttErrors.NOT_AUTHORIZED : MqttErrors.SUCCESS, refusal.getMessage());
                }
            }
            case ADDRESS_FULL, LIMIT_EXCEEDED -> {
                if (v5) {
                    acknowledge(answer, MqttErrors.QUOTA, refusal.getMessage());
                } else {
                    session.fail(MqttErrors.QUOTA, refusal.getMessage());
                }
            }
            case NOT_ACCEPTED -> {
                if (v5 || answer.qos == 0) {
                    acknowledge(answer, MqttErrors.IMPLEMENTATION, refusal.getMessage());
                } else {
                    session.fail(MqttErrors.IMPLEMENTATION, refusal.getMessage());
                }
            }
            case TOO_LARGE -> session.fail(MqttErrors.TOO_LARGE, refusal.getMessage());
            default -> session.fail(MqttErrors.IMPLEMENTATION, refusal.getMessage());
        }
    }

    /** PUBREL: the client will not send the message again, so its packet id is free. */
    void release(int packetId) {
        if (!received.get(packetId)) {
            writer.acknowledge(PacketWriter.PUBCOMP, packetId, MqttErrors.UNKNOWN_PACKET_ID);
        } else if (!session.outlivesConnection()) {
            completed(packetId);
        } else {
            released.add(packetId);
            writer.soon();
        }
    }

    private void completed(int packetId) {
        if (received.get(packetId)) {
            received.clear(packetId);
            unanswered--;
        }
        writer.acknowledge(PacketWriter.PUBCOMP, packetId, MqttErrors.SUCCESS);
    }

    /** Forgets what this turn has released, durably: were an id remembered after PUBCOMP, the next message under it would be lost. */
    void endOfTurn() {
        if (released.isEmpty()) {
            return;
        }
        List<Integer> batch = released;
        released = new ArrayList<>();
        Transaction transaction = broker.begin();
        for (int packetId : batch) {
            transaction.forget(Keys.packet(Keys.received(session.clientId()), packetId));
        }
        broker.commit(transaction, Reply.of(done -> batch.forEach(this::completed), session::storeFailed));
    }
}
