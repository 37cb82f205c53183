package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The steps of one SUBSCRIBE, or of some that came together: what is asked for is made durable as the session's, and the filters get
 * their queues and consumers; then the client is answered; then retained messages go into the new queues. Owned by the connection's loop, whose
 * handler keeps later packets back until {@code finished} runs.
 */
final class SubscribeExchange {

    private final MqttSession session;
    private final MqttSession.Setup setup;
    private final Loop loop;
    private final Retained retained;
    private final Custodian custodian;
    private final List<Ask> asks;
    private final List<MqttSubscription> withRetained = new ArrayList<>();
    private final Set<MqttSubscription> ofBroker = new LinkedHashSet<>(0);
    private final Map<String, BrokerException> refused = new HashMap<>(0);
    private final Runnable finished;
    private boolean remembered;
    private Optional<Map<MqttSubscription, BrokerException>> refusals = Optional.empty();

    /**
     * What one SUBSCRIBE asks for.
     *
     * @param answer told one code for each filter, and what was wrong with the last that was refused
     */
    record Ask(List<SubscriptionOptions> wanted, BiConsumer<List<Integer>, String> answer) { }

    /**
     * @param asks     no filter is in two of them
     * @param finished runs when the next packet may be looked at; not at all when the connection is ended instead
     */
    SubscribeExchange(MqttSession session, MqttSession.Setup setup, List<Ask> asks, Runnable finished) {
        this.session = session;
        this.setup = setup;
        this.loop = setup.loop();
        this.retained = new Retained(setup.broker());
        this.custodian = new Custodian(setup.broker(), loop);
        this.asks = asks;
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
        List<MqttSubscription> fresh = new ArrayList<>();
        List<SubscriptionOptions> sound = new ArrayList<>();
        for (Ask ask : asks) {
            for (SubscriptionOptions options : ask.wanted()) {
                TopicFilter.parse(options.filter()).ifPresent(filter -> {
                    prepare(filter, options, fresh);
                    sound.add(options);
                });
            }
        }
        session.remember(sound, Reply.of(done -> {
            remembered = true;
            opened();
        }, session::storeFailed));
        // what is remembered stands before the queues in the journal, so no queue is left over without it
        new Opening(session, refused -> {
            refusals = Optional.of(refused);
            opened();
        }).begin(fresh);
    }

    private void prepare(TopicFilter filter, SubscriptionOptions options, List<MqttSubscription> fresh) {
        Optional<MqttSubscription> known = session.subscription(filter.text());
        MqttSubscription subscription = known.orElseGet(() -> subscriptionFor(session, filter, options));
        if (known.isPresent()) {
            subscription.options(options);
        } else {
            session.add(subscription);
        }
        if (subscription.handle().isEmpty() && !fresh.contains(subscription)) {
            fresh.add(subscription);
        }
        boolean send = options.retainHandling() == 0 || options.retainHandling() == 1 && known.isEmpty();
        if (send && session.ofBroker(filter.filter())) {
            ofBroker.add(subscription);
        } else if (send && !filter.shared() && !subscription.lent() && !withRetained.contains(subscription)) {
            withRetained.add(subscription);
        }
    }

    /** An address that serves only anycast has one queue for all: the one with its name, or else any. */
    static MqttSubscription subscriptionFor(MqttSession session, TopicFilter filter, SubscriptionOptions options) {
        String address = session.names().pattern(filter.filter());
        boolean ofBroker = session.ofBroker(filter.filter());
        MqttSubscription[] made = {new MqttSubscription(session, filter, options, filter.queue(session.clientId(), address), ofBroker)};
        if (!ofBroker && !filter.wild() && !filter.shared()) {
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

    private void opened() {
        if (remembered && refusals.isPresent() && !session.ended()) {
            opened(refusals.get());
        }
    }

    private void opened(Map<MqttSubscription, BrokerException> refusals) {
        if (refusals.isEmpty()) {
            answer();
            return;
        }
        refusals.forEach(this::refuse);
        List<String> filters = refusals.keySet().stream().map(each -> each.filter().text()).toList();
        Optional<BrokerException> worst = refusals.values().stream().filter(why -> !answerable(why)).findFirst();
        if (worst.isPresent()) {
            session.forget(filters, Reply.ignored());
            session.fail(MqttErrors.IMPLEMENTATION, worst.get().getMessage());
        } else {
            session.forget(filters, Reply.of(done -> answer(), session::storeFailed));
        }
    }

    /** Whether a code of SUBACK says it; another refusal ends the connection. */
    private static boolean answerable(BrokerException why) {
        return why.reason() == Reason.NOT_PERMITTED || why.reason() == Reason.NOT_IMPLEMENTED;
    }

    private void refuse(MqttSubscription subscription, BrokerException why) {
        refused.put(subscription.filter().text(), why);
        withRetained.remove(subscription);
        ofBroker.remove(subscription);
        session.remove(subscription);
        if (!answerable(why) && !subscription.lent() && !subscription.filter().shared()) {
            custodian.deleteQueue(subscription.queue(), false, Reply.ignored());
        }
    }

    private void answer() {
        if (session.ended()) {
            return;
        }
        for (Ask ask : asks) {
            List<Integer> codes = new ArrayList<>(ask.wanted().size());
            String why = "";
            for (SubscriptionOptions options : ask.wanted()) {
                BrokerException refusal = refused.get(options.filter());
                if (refusal != null) {
                    codes.add(code(refusal, options));
                    why = refusal.getMessage();
                } else if (TopicFilter.parse(options.filter()).isEmpty()) {
                    codes.add(session.level() == MqttLevel.V5 ? MqttErrors.BAD_FILTER : MqttErrors.UNSPECIFIED);
                    why = "a filter breaks the rules for wildcards or shared subscriptions";
                } else {
                    codes.add(session.ofBroker(options.filter()) ? 0 : options.qos());
                }
            }
            ask.answer().accept(codes, why);
        }
        ofBroker.forEach(session::tellNow);
        retained(0);
    }

    private int code(BrokerException refusal, SubscriptionOptions options) {
        return switch (session.level()) {
            case V5 -> MqttErrors.code(refusal.reason());
            case V3_1_1 -> MqttErrors.UNSPECIFIED;
            case V3_1 -> options.qos();
        };
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
