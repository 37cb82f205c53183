package io.delos.mqtt;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the client answers to messages that were sent to it, and what becomes of these: acknowledgements are collected and settled once a turn.
 * Owned by the connection's loop.
 */
final class Answers {

    private final MqttSession session;
    private final Session broker;
    private final PacketWriter writer;
    private final PacketIds ids;
    private final Room room;
    private List<Delivery> accepted = new ArrayList<>();
    private List<Delivery> expired = new ArrayList<>();
    private List<Sent> received = new ArrayList<>();

    /** Who hears that there is room for others. */
    interface Room {
        /** One message less is under way. */
        void opened();

        /** The subscription may need credit. */
        void touch(MqttSubscription subscription);
    }

    Answers(MqttSession session, PacketIds ids, Room room) {
        this.session = session;
        this.broker = session.broker();
        this.writer = session.writer();
        this.ids = ids;
        this.room = room;
    }

    /** A message is done with: it was sent at QoS 0, or is not for this client. */
    void done(Delivery delivery) {
        accepted.add(delivery);
    }

    /** A message is over; it is its queue's to say what becomes of it. */
    void expired(Delivery delivery) {
        expired.add(delivery);
    }

    /** PUBACK, whatever its reason: the client is done with the message. */
    void acknowledged(int packetId) {
        Optional<Sent> sent = ids.find(packetId).filter(s -> s.qos == 1);
        sent.ifPresent(this::finished);
    }

    private void finished(Sent sent) {
        if (sent.delivery == null) {
            sent.done = true;
            return;
        }
        ids.remove(sent);
        accepted.add(sent.delivery);
        if (sent.remembered) {
            session.forget(Keys.packet(Keys.sent(session.clientId()), sent.packetId));
        }
        touch(sent.subscription);
        room.opened();
    }

    private void touch(MqttSubscription subscription) {
        if (!subscription.ended()) {
            room.touch(subscription);
        }
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
            if (sent.get().delivery != null) {
                release(sent.get());
            }
        }
    }

    private void release(Sent sent) {
        received.add(sent);
        writer.soon();
    }

    /** What was moved while it was sent has come from where it is now. */
    void arrived(Sent sent, Delivery delivery) {
        sent.delivery = delivery;
        delivery.sent();
        if (sent.done) {
            finished(sent);
        } else if (sent.releasing) {
            release(sent);
        }
    }

    /** PUBCOMP: the exchange is over. */
    void completed(int packetId) {
        if (ids.complete(packetId)) {
            if (session.outlivesConnection()) {
                session.forget(Keys.packet(Keys.sent(session.clientId()), packetId));
            }
            room.opened();
        }
    }

    /** On a new connection: PUBREL again for what an earlier one left released. */
    void resume() {
        for (int packetId : ids.allReleased()) {
            writer.acknowledge(PacketWriter.PUBREL, packetId, MqttErrors.SUCCESS);
        }
    }

    /** Answers the PUBRECs of this turn: PUBREL goes out when it is certain that the message will not be sent again. */
    void release() {
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
            touch(sent.subscription);
        }
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

    /** The session has ended: what its client may have at QoS 2 out of a shared subscription goes to nobody else (MQTT 5, 4.8.2). */
    void giveUpShared() {
        List<Delivery> doubtful = ids.doubtfulShared();
        if (!doubtful.isEmpty()) {
            broker.settle(doubtful, Outcome.ACCEPTED, Reply.ignored());
        }
    }
}
