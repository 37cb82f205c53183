package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.broker.Transaction;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import java.util.Map;
import java.util.Optional;

/**
 * The queue of messages whose delivery to this client at QoS 2 was begun, and that must not be left where they were until it is completed: those
 * of shared subscriptions, which no other member may get (MQTT 5, 4.8.2), and those that would expire (4.3.3). What is sent is moved here in the
 * unit that remembers its packet id; so it waits for the client across connections and crashes, and goes with the session. The queue is made
 * when it is needed first, and is the broker's own. Owned by the connection's loop.
 */
final class BegunQueue {

    private final MqttSession session;
    private final MqttSession.Setup setup;
    private final String name;
    private final MqttSubscription subscription;
    private Optional<Client> owner = Optional.empty();
    private boolean ready;
    private long behind;

    /** What a message in it says of its delivery. */
    record Ticket(int packetId, int identifier, long expiration) {

        private static final String PACKET = "mqtt.begun.packet";
        private static final String IDENTIFIER = "mqtt.begun.identifier";
        private static final String EXPIRATION = "mqtt.begun.expiration";

        Notes on(Notes notes) {
            return notes.and(Map.of(PACKET, packetId, IDENTIFIER, identifier, EXPIRATION, expiration));
        }

        static Optional<Ticket> of(Publication publication) {
            Map<String, Object> notes = publication.notes().entries();
            return notes.get(PACKET) instanceof Integer packetId && packetId > 0 && packetId <= MqttOptions.PACKET_IDS
                    && notes.get(IDENTIFIER) instanceof Integer identifier && notes.get(EXPIRATION) instanceof Long expiration
                    ? Optional.of(new Ticket(packetId, identifier, expiration)) : Optional.empty();
        }
    }

    BegunQueue(MqttSession session, MqttSession.Setup setup) {
        this.session = session;
        this.setup = setup;
        this.name = name(setup.broker(), setup.clientId());
        SubscriptionOptions options = new SubscriptionOptions("", 2, false, true, 2, 0);
        this.subscription = new MqttSubscription(session, new TopicFilter("", "", ""), options, name, true);
    }

    private static String address(Broker broker) {
        return broker.config().general().internalNamingPrefix() + "mqtt.begun";
    }

    /** The name of a client's. */
    static String name(Broker broker, String clientId) {
        return address(broker) + "." + clientId;
    }

    /** Whether it is there. */
    boolean exists() {
        return setup.broker().routes().queue(name).isPresent();
    }

    /** Whether this is what it delivers to. */
    boolean is(MqttSubscription one) {
        return one == subscription;
    }

    /** Whether messages can be moved here. */
    boolean ready() {
        return ready;
    }

    /** Whether something that was begun earlier is still to come, so that nothing new must overtake it. */
    boolean behind() {
        return behind > 0 && setup.broker().routes().queue(name).map(queue -> queue.counters().messages() > 0).orElse(false);
    }

    /** One of its messages has come; whether it was the last of those that were there before. */
    boolean came() {
        behind--;
        return behind == 0;
    }

    /** What is remembered under the packet id of a message that is here. */
    SentRecord record(int packetId) {
        return new SentRecord(false, name, packetId);
    }

    /** Makes it, if it isn't there, and consumes it; {@code done} runs when it is ready. Once. */
    void open(Runnable done) {
        if (owner.isPresent()) {
            return;
        }
        Client own = setup.broker().openOwnClient(setup.loop());
        owner = Optional.of(own);
        QueueRequest request = QueueRequest.of(name, address(setup.broker()), RoutingType.ANYCAST).with("durable", true).with("auto-created", true)
                .with("auto-delete", false).with("purge-on-no-consumers", false).with("max-consumers", -1);
        setup.broker().administration().createQueue(request, true, false, setup.loop(), Reply.of(made -> {
            if (!session.ended()) {
                behind = setup.broker().routes().queue(name).map(queue -> queue.counters().messages()).orElse(0L);
                SubscribeRequest wanted = new SubscribeRequest(name, "", false, 0, MqttSubscription.AHEAD, MqttSubscription.BYTES_AHEAD, 0);
                own.openSession().subscribe(wanted, subscription, Reply.of(handle -> {
                    subscription.opened(handle, MqttSubscription.AHEAD);
                    ready = true;
                    done.run();
                }, session::storeFailed));
            }
        }, session::storeFailed));
    }

    /** Has a delivery moved here, as it is sent, when the transaction commits; false if the queue is going. */
    boolean take(Delivery delivery, byte[] stored, Transaction transaction) {
        Message copy = Message.of(MessageFormat.MQTT, stored).address(address(setup.broker())).durable(true).priority(0)
                .timestamp(System.currentTimeMillis()).body(delivery.message().body()).build();
        return session.broker().move(delivery, copy, name, transaction);
    }

    /** The connection has ended: what is here waits for the next. */
    void close() {
        subscription.end();
        owner.ifPresent(Client::close);
    }
}
