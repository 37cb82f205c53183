package io.delos.openwire;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.QueueInfo;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.openwire.Command.ConsumerInfo;
import java.util.Optional;
import java.util.UUID;

/** Finds, and where need be makes, the queue that a consumer of a destination reads (sections 5 to 7). Owned by the connection's loop. */
final class Sources {

    private static final int LOOKS = 40;
    private static final long LOOK_AGAIN_MILLIS = 25;

    private final Member member;

    /**
     * Where a consumer takes its messages.
     *
     * @param queue    the queue's name
     * @param selector what of it the consumer wants; empty for everything, or when the queue filters by itself
     * @param own      whether the queue is the consumer's alone and goes with it
     */
    record Source(String queue, String selector, boolean own) { }

    Sources(Member member) {
        this.member = member;
    }

    private Session session() {
        return member.session();
    }

    /** @param several whether the destination is one of several that the consumer reads */
    void find(ConsumerInfo info, WireDestination destination, boolean several, Reply<Source> found) {
        String selector = Selectors.translate(info.selector());
        if (info.traits().noLocal()) {
            selector = Selectors.withoutOwn(selector, member.info().clientId());
        }
        if (destination.queue()) {
            queue(info, destination, selector, found);
        } else if (destination.name().contains("::")) {
            qualified(member.destinations().name(destination), RoutingType.MULTICAST, destination, new Source(
                    member.destinations().name(destination), selector, false), found);
        } else if (info.durable()) {
            durable(info, destination, several, selector, found);
        } else {
            temporary(destination, selector, found);
        }
    }

    private void queue(ConsumerInfo info, WireDestination destination, String selector, Reply<Source> found) {
        String name = member.destinations().pattern(destination);
        if (destination.temporary()) {
            member.destinations().requireTemporary(destination, Reply.of(there -> found.done(new Source(name, selector, false)), found::failed));
            return;
        }
        Optional<VirtualTopics.Meant> meant = member.protocol().virtualTopics().meaning(name);
        boolean there = broker().routes().queue(name).isPresent();
        if (meant.isEmpty() || there && broker().routes().queue(name).get().address().equals(name)) {
            // one that is there already by this name is no subscription
            qualified(name, RoutingType.ANYCAST, destination, new Source(name, selector, false), found);
            return;
        }
        Source source = new Source(meant.get().qualified(), selector, false);
        if (there || !broker().settingsFor(name).creation().createQueues()) {
            qualified(source.queue(), RoutingType.MULTICAST, destination, source, found);
        } else {
            virtual(meant.get(), meant.get().selectorAware() ? Selectors.translate(info.selector()) : "", source, found);
        }
    }

    /** The queue of a virtual topic is a durable subscription: it stays when nobody consumes and nothing waits. */
    private void virtual(VirtualTopics.Meant meant, String filter, Source source, Reply<Source> found) {
        session().resources().ensure(meant.address(), Optional.of(RoutingType.MULTICAST), false, Reply.of(there -> session().resources().createQueue(
                QueueRequest.of(meant.queue(), meant.address(), RoutingType.MULTICAST).with("durable", true).with("auto-delete", false)
                        .with("filter", filter), true, true, Reply.of(made -> found.done(source), found::failed)), found::failed));
    }

    private Broker broker() {
        return member.connection().broker();
    }

    private void qualified(String name, RoutingType type, WireDestination destination, Source source, Reply<Source> found) {
        session().resources().ensure(name, Optional.of(type), true, Reply.of(info -> found.done(source),
                refusal -> found.failed(missing(destination, refusal))));
    }

    private static BrokerException missing(WireDestination destination, BrokerException refusal) {
        boolean absent = refusal.reason() == Reason.QUEUE_NOT_FOUND || refusal.reason() == Reason.ADDRESS_NOT_FOUND;
        return absent ? new BrokerException(refusal.reason(), "Destination '" + destination.name()
                + "' doesn't exist and auto-creation is disabled.") : refusal;
    }

    // topics

    private void temporary(WireDestination destination, String filter, Reply<Source> found) {
        String address = member.destinations().pattern(destination);
        Runnable make = () -> session().resources().createQueue(Destinations.subscriptionQueue(UUID.randomUUID().toString(), address, filter), false,
                Reply.of(made -> found.done(new Source(made.config().name(), "", true)), found::failed));
        if (destination.temporary()) {
            member.destinations().requireTemporary(destination, Reply.of(there -> make.run(), found::failed));
        } else {
            session().resources().ensure(address, Optional.of(RoutingType.MULTICAST), false, Reply.of(there -> make.run(),
                    refusal -> found.failed(missing(destination, refusal))));
        }
    }

    private void durable(ConsumerInfo info, WireDestination destination, boolean several, String filter, Reply<Source> found) {
        String name = durableName(member.info().clientId(), info.subscription()) + (several ? destination.name() : "");
        String address = member.destinations().pattern(destination);
        session().resources().ensure(address, Optional.of(RoutingType.MULTICAST), false, Reply.of(
                there -> durable(request(name, address, filter), member.info().failoverReconnect() ? LOOKS : 1, found),
                refusal -> found.failed(missing(destination, refusal))));
    }

    /** A reconnecting client may find that its own broken connection has not quite let go; so it is looked more than once. */
    private void durable(QueueRequest wanted, int looks, Reply<Source> found) {
        session().resources().queryQueue(wanted.name(), Reply.of(queue -> {
            if (looks > 1 && queue.isPresent() && queue.get().consumers() > 0) {
                member.connection().loop().schedule(() -> durable(wanted, looks - 1, found), LOOK_AGAIN_MILLIS);
            } else {
                durable(queue, wanted, found);
            }
        }, found::failed));
    }

    private static QueueRequest request(String name, String address, String filter) {
        return QueueRequest.of(name, address, RoutingType.MULTICAST).with("durable", true).with("filter", filter);
    }

    /** A subscription that is there already is continued, unless it is to be another one from now on. */
    private void durable(Optional<QueueInfo> there, QueueRequest wanted, Reply<Source> found) {
        Source source = new Source(wanted.name(), "", false);
        if (there.isEmpty()) {
            session().resources().createQueue(wanted, true, Reply.of(made -> found.done(source), found::failed));
        } else if (there.get().consumers() > 0) {
            found.failed(new BrokerException(Reason.QUEUE_IN_USE,
                    "Cannot create a subscriber on the durable subscription since it already has subscriber(s)"));
        } else if (there.get().config().address().equals(wanted.address())
                && there.get().config().filter().equals(wanted.given("filter").orElse(""))) {
            found.done(source);
        } else {
            session().resources().deleteQueue(wanted.name(), Reply.of(deleted -> durable(Optional.empty(), wanted, found), found::failed));
        }
    }

    /** What a durable subscription's queue is called. */
    static String durableName(String clientId, String subscription) {
        return escape(clientId) + '.' + escape(subscription);
    }

    private static String escape(String part) {
        return part.replace("\\", "\\\\").replace(".", "\\.");
    }
}
