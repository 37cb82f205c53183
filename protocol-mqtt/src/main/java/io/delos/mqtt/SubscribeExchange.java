package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The steps of a SUBSCRIBE: the session's record is made durable with what is asked for, then each filter gets its queue and its consumer,
 * one after the other; then the client is answered; then retained messages go into the new queues. Owned by the connection's loop, whose
 * handler keeps later packets back until {@code finished} runs.
 */
final class SubscribeExchange {

    private final MqttSession session;
    private final MqttSession.Setup setup;
    private final Loop loop;
    private final Retained retained;
    private final Custodian custodian;
    private final List<SubscriptionOptions> wanted;
    private final List<MqttSubscription> withRetained = new ArrayList<>();
    private final List<Integer> codes = new ArrayList<>();
    private final BiConsumer<List<Integer>, String> answer;
    private String why = "";
    private final Runnable finished;

    /**
     * @param answer   told one code for each filter, and what was wrong with the last that was refused
     * @param finished runs when the next packet may be looked at; not at all when the connection is ended instead
     */
    SubscribeExchange(MqttSession session, MqttSession.Setup setup, List<SubscriptionOptions> wanted,
                      BiConsumer<List<Integer>, String> answer, Runnable finished) {
        this.session = session;
        this.setup = setup;
        this.loop = setup.loop();
        this.retained = new Retained(setup.broker());
        this.custodian = new Custodian(setup.broker(), loop);
        this.wanted = wanted;
        this.answer = answer;
        this.finished = finished;
    }

    /** What a SUBSCRIBE asks for. */
    static List<SubscriptionOptions> wanted(MqttSubscribeMessage packet) {
        int identifier = Props.number(packet.idAndPropertiesVariableHeader().properties(), MqttProperties.SUBSCRIPTION_IDENTIFIER).orElse(0);
        List<SubscriptionOptions> wanted = new ArrayList<>();
        for (MqttTopicSubscription each : packet.payload().topicSubscriptions()) {
            wanted.add(new SubscriptionOptions(each.topicFilter(), each.qualityOfService().value(), each.option().isNoLocal(),
                    each.option().isRetainAsPublished(), each.option().retainHandling().value(), identifier));
        }
        return wanted;
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
                why = "a filter breaks the rules for wildcards or shared subscriptions";
            } else if (subscription.get().handle().isPresent()) {
                codes.add(options.qos());
            } else {
                open(index, options, subscription.get());
                return;
            }
        }
        answer.accept(codes, why);
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
        why = refusal.getMessage();
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

    private void retained(int first) {
        for (int index = first; index < withRetained.size(); index++) {
            MqttSubscription subscription = withRetained.get(index);
            if (retained.possible(subscription.filter())) {
                int following = index + 1;
                String queue = session.names().pattern(subscription.filter().filter()) + "::" + subscription.queue();
                new RetainedCopies(setup, subscription, queue, () -> loop.post(() -> retained(following))).next();
                return;
            }
        }
        finished.run();
    }
}
