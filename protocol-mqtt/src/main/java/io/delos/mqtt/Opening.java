package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.SessionResources;
import io.delos.broker.Session;
import io.delos.broker.SubscribeRequest;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The queues of some subscriptions are made, where they are not there, and then consumed: all at once, so that many cost one sync of the disk.
 * Owned by the connection's loop.
 */
final class Opening {

    private final MqttSession session;
    private final List<MqttSubscription> made = new ArrayList<>();
    private final Map<MqttSubscription, BrokerException> refused = new LinkedHashMap<>(0);
    private final Consumer<Map<MqttSubscription, BrokerException>> done;
    private int unanswered;

    /** {@code done} is told which were refused, and why. */
    Opening(MqttSession session, Consumer<Map<MqttSubscription, BrokerException>> done) {
        this.session = session;
        this.done = done;
    }

    void begin(List<MqttSubscription> subscriptions) {
        List<MqttSubscription> withQueues = new ArrayList<>(subscriptions.size());
        for (MqttSubscription subscription : subscriptions) {
            if (session.ofBroker(subscription.filter().filter())) {
                session.watch(subscription).ifPresent(refusal -> refused.put(subscription, refusal));
            } else {
                withQueues.add(subscription);
            }
        }
        unanswered = withQueues.size();
        List<SessionResources.Wish> wishes = new ArrayList<>(withQueues.size());
        for (MqttSubscription subscription : withQueues) {
            wishes.add(new SessionResources.Wish(request(subscription), Reply.of(queue -> {
                made.add(subscription);
                answered(this::consume);
            }, refusal -> {
                refused.put(subscription, refusal);
                answered(this::consume);
            })));
        }
        if (wishes.isEmpty()) {
            done.accept(refused);
        } else {
            session.broker().resources().createQueues(wishes);
        }
    }

    private void answered(Runnable then) {
        unanswered--;
        if (unanswered == 0) {
            then.run();
        }
    }

    private QueueRequest request(MqttSubscription subscription) {
        String address = session.names().pattern(subscription.filter().filter());
        return subscription.lent() ? QueueRequest.of(subscription.queue(), address, RoutingType.ANYCAST)
                : QueueRequest.of(subscription.queue(), address, RoutingType.MULTICAST)
                        .with("durable", durable(subscription, address))
                        .with("filter", session.queueFilter(address))
                        .with("auto-created", true)
                        .with("auto-delete", false)
                        .with("purge-on-no-consumers", false)
                        .with("max-consumers", -1);
    }

    /** On an address that keeps nothing only a subscription that must be there when its client is away would be, and is refused. */
    private boolean durable(MqttSubscription subscription, String address) {
        boolean usually = session.level() == MqttLevel.V5 || subscription.filter().shared();
        return session.outlivesConnection() || usually && !session.keepsNothing(address);
    }

    private void consume() {
        if (session.ended()) {
            made.forEach(subscription -> refused.put(subscription, new BrokerException(Reason.UNAVAILABLE, "the connection has ended")));
            made.clear();
        }
        unanswered = made.size();
        if (made.isEmpty()) {
            done.accept(refused);
            return;
        }
        List<Session.Wanted> wanted = new ArrayList<>(made.size());
        for (MqttSubscription subscription : made) {
            int credit = session.outbound().firstCredit(subscription.options().qos());
            SubscribeRequest request = new SubscribeRequest(subscription.queue(), "", false, 0, credit, MqttSubscription.BYTES_AHEAD, 0);
            wanted.add(new Session.Wanted(request, subscription, Reply.of(handle -> {
                subscription.opened(handle, credit);
                answered(() -> done.accept(refused));
            }, refusal -> {
                refused.put(subscription, refusal);
                answered(() -> done.accept(refused));
            })));
        }
        session.broker().subscribe(wanted);
    }
}
