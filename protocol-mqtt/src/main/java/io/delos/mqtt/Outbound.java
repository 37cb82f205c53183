package io.delos.mqtt;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.message.Dropped;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.Trait;
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
 * QoS 1 and 2, until fewer than the client's receive maximum are unacknowledged. What the client says to them is for {@link Answers}.
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
    private static final int LONGEST_TOPIC = 0xFFFF;

    private final MqttSession session;
    private final Session broker;
    private final Formats formats;
    private final PacketWriter writer;
    private final PacketIds ids;
    private final TopicAliases aliases;
    private final int window;
    private final long packetLimit;
    private final HeldWrites held;
    private final Answers answers;

    private final Set<MqttSubscription> blocked = new LinkedHashSet<>();
    private final Set<MqttSubscription> thirsty = new LinkedHashSet<>();
    private final List<MqttSubscription> touched = new ArrayList<>();
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
        this.packetLimit = Math.min(limits.packetLimit(), MqttOptions.LARGEST_PACKET);
        this.held = new HeldWrites(broker, writer, session::storeFailed);
        this.answers = new Answers(session, ids, new Answers.Room() {
            @Override
            public void opened() {
                roomAgain();
            }

            @Override
            public void touch(MqttSubscription subscription) {
                Outbound.this.touch(subscription);
            }
        });
    }

    PacketIds ids() {
        return ids;
    }

    /** What the client says to what is sent. */
    Answers answers() {
        return answers;
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
            answers.expired(delivery);
            return true;
        }
        boolean begun = session.begun().is(subscription);
        Publication publication;
        try {
            publication = Publication.of(formats.translate(message, MessageFormat.MQTT));
        } catch (RuntimeException unreadable) {
            LOG.warn("Message {} of queue {} can't be read and goes to its dead-letter address: {}", delivery.messageId(), delivery.queue(),
                    unreadable.toString());
            broker.settle(delivery, Outcome.REJECTED, Reply.ignored());
            return true;
        }
        if (begun) {
            return goOn(subscription, delivery, publication);
        }
        SubscriptionOptions options = subscription.options();
        if (options.noLocal() && publication.cameFrom(session.clientIdBytes())) {
            answers.done(delivery);
            return true;
        }
        int qos = Math.min(publication.qos(), options.qos());
        if (qos > 0 && (ids.inUse() >= window || session.mayHaveBeenSent(message) && ids.mustWait(delivery.queue(), delivery.messageId()))) {
            return false;
        }
        if (qos > 0 && session.begun().behind() || qos == 2 && !readyFor(subscription, delivery)) {
            return false;
        }
        write(subscription, delivery, publication, qos);
        return true;
    }

    /** Whether a message of QoS 2 may be sent now: where it has to be moved to must be there. */
    private boolean readyFor(MqttSubscription subscription, Delivery delivery) {
        BegunQueue begun = session.begun();
        if (begun.ready() || !moves(subscription, delivery)) {
            return true;
        }
        begun.open(this::roomAgain);
        return false;
    }

    /** Whether a large message can be sent as it lies in its file, as far as its length says. */
    boolean streams(Message large) {
        return large.body().length() <= MqttOptions.LARGEST_PACKET - large.bytes().length - LONGEST_TOPIC && formats.streams(large, MessageFormat.MQTT);
    }

    /** The payload of a message, if it lies in a file. At QoS 0 the message is done with when all of it was written. */
    private Optional<LargeStream> payload(Delivery delivery, Publication publication, int qos) {
        if (!publication.large()) {
            return Optional.empty();
        }
        return Optional.of(new LargeStream(broker, publication.body(), () -> {
            if (qos == 0) {
                answers.done(delivery);
            }
        }, cause -> {
            LOG.error("Large message {} of queue {} can't be read and goes to the dead-letter address; the connection of client {}, which was being"
                    + " sent it, is closed: {}", delivery.messageId(), delivery.queue(), session.clientId(), cause.getMessage());
            broker.settle(delivery, Outcome.REJECTED, Reply.ignored());
            session.fail(MqttErrors.UNSPECIFIED, "the message can't be read");
        }));
    }

    /** Messages that had to wait may be sent now. */
    void roomAgain() {
        windowOpened = true;
        writer.soon();
    }

    /** Whether a message of QoS 2 must be kept for this client once it is sent, and not where it is. */
    private boolean moves(MqttSubscription subscription, Delivery delivery) {
        Message message = delivery.message();
        return session.outlivesConnection() && delivery.durable()
                && (subscription.filter().shared() || message.expiration() != 0);
    }

    /** A message whose delivery was begun comes out of its queue: on this connection, where it is written already, or on an earlier one. */
    private boolean goOn(MqttSubscription subscription, Delivery delivery, Publication publication) {
        Optional<BegunQueue.Ticket> ticket = BegunQueue.Ticket.of(publication);
        if (ticket.isEmpty()) {
            LOG.warn("A message of queue {} that was not begun goes to its dead-letter address", delivery.queue());
            broker.settle(delivery, Outcome.REJECTED, Reply.ignored());
            return true;
        }
        Optional<Sent> written = ids.find(ticket.get().packetId()).filter(sent -> sent.delivery == null);
        if (written.isPresent()) {
            answers.arrived(written.get(), delivery);
        } else if (ids.inUse() >= window) {
            return false;
        } else {
            writeAgain(subscription, delivery, publication, ticket.get());
        }
        if (session.begun().came()) {
            roomAgain();
        }
        return true;
    }

    private void writeAgain(MqttSubscription subscription, Delivery delivery, Publication publication, BegunQueue.Ticket ticket) {
        PacketIds.Choice choice = ids.choose(delivery.queue(), ticket.packetId());
        boolean five = session.level() == MqttLevel.V5;
        int[] identifiers = five && ticket.identifier() > 0 ? new int[] {ticket.identifier()} : NO_IDENTIFIERS;
        PacketWriter.Head head = new PacketWriter.Head(publication.qos(), true, publication.retain(), choice.packetId(),
                publication.topicBytes(), 0, five ? remaining(ticket.expiration()) : -1, identifiers);
        if (writer.size(head, publication) > packetLimit) {
            LOG.debug("A message that was begun is larger than the client {} takes now and is left out", session.clientId());
            writer.ledger().add(Count.PUBLISHES_DROPPED, 1);
            answers.done(delivery);
            session.forget(Keys.packet(Keys.sent(session.clientId()), ticket.packetId()));
            return;
        }
        ids.add(new Sent(choice.packetId(), publication.qos(), subscription, delivery, choice.remembered()));
        held.write(head, publication, payload(delivery, publication, publication.qos()));
        delivery.sent();
    }

    private void write(MqttSubscription subscription, Delivery delivery, Publication whole, int qos) {
        Message message = delivery.message();
        Publication publication = whole;
        boolean retain = publication.copy() || publication.retain() && subscription.options().retainAsPublished();
        byte[] topic = topic(subscription, delivery, publication);
        int[] identifiers = session.level() == MqttLevel.V5 ? subscription.identifiers() : NO_IDENTIFIERS;
        PacketWriter.Head head = new PacketWriter.Head(qos, false, retain, 0, topic, 0, remaining(message), identifiers);
        if (message.format() != MessageFormat.MQTT && publication.propertiesLength() > 0 && writer.size(head, publication) > packetLimit) {
            // what another protocol calls properties is less than the message
            publication = publication.bare();
            Dropped dropped = new Dropped();
            dropped.add(Trait.PROPERTY, "all, for the client takes no packet so large");
            formats.dropped(message, MessageFormat.MQTT, dropped);
        }
        if (writer.size(head, publication) > packetLimit) {
            LOG.debug("A message of queue {} is larger than the client {} takes and is left out", delivery.queue(), session.clientId());
            writer.ledger().add(Count.PUBLISHES_DROPPED, 1);
            answers.done(delivery);
            return;
        }
        if (!publication.hasTopic() && session.level() == MqttLevel.V5) {
            head = aliased(head, message.address(), publication);
        }
        if (qos == 0) {
            if (!publication.large()) {
                answers.done(delivery);
            }
            held.write(head, publication, payload(delivery, publication, 0));
        } else {
            writeTracked(subscription, delivery, publication, head);
        }
        delivery.sent();
    }

    private byte[] topic(MqttSubscription subscription, Delivery delivery, Publication publication) {
        return publication.hasTopic() ? publication.topicBytes() : subscription.topic(delivery.message().address(), session.names());
    }

    private PacketWriter.Head aliased(PacketWriter.Head head, String address, Publication publication) {
        int known = aliases.known(address);
        boolean fits = known > 0 || writer.size(head, publication) + ALIAS_SIZE <= packetLimit;
        int alias = known > 0 ? known : fits ? aliases.introduce(address) : 0;
        return alias == 0 ? head : new PacketWriter.Head(head.qos(), false, head.retain(), 0, known > 0 ? NO_TOPIC : head.topic(), alias,
                head.expirySeconds(), head.identifiers());
    }

    private long remaining(Message message) {
        return session.level() == MqttLevel.V5 ? remaining(message.expiration()) : -1;
    }

    private static long remaining(long expiration) {
        if (expiration == 0) {
            return -1;
        }
        long millis = expiration - System.currentTimeMillis();
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
        Optional<LargeStream> large = payload(delivery, publication, plain.qos());
        String key = Keys.packet(Keys.sent(session.clientId()), choice.packetId());
        if (plain.qos() == 2 && moves(subscription, delivery)) {
            BegunQueue.Ticket ticket = new BegunQueue.Ticket(choice.packetId(), subscription.options().identifier(), delivery.message().expiration());
            byte[] stored = publication.asSent(2, plain.retain(), topic(subscription, delivery, publication), ticket.on(publication.notes()));
            held.writeBehind(head, publication, large, transaction -> move(sent, stored, key, transaction));
        } else if (remember && !choice.remembered()) {
            byte[] record = new SentRecord(false, delivery.queue(), delivery.messageId()).write();
            held.writeBehind(head, publication, large, transaction -> transaction.remember(key, record));
        } else {
            held.write(head, publication, large);
        }
    }

    /** What is sent is kept for this client alone; if its queue is just being removed, with the session, it stays where it is. */
    private void move(Sent sent, byte[] stored, String key, Transaction transaction) {
        SentRecord record = new SentRecord(false, sent.delivery.queue(), sent.delivery.messageId());
        if (session.begun().take(sent.delivery, stored, transaction)) {
            record = session.begun().record(sent.packetId);
            sent.delivery = null;
        }
        transaction.remember(key, record.write());
    }

    /** What a turn leaves to do: settle, release, send what may go now, ask for more. */
    void endOfTurn() {
        answers.release();
        if (windowOpened) {
            windowOpened = false;
            pumpBlocked();
            thirsty.forEach(this::touch);
            thirsty.clear();
        }
        answers.settle();
        held.commit();
        for (int i = 0; i < touched.size(); i++) {
            topUp(touched.get(i));
        }
        touched.clear();
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

    /** The subscription is gone. */
    void forget(MqttSubscription subscription) {
        blocked.remove(subscription);
        thirsty.remove(subscription);
    }
}
