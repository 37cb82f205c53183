package io.delos.stomp;

import io.delos.broker.AddressInfo;
import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.SubscribeRequest;
import io.delos.broker.Subscription;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import java.util.Optional;
import java.util.UUID;

/**
 * Owned by the connection's loop: the way from a destination to a subscription. See to it that the address is there; find out whether it
 * is a queue that is meant or a topic; for a topic make the queue that collects for this subscriber; then subscribe.
 */
final class SubscribeSteps {

    /**
     * Where messages are to come from.
     *
     * @param durableQueue the name of the queue of a durable subscription; empty if it is to be temporary
     */
    record Source(Destinations.Target target, String durableQueue) { }

    private final Conversation conversation;
    private final Session session;
    private final StompSubscription.Wish wish;
    private final Source source;
    private final String filter;

    SubscribeSteps(Conversation conversation, StompSubscription.Wish wish, Source source, String filter) {
        this.conversation = conversation;
        this.session = conversation.session();
        this.wish = wish;
        this.source = source;
        this.filter = filter;
    }

    void run(StompSubscription subscription, Reply<Subscription> done) {
        Destinations.Target target = source.target();
        if (target.qualified()) {
            session.resources().ensure(target.address(), target.type(), true,
                    Reply.of(info -> subscribe(target.address(), filter, subscription, done), done::failed));
        } else if (target.type().isPresent()) {
            ensure(target.type().get(), subscription, done);
        } else {
            session.resources().queryAddress(target.address(), Reply.of(
                    found -> ensure(found.map(SubscribeSteps::meant).orElseGet(this::usual), subscription, done), done::failed));
        }
    }

    /** What is meant by an address that is there: the topic only if it can be nothing else. */
    private static RoutingType meant(AddressInfo address) {
        return address.routingTypes().contains(RoutingType.ANYCAST) || address.routingTypes().isEmpty()
                ? RoutingType.ANYCAST : RoutingType.MULTICAST;
    }

    private RoutingType usual() {
        return conversation.connection().broker().settingsFor(source.target().address()).creation().addressRoutingType();
    }

    private void ensure(RoutingType type, StompSubscription subscription, Reply<Subscription> done) {
        if (wish.browsing() && type == RoutingType.MULTICAST) {
            done.failed(new BrokerException(Reason.ROUTING_TYPE_MISMATCH, "a topic holds nothing to browse"));
            return;
        }
        String address = source.target().address();
        boolean queue = type == RoutingType.ANYCAST;
        session.resources().ensure(address, Optional.of(type), queue, Reply.of(info -> {
            if (queue) {
                subscribe(address, filter, subscription, done);
            } else {
                collect(subscription, done);
            }
        }, done::failed));
    }

    /** The filter stands on the queue, so that nothing piles up there that nobody wants. */
    private void collect(StompSubscription subscription, Reply<Subscription> done) {
        String address = source.target().address();
        boolean durable = !source.durableQueue().isEmpty();
        String name = durable ? source.durableQueue() : UUID.randomUUID().toString();
        QueueRequest request = QueueRequest.of(name, address, RoutingType.MULTICAST).with("durable", durable).with("filter", filter);
        if (!durable) {
            request = request.with("temporary", true);
        }
        session.resources().createQueue(request, true, Reply.of(queue -> {
            if (!queue.config().address().equals(address)) {
                done.failed(new BrokerException(Reason.QUEUE_EXISTS, "the queue " + name + " belongs to address " + queue.config().address()));
                return;
            }
            if (!durable) {
                subscription.collectsIn(name);
            }
            subscribe(name, "", subscription, done);
        }, done::failed));
    }

    private void subscribe(String queue, String selector, StompSubscription subscription, Reply<Subscription> done) {
        long messages = wish.window() == 0 ? 1 : SubscribeRequest.UNLIMITED;
        long bytes = wish.window() > 0 ? wish.window() : SubscribeRequest.UNLIMITED;
        session.subscribe(new SubscribeRequest(queue, selector, wish.browsing(), 0, messages, bytes, StompSubscription.OVERHEAD), subscription,
                done);
    }
}
