package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Broker;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The steps of a SUBSCRIBE: the session's record is made durable with what is asked for, then each filter gets its queue and its consumer,
 * one after the other; then the client is answered; then retained messages go into the new queues. Owned by the connection's loop, whose
 * handler keeps later packets back until {@code finished} runs.
 */
final class SubscribeExchange {

    private static final Logger LOG = LogManager.getLogger(SubscribeExchange.class);

    /** Retained messages put into a queue at once. */
    private static final int PORTION = 500;
    /** Times a retained message is looked at again because it was replaced meanwhile. */
    private static final int ROUNDS = 5;

    private final MqttSession session;
    private final Broker broker;
    private final Loop loop;
    private final Retained retained;
    private final Custodian custodian;
    private final List<SubscriptionOptions> wanted;
    private final List<MqttSubscription> withRetained = new ArrayList<>();
    private final List<Integer> codes = new ArrayList<>();
    private final Consumer<List<Integer>> answer;
    private final Runnable finished;

    /**
     * @param answer   told one code for each filter
     * @param finished runs when the next packet may be looked at; not at all when the connection is ended instead
     */
    SubscribeExchange(MqttSession session, MqttSession.Setup setup, List<SubscriptionOptions> wanted, Consumer<List<Integer>> answer,
                      Runnable finished) {
        this.session = session;
        this.broker = setup.broker();
        this.loop = setup.loop();
        this.retained = new Retained(broker);
        this.custodian = new Custodian(broker, loop);
        this.wanted = wanted;
        this.answer = answer;
        this.finished = finished;
    }

    void begin() {
        session.broker().afterAll(this::prepare);
    }

    private void prepare() {
        for (SubscriptionOptions options : wanted) {
            TopicFilter.parse(options.filter()).ifPresent(filter -> prepare(filter, options));
        }
        session.save(Reply.of(done -> next(0), session::storeFailed));
    }

    private void prepare(TopicFilter filter, SubscriptionOptions options) {
        Optional<MqttSubscription> known = session.subscription(filter.text());
        boolean fresh = known.isEmpty();
        if (fresh) {
            session.add(subscriptionFor(session, filter, options));
        } else {
            known.get().options(options);
            session.identifiersChanged();
        }
        boolean send = options.retainHandling() == 0 || options.retainHandling() == 1 && fresh;
        MqttSubscription subscription = session.subscription(filter.text()).orElseThrow();
        if (send && !filter.shared() && !subscription.lent() && !withRetained.contains(subscription)) {
            withRetained.add(subscription);
        }
    }

    /** An address that serves only anycast has one queue for all: the one with its name, or else any. */
    static MqttSubscription subscriptionFor(MqttSession session, TopicFilter filter, SubscriptionOptions options) {
        String address = session.names().pattern(filter.filter());
        MqttSubscription[] made = {new MqttSubscription(session, filter, options, filter.queue(session.clientId(), address), false)};
        if (!filter.wild() && !filter.shared()) {
            session.broker().resources().queryAddress(address, Reply.of(info -> {
                if (info.isPresent() && info.get().routingTypes().equals(Set.of(RoutingType.ANYCAST))) {
                    List<String> queues = info.get().queues();
                    String queue = queues.isEmpty() || queues.contains(address) ? address : queues.get(0);
                    made[0] = new MqttSubscription(session, filter, options, queue, true);
                }
            }, refusal -> { }));
        }
        return made[0];
    }

    private void next(int first) {
        if (session.ended()) {
            return;
        }
        for (int index = first; index < wanted.size(); index++) {
            SubscriptionOptions options = wanted.get(index);
            Optional<MqttSubscription> subscription = session.subscription(options.filter());
            if (subscription.isEmpty()) {
                codes.add(session.level() == MqttLevel.V5 ? MqttErrors.BAD_FILTER : MqttErrors.UNSPECIFIED);
            } else if (subscription.get().handle().isPresent()) {
                codes.add(options.qos());
            } else {
                open(index, options, subscription.get());
                return;
            }
        }
        answer.accept(codes);
        retained(0);
    }

    private void open(int index, SubscriptionOptions options, MqttSubscription subscription) {
        open(session, subscription, Reply.of(done -> {
            codes.add(options.qos());
            loop.post(() -> next(index + 1));
        }, refusal -> refused(index, subscription, refusal)));
    }

    private void refused(int index, MqttSubscription subscription, BrokerException refusal) {
        if (session.ended()) {
            return;
        }
        withRetained.remove(subscription);
        session.remove(subscription);
        if (refusal.reason() != Reason.NOT_PERMITTED && refusal.reason() != Reason.NOT_IMPLEMENTED) {
            if (!subscription.lent() && !subscription.filter().shared()) {
                custodian.deleteQueue(subscription.queue(), false, Reply.ignored());
            }
            session.save(Reply.ignored());
            session.fail(MqttErrors.IMPLEMENTATION, refusal.getMessage());
            return;
        }
        codes.add(switch (session.level()) {
            case V5 -> MqttErrors.code(refusal.reason());
            case V3_1_1 -> MqttErrors.UNSPECIFIED;
            case V3_1 -> wanted.get(index).qos();
        });
        session.save(Reply.of(done -> loop.post(() -> next(index + 1)), session::storeFailed));
    }

    /** Makes the queue of a subscription, if it isn't there, and consumes it. */
    static void open(MqttSession session, MqttSubscription subscription, Reply<Void> done) {
        String address = session.names().pattern(subscription.filter().filter());
        QueueRequest request = subscription.lent() ? QueueRequest.of(subscription.queue(), address, RoutingType.ANYCAST)
                : QueueRequest.of(subscription.queue(), address, RoutingType.MULTICAST)
                        .with("durable", durable(session, subscription, address))
                        .with("filter", session.queueFilter(address))
                        .with("auto-delete", false)
                        .with("purge-on-no-consumers", false)
                        .with("max-consumers", -1);
        session.broker().resources().createQueue(request, true, Reply.of(queue -> consume(session, subscription, done), done::failed));
    }

    /** On an address that keeps nothing only a subscription that must be there when its client is away would be, and is refused. */
    private static boolean durable(MqttSession session, MqttSubscription subscription, String address) {
        boolean usually = session.level() == MqttLevel.V5 || subscription.filter().shared();
        return session.outlivesConnection() || usually && !session.keepsNothing(address);
    }

    private static void consume(MqttSession session, MqttSubscription subscription, Reply<Void> done) {
        if (session.ended()) {
            done.failed(new BrokerException(Reason.UNAVAILABLE, "the connection has ended"));
            return;
        }
        int credit = session.outbound().firstCredit(subscription.options().qos());
        SubscribeRequest request = new SubscribeRequest(subscription.queue(), "", false, 0, credit, MqttSubscription.BYTES_AHEAD, 0);
        session.broker().subscribe(request, subscription, Reply.of(handle -> {
            subscription.opened(handle, credit);
            done.done(null);
        }, done::failed));
    }

    // retained messages

    private void retained(int first) {
        for (int index = first; index < withRetained.size(); index++) {
            MqttSubscription subscription = withRetained.get(index);
            int following = index + 1;
            Runnable then = () -> loop.post(() -> retained(following));
            if (subscription.filter().wild()) {
                broker.workers().execute(() -> {
                    List<Retained.Found> found = retained.matching(subscription.filter());
                    loop.post(() -> copy(subscription, found, 0, then));
                });
                return;
            }
            List<Retained.Found> found = retained.matching(subscription.filter());
            if (!found.isEmpty()) {
                copy(subscription, found, 0, then);
                return;
            }
        }
        finished.run();
    }

    /** Puts copies into the subscription's queue; again for those that were replaced in the meantime, so that the last one is the newest. */
    private void copy(MqttSubscription subscription, List<Retained.Found> found, int round, Runnable then) {
        if (found.isEmpty() || subscription.ended()) {
            then.run();
            return;
        }
        copyFrom(subscription, found, 0, () -> {
            List<Retained.Found> changed = round == ROUNDS ? List.of() : retained.changed(found);
            copy(subscription, changed, round + 1, then);
        });
    }

    private void copyFrom(MqttSubscription subscription, List<Retained.Found> found, int start, Runnable then) {
        int end = Math.min(found.size(), start + PORTION);
        String queue = session.names().pattern(subscription.filter().filter()) + "::" + subscription.queue();
        List<Message> copies = new ArrayList<>(end - start);
        for (Retained.Found each : found.subList(start, end)) {
            try {
                copies.add(each.copyTo(queue));
            } catch (RuntimeException damaged) {
                LOG.warn("The retained message of topic {} is left out: {}", each.topic(), damaged.getMessage());
            }
        }
        Runnable next = () -> {
            if (end == found.size()) {
                then.run();
            } else {
                copyFrom(subscription, found, end, then);
            }
        };
        if (copies.isEmpty()) {
            next.run();
        } else {
            custodian.sendAll(copies, next);
        }
    }
}
