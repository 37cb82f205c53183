package io.delos.mqtt;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Owned by the connection's loop: messages to the client. Deliveries wait with their subscription until the socket takes more and, for
 * QoS 1 and 2, until fewer than the client's receive maximum are unacknowledged. Acknowledgements are collected and settled once a turn.
 *
 * <p>For a session that outlives its connection, the packet id of a QoS 2 message is made durable before the message is sent, so that the
 * client recognises it even after a crash of the broker; whatever is sent behind it waits too ({@link HeldWrites}). A QoS 1 message has an id that
 * follows from where it lies, and is found again without that ({@link PacketIds}), unless another message has that id.
 */
final class Outbound {

    private static final Logger LOG = LogManager.getLogger(Outbound.class);

    private static final int[] NO_IDENTIFIERS = new int[0];
    private static final byte[] NO_TOPIC = new byte[0];
    private static final int ALIAS_SIZE = 3;

    private final MqttSession session;
    private final Session broker;
    private final Formats formats;
    private final PacketWriter writer;
    private final PacketIds ids;
    private final TopicAliases aliases;
    private final int window;
    private final long packetLimit;
    private final HeldWrites held;

    private final Set<MqttSubscription> blocked = new LinkedHashSet<>();
    private final Set<MqttSubscription> thirsty = new LinkedHashSet<>();
    private final List<MqttSubscription> touched = new ArrayList<>();
    private List<Delivery> accepted = new ArrayList<>();
    private List<Delivery> expired = new ArrayList<>();
    private List<Sent> received = new ArrayList<>();
    private boolean windowOpened;

    /**
     * What the client can take.
     *
     * @param window      unacknowledged messages of QoS 1 and 2
     * @param packetLimit bytes of a packet
     * @param aliases     highest topic alias
     */
    record Limits(int window, long packetLimit, int aliases) { }

    Outbound(MqttSession session, Formats formats, PacketIds ids, Limits limits) {
        this.session = session;
        this.broker = session.broker();
        this.formats = formats;
        this.writer = session.writer();
        this.ids = ids;
        this.aliases = new TopicAliases(limits.aliases());
        this.window = limits.window();
        this.packetLimit = limits.packetLimit();
        this.held = new HeldWrites(broker, writer, session::storeFailed);
    }

    PacketIds ids() {
        return ids;
    }

    /** Sends of the subscription's deliveries what can be sent now. */
    void pump(MqttSubscription subscription) {
        Delivery next;
        while ((next = subscription.pending().peek()) != null) {
            if (!writer.writable() || !send(subscription, next)) {
                blocked.add(subscription);
                break;
            }
            subscription.pending().poll();
            subscription.written(next.charge());
        }
        touch(subscription);
    }

    private void touch(MqttSubscription subscription) {
        if (subscription.touch()) {
            touched.add(subscription);
        }
        writer.soon();
    }

    /** Tries again with those that had to wait, the longest waiting first. */
    void pumpBlocked() {
        if (!blocked.isEmpty()) {
            List<MqttSubscription> turn = new ArrayList<>(blocked);
            blocked.clear();
            for (MqttSubscription subscription : turn) {
                if (!subscription.ended()) {
                    pump(subscription);
                }
            }
        }
    }

    /** Sends one, or does away with it; false if it has to wait. */
    private boolean send(MqttSubscription subscription, Delivery delivery) {
        Message message = delivery.message();
        if (message.expiration() != 0 && message.expired(System.currentTimeMillis())) {
            expired.add(delivery);
            return true;
        }
        Publication publication;
        try {
            publication = Publication.of(formats.translate(message, MessageFormat.MQTT).bytes());
        } catch (RuntimeException unreadable) {
            LOG.warn("Message {} of queue {} can't be read and goes to its dead-letter address: {}", delivery.messageId(), delivery.queue(),
                    unreadable.toString());
            broker.settle(delivery, Outcome.REJECTED, Reply.ignored());
            return true;
        }
        SubscriptionOptions options = subscription.options();
        if (options.noLocal() && publication.cameFrom(session.clientIdBytes())) {
            accepted.add(delivery);
            return true;
        }
        int qos = Math.min(publication.qos(), options.qos());
        if (qos > 0 && (ids.inUse() >= window || session.mayHaveBeenSent(message) && ids.mustWait(delivery.queue(), delivery.messageId()))) {
            return false;
        }
        write(subscription, delivery, publication, qos);
        return true;
    }

    private void write(MqttSubscription subscription, Delivery delivery, Publication publication, int qos) {
        Message message = delivery.message();
        boolean retain = publication.copy() || publication.retain() && subscription.options().retainAsPublished();
        byte[] topic = publication.hasTopic() ? publication.topicBytes() : subscription.topic(message.address(), session.names());
        int[] identifiers = session.level() == MqttLevel.V5 ? subscription.identifiers() : NO_IDENTIFIERS;
        PacketWriter.Head head = new PacketWriter.Head(qos, false, retain, 0, topic, 0, remaining(message), identifiers);
        if (writer.size(head, publication) > packetLimit) {
            LOG.debug("A message of queue {} is larger than the client {} takes and is left out", delivery.queue(), session.clientId());
            writer.ledger().add(Count.PUBLISHES_DROPPED, 1);
            accepted.add(delivery);
            return;
        }
        if (!publication.hasTopic() && session.level() == MqttLevel.V5) {
            head = aliased(head, message.address(), publication);
        }
        if (qos == 0) {
            accepted.add(delivery);
            held.write(head, publication);
        } else {
            writeTracked(subscription, delivery, publication, head);
        }
        delivery.sent();
    }

    private PacketWriter.Head aliased(PacketWriter.Head head, String address, Publication publication) {
        int known = aliases.known(address);
        boolean fits = known > 0 || writer.size(head, publication) + ALIAS_SIZE <= packetLimit;
        int alias = known > 0 ? known : fits ? aliases.introduce(address) : 0;
        return alias == 0 ? head : new PacketWriter.Head(head.qos(), false, head.retain(), 0, known > 0 ? NO_TOPIC : head.topic(), alias,
                head.expirySeconds(), head.identifiers());
    }

    private long remaining(Message message) {
        if (message.expiration() == 0 || session.level() != MqttLevel.V5) {
            return -1;
        }
        long millis = message.expiration() - System.currentTimeMillis();
        return Math.max(1, Math.min(0xFFFFFFFFL, (millis + 500) / 1000));
    }

    private void writeTracked(MqttSubscription subscription, Delivery delivery, Publication publication, PacketWriter.Head plain) {
        boolean lasting = session.outlivesConnection() && delivery.durable();
        boolean doubtful = session.mayHaveBeenSent(delivery.message());
        PacketIds.Choice choice = lasting || doubtful ? ids.chooseLasting(delivery.queue(), delivery.messageId())
                : ids.choose(delivery.queue(), delivery.messageId());
        boolean remember = lasting && (plain.qos() == 2 || !choice.natural());
        Sent sent = new Sent(choice.packetId(), plain.qos(), subscription, delivery, remember || choice.remembered());
        ids.add(sent);
        boolean dup = choice.again() || delivery.redelivered() || doubtful;
        PacketWriter.Head head = new PacketWriter.Head(plain.qos(), dup, plain.retain(), choice.packetId(), plain.topic(), plain.alias(),
                plain.expirySeconds(), plain.identifiers());
        if (remember && !choice.remembered()) {
            byte[] record = new SentRecord(false, delivery.queue(), delivery.messageId()).write();
            held.writeRemembered(head, publication, Keys.packet(Keys.sent(session.clientId()), choice.packetId()), record);
        } else {
            held.write(head, publication);
        }
    }

    /** PUBACK, whatever its reason: the client is done with the message. */
    void acknowledged(int packetId) {
        Optional<Sent> sent = ids.find(packetId).filter(s -> s.qos == 1);
        sent.ifPresent(this::finished);
    }

    private void finished(Sent sent) {
        ids.remove(sent);
        accepted.add(sent.delivery);
        if (sent.remembered) {
            session.forget(Keys.packet(Keys.sent(session.clientId()), sent.packetId));
        }
        opened(sent.subscription);
    }

    private void opened(MqttSubscription subscription) {
        windowOpened = true;
        if (!subscription.ended()) {
            touch(subscription);
        }
        writer.soon();
    }

    /** PUBREC: the client has the message, or refuses it. */
    void received(int packetId, int reason) {
        Optional<Sent> sent = ids.find(packetId).filter(s -> s.qos == 2);
        if (sent.isEmpty()) {
            writer.acknowledge(PacketWriter.PUBREL, packetId, ids.isReleased(packetId) ? MqttErrors.SUCCESS : MqttErrors.UNKNOWN_PACKET_ID);
        } else if (reason >= MqttErrors.UNSPECIFIED) {
            finished(sent.get());
        } else if (!sent.get().releasing) {
            sent.get().releasing = true;
            received.add(sent.get());
            writer.soon();
        }
    }

    /** PUBCOMP: the exchange is over. */
    void completed(int packetId) {
        if (ids.complete(packetId)) {
            if (session.outlivesConnection()) {
                session.forget(Keys.packet(Keys.sent(session.clientId()), packetId));
            }
            windowOpened = true;
            writer.soon();
        }
    }

    /** On a new connection: PUBREL again for what an earlier one left released. */
    void resume() {
        for (int packetId : ids.allReleased()) {
            writer.acknowledge(PacketWriter.PUBREL, packetId, MqttErrors.SUCCESS);
        }
    }

    /** What a turn leaves to do: settle, release, send what may go now, ask for more. */
    void endOfTurn() {
        release();
        if (windowOpened) {
            windowOpened = false;
            pumpBlocked();
            thirsty.forEach(this::touch);
            thirsty.clear();
        }
        settle();
        held.commit();
        for (int i = 0; i < touched.size(); i++) {
            topUp(touched.get(i));
        }
        touched.clear();
    }

    /** Settles at once what the client has acknowledged. */
    void settle() {
        if (!accepted.isEmpty()) {
            List<Delivery> batch = accepted;
            accepted = new ArrayList<>();
            broker.settle(batch, Outcome.ACCEPTED, Reply.ignored());
        }
        if (!expired.isEmpty()) {
            List<Delivery> batch = expired;
            expired = new ArrayList<>();
            broker.settle(batch, Outcome.RELEASED, Reply.ignored());
        }
    }

    private void topUp(MqttSubscription subscription) {
        int target = MqttSubscription.AHEAD;
        if (subscription.options().qos() > 0) {
            int room = Math.max(0, window - ids.inUse());
            if (room < target) {
                target = room;
                thirsty.add(subscription);
            }
        }
        subscription.topUp(target);
    }

    /** The credit a new subscription begins with. */
    int firstCredit(int qos) {
        return qos == 0 ? MqttSubscription.AHEAD : Math.min(MqttSubscription.AHEAD, window);
    }

    /** Answers the PUBRECs of this turn: PUBREL goes out when it is certain that the message will not be sent again. */
    private void release() {
        if (received.isEmpty()) {
            return;
        }
        List<Sent> batch = received;
        received = new ArrayList<>();
        if (!session.outlivesConnection()) {
            for (Sent sent : batch) {
                accepted.add(sent.delivery);
            }
            released(batch);
            return;
        }
        Transaction transaction = broker.begin();
        List<Delivery> deliveries = new ArrayList<>(batch.size());
        for (Sent sent : batch) {
            deliveries.add(sent.delivery);
            transaction.remember(Keys.packet(Keys.sent(session.clientId()), sent.packetId), SentRecord.RELEASED.write());
        }
        broker.settle(deliveries, Outcome.ACCEPTED, transaction, Reply.ignored());
        broker.commit(transaction, Reply.of(done -> released(batch), session::storeFailed));
    }

    private void released(List<Sent> batch) {
        for (Sent sent : batch) {
            ids.release(sent);
            writer.acknowledge(PacketWriter.PUBREL, sent.packetId, MqttErrors.SUCCESS);
            if (!sent.subscription.ended()) {
                touch(sent.subscription);
            }
        }
    }

    /** The session has ended: what its client may have at QoS 2 out of a shared subscription goes to nobody else (MQTT 5, 4.8.2). */
    void giveUpShared() {
        List<Delivery> doubtful = ids.doubtfulShared();
        if (!doubtful.isEmpty()) {
            broker.settle(doubtful, Outcome.ACCEPTED, Reply.ignored());
        }
    }

    /** The subscription is gone. */
    void forget(MqttSubscription subscription) {
        blocked.remove(subscription);
        thirsty.remove(subscription);
    }
}
