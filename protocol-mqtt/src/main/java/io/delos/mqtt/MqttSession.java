package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.config.Permission;
import io.delos.loop.Loop;
import io.delos.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A client's session while its connection lasts: its subscriptions and the two directions. Owned by the connection's loop. What must
 * outlive the connection is written to a {@link SessionRecord}, and to one key for each subscription; a session without an expiry interval
 * leaves nothing behind.
 */
final class MqttSession {

    private static final Logger LOG = LogManager.getLogger(MqttSession.class);

    /** What a session is made with, fixed for the life of the connection. */
    record Setup(Broker broker, Session session, Loop loop, PacketWriter writer, TopicNames names, MqttOptions options, MqttLevel level,
                 String clientId, long stamp, Farewell farewell, Optional<SysTopics> sys) { }

    /** How a session ends its connection: with a reason code of MQTT 5, and a sentence. */
    interface Farewell {
        void fail(int code, String sentence);
    }

    private final Setup setup;
    private final byte[] clientIdBytes;
    private final long began;
    private final Custodian custodian;
    private final Wills wills;
    private final BegunQueue begun;
    private final Map<String, MqttSubscription> subscriptions = new LinkedHashMap<>();
    private Outbound outbound;
    private Inbound inbound;
    private Optional<Will> will = Optional.empty();
    private long expirySeconds;
    private long uncertainUntil;
    private boolean remembered;
    private boolean ended;

    MqttSession(Setup setup, long expirySeconds) {
        this.setup = setup;
        this.expirySeconds = expirySeconds;
        this.began = setup.loop().now();
        this.clientIdBytes = setup.clientId().getBytes(StandardCharsets.UTF_8);
        this.custodian = new Custodian(setup.broker(), setup.loop(), Optional.of(setup.writer().ledger()));
        this.wills = new Wills(setup.broker(), setup.loop());
        this.begun = new BegunQueue(this, setup);
    }

    /** Opens the two directions: the last step of making one. */
    void open(Outbound out, Inbound in, Optional<Will> lastWill) {
        outbound = out;
        inbound = in;
        will = lastWill;
    }

    /** The client is let in: its will counts from now on, and is remembered if the client may send it. */
    void begin() {
        will.filter(wanted -> broker().refusal(Permission.SEND, wanted.draft().address()).isEmpty())
                .ifPresent(wanted -> wills.keep(clientId(), new WillRecord(setup.stamp(), expirySeconds, wanted)));
    }

    /** Messages older than this may have been sent by an earlier connection, of which no trace was left. */
    void uncertainUntil(long millis) {
        uncertainUntil = millis;
    }

    boolean mayHaveBeenSent(Message message) {
        return message.timestamp() < uncertainUntil;
    }

    /** Whether an address is one that messages only pass. */
    boolean keepsNothing(String address) {
        return setup.broker().settingsFor(address).direct().passes();
    }

    Session broker() {
        return setup.session();
    }

    PacketWriter writer() {
        return setup.writer();
    }

    TopicNames names() {
        return setup.names();
    }

    MqttOptions options() {
        return setup.options();
    }

    MqttLevel level() {
        return setup.level();
    }

    String clientId() {
        return setup.clientId();
    }

    byte[] clientIdBytes() {
        return clientIdBytes;
    }

    Outbound outbound() {
        return outbound;
    }

    Inbound inbound() {
        return inbound;
    }

    /** Where what was begun waits. */
    BegunQueue begun() {
        return begun;
    }

    /** Whether the connection is gone. */
    boolean ended() {
        return ended;
    }

    /** Whether the journal has something of it. */
    boolean remembered() {
        return remembered;
    }

    /** In seconds; {@link SessionRecord#NEVER} for ever. */
    long expirySeconds() {
        return expirySeconds;
    }

    /** What is published if the client goes without a farewell. */
    Optional<Will> will() {
        return will;
    }

    boolean outlivesConnection() {
        return expirySeconds != 0;
    }

    /** The client changes its mind when it leaves. */
    void expiry(long seconds) {
        expirySeconds = seconds;
    }

    /** Ends the connection because of something the client did, or that happened to it. */
    void fail(int code, String sentence) {
        setup.farewell().fail(code, sentence);
    }

    /** The connection ended before CONNACK: what was written is found by who comes next, or expires. */
    void abandon() {
        custodian.watch(clientId(), record(true));
        ended = true;
    }

    /** What had to be durable could not be made so. */
    void storeFailed(BrokerException refusal) {
        if (!ended) {
            fail(MqttErrors.IMPLEMENTATION, refusal.getMessage());
        }
    }

    /** Forgets a key; nobody waits for it. */
    void forget(String key) {
        setup.broker().forget(key, setup.loop(), Reply.ignored());
    }

    Optional<MqttSubscription> subscription(String filter) {
        return Optional.ofNullable(subscriptions.get(filter));
    }

    Collection<MqttSubscription> subscriptions() {
        return subscriptions.values();
    }

    void add(MqttSubscription subscription) {
        subscriptions.put(subscription.filter().text(), subscription);
    }

    void remove(MqttSubscription subscription) {
        subscriptions.remove(subscription.filter().text(), subscription);
        subscription.end();
        outbound.forget(subscription);
    }

    /**
     * The broker has ended a subscription: its queue was deleted; or an operator closed the consumer, of which MQTT knows nothing but the
     * connection.
     */
    void lost(MqttSubscription subscription, BrokerException reason) {
        if (ended) {
            return;
        }
        if (begun.is(subscription)) {
            fail(MqttErrors.ADMINISTRATIVE, "the queue of what was begun is gone: " + reason.getMessage());
            return;
        }
        if (reason.reason() != Reason.QUEUE_NOT_FOUND) {
            fail(MqttErrors.ADMINISTRATIVE, reason.getMessage());
            return;
        }
        LOG.warn("Client {} no longer receives {}: {}", clientId(), subscription.filter().text(), reason.getMessage());
        remove(subscription);
        forget(List.of(subscription.filter().text()), Reply.ignored());
    }

    /** Whether these are topics of the broker's own, which nobody else may publish to, and behind which there are no queues. */
    boolean ofBroker(String topics) {
        return topics.startsWith(SysTopics.START) && setup.sys().isPresent();
    }

    /** Has a subscription to topics of the broker's own told what they say, if the client may; why not, otherwise. */
    Optional<BrokerException> watch(MqttSubscription subscription) {
        String address = names().pattern(subscription.filter().filter());
        Optional<BrokerException> refusal = subscription.filter().shared()
                ? Optional.of(new BrokerException(Reason.NOT_IMPLEMENTED, "topics of the broker's own are not shared"))
                : broker().refusal(Permission.CREATE_NON_DURABLE_QUEUE, address).or(() -> broker().refusal(Permission.CONSUME, address));
        if (refusal.isEmpty() && !ended) {
            setup.sys().ifPresent(sys -> sys.watch(subscription, setup.loop()));
        }
        return refusal;
    }

    /** Tells it what such topics say now. */
    void tellNow(MqttSubscription subscription) {
        setup.sys().ifPresent(sys -> sys.tellNow(subscription, setup.loop()));
    }

    /** The filter of a subscription's queue: nothing of the broker's own, and no {@code $} topics behind a leading wildcard. */
    String queueFilter(String pattern) {
        String own = "(AMQAddress = '" + setup.broker().config().management().address() + "') OR (AMQAddress = '"
                + setup.broker().config().management().notificationAddress() + "')";
        return "NOT (" + own + (names().beginsWild(pattern) ? " OR (AMQAddress LIKE '$%')" : "") + ")";
    }

    private SessionRecord record(boolean attached) {
        List<SessionRecord.UnderWay> underWay = attached ? List.of() : outbound.ids().underWay();
        long since = attached ? began : setup.loop().now();
        return new SessionRecord(setup.stamp(), attached, level().number(), since, expirySeconds, List.of(), underWay);
    }

    /** Makes it durable that there is this session; {@code done} is told when it is. */
    void remember(Reply<Void> done) {
        remembered = true;
        setup.broker().remember(Keys.session(clientId()), record(true).write(), setup.loop(), done);
    }

    /** The session is an earlier connection's, which kept these subscriptions in its record: that is replaced, and they get keys of their own. */
    void goOn(List<SubscriptionOptions> inRecord) {
        inRecord.forEach(each -> remember(each, Reply.ignored()));
        remember(Reply.of(done -> { }, this::storeFailed));
    }

    /**
     * Makes these subscriptions durable, if they have to be: the session outlives its connection, or its queues would be left over after a
     * crash.
     */
    void remember(List<SubscriptionOptions> wanted, Reply<Void> done) {
        boolean needed = outlivesConnection() || level() == MqttLevel.V5;
        if (!needed || ended || wanted.isEmpty()) {
            done.done(null);
            return;
        }
        if (!remembered) {
            remember(Reply.ignored());
        }
        for (int i = 0; i < wanted.size(); i++) {
            // what is written becomes durable in its order, so the last one answers for all
            remember(wanted.get(i), i == wanted.size() - 1 ? done : Reply.of(written -> { }, this::storeFailed));
        }
    }

    private void remember(SubscriptionOptions options, Reply<Void> done) {
        setup.broker().remember(Keys.subscriptions(clientId()) + options.filter(), options.write(), setup.loop(), done);
    }

    /** Makes it durable that there are no subscriptions to these filters. */
    void forget(List<String> filters, Reply<Void> done) {
        if (!remembered || ended || filters.isEmpty()) {
            done.done(null);
            return;
        }
        for (int i = 0; i < filters.size(); i++) {
            setup.broker().forget(Keys.subscriptions(clientId()) + filters.get(i), setup.loop(), i == filters.size() - 1 ? done : Reply.ignored());
        }
    }

    void endOfTurn() {
        if (!ended) {
            inbound.endOfTurn();
            outbound.endOfTurn();
        }
    }

    /** The client has said goodbye, so its will is not wanted. */
    void withoutWill() {
        will.ifPresent(unwanted -> wills.forget(clientId()));
        will = Optional.empty();
    }

    /**
     * The connection is gone. What has been acknowledged is settled, the rest goes back to its queues, the will is published or set to
     * wait, and the session's state is written down or done away with. Again is allowed.
     */
    void end() {
        if (ended) {
            return;
        }
        endOfTurn();
        SessionRecord last = record(false);
        ended = true;
        will.ifPresent(this::publishWill);
        List<MqttSubscription> all = List.copyOf(subscriptions.values());
        all.forEach(MqttSubscription::end);
        begun.close();
        if (!outlivesConnection()) {
            outbound.answers().giveUpShared();
            all.forEach(this::discard);
            if (remembered) {
                custodian.forget(clientId(), subscriptions.keySet());
            }
        } else {
            all.forEach(each -> each.handle().ifPresent(handle -> handle.close(Outcome.RELEASED, Reply.ignored())));
            setup.broker().remember(Keys.session(clientId()), last.write(), setup.loop(), Reply.ignored());
            custodian.watch(clientId(), last);
        }
    }

    private void publishWill(Will wanted) {
        broker().checkSend(wanted.draft().address(), Reply.of(allowed -> wills.due(clientId(), new WillRecord(setup.stamp(), expirySeconds, wanted)),
                refusal -> {
                    LOG.warn("The will of client {} is not published: {}", clientId(), refusal.getMessage());
                    wills.forget(clientId());
                }));
    }

    /** Ends a subscription for good: its queue goes too, a shared one when nobody else uses it. */
    private void discard(MqttSubscription subscription) {
        String queue = subscription.queue();
        boolean shared = subscription.filter().shared();
        Reply<Void> thenDelete = Reply.of(done -> {
            if (shared) {
                custodian.deleteQueue(queue, false, Reply.ignored());
            }
        }, refusal -> { });
        if (!shared && !subscription.lent()) {
            custodian.deleteQueue(queue, true, Reply.ignored());
        }
        subscription.handle().ifPresent(handle -> handle.close(Outcome.RELEASED, subscription.lent() ? Reply.ignored() : thenDelete));
    }

    /** Ends one subscription because the client wants so; done when its queue is gone. */
    void unsubscribe(MqttSubscription subscription, Reply<Void> done) {
        remove(subscription);
        if (subscription.handle().isEmpty()) {
            done.done(null);
            return;
        }
        boolean keeps = subscription.lent() || subscription.filter().shared();
        subscription.handle().get().close(keeps ? Outcome.RELEASED : Outcome.ACCEPTED, Reply.of(closed -> {
            if (subscription.lent()) {
                done.done(null);
            } else {
                custodian.deleteQueue(subscription.queue(), false, Reply.of(done::done, kept -> done.done(null)));
            }
        }, done::failed));
    }
}
