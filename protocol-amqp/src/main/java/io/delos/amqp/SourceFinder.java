package io.delos.amqp;

import io.delos.broker.AddressInfo;
import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.QueueInfo;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.engine.Sender;

/**
 * Finds or makes the queue that a client's receiver wants to read: the decisions of the AMQP document's section 6. One use per link;
 * owned by the connection's loop.
 */
final class SourceFinder {

    private final AmqpSession session;
    private final Sender link;
    private final Reply<ReadSource> done;

    private SourceFinder(AmqpSession session, Sender link, Reply<ReadSource> done) {
        this.session = session;
        this.link = link;
        this.done = done;
    }

    static void find(AmqpSession session, Sender link, Reply<ReadSource> done) {
        new SourceFinder(session, link, done).find();
    }

    private void find() {
        if (link.getRemoteSource() == null) {
            formerSubscription();
            return;
        }
        if (!(link.getRemoteSource() instanceof Source)) {
            fail(Reason.INVALID_REQUEST, "a source of this kind is not known");
            return;
        }
        SourceTerms terms = SourceTerms.of(link, session.connection().prefixes());
        if (terms.asked().getDynamic()) {
            temporaryQueue(terms);
        } else if (terms.name().isEmpty()) {
            fail(Reason.INTERNAL, "AMQ119005: error creating consumer, the source has no address");
        } else if (terms.type().isPresent()) {
            ofSaidType(terms);
        } else {
            ofUsualType(terms);
        }
    }

    private void fail(Reason reason, String sentence) {
        done.failed(new BrokerException(reason, sentence));
    }

    private Broker broker() {
        return session.connection().connection().broker();
    }

    /** No source: the durable subscription that this link name once made. */
    private void formerSubscription() {
        boolean shared = Capabilities.contains(link.getRemoteDesiredCapabilities(), Capabilities.SHARED);
        boolean global = Capabilities.contains(link.getRemoteDesiredCapabilities(), Capabilities.GLOBAL);
        String name = session.connection().subscriptionNames().of(link.getName(), true, shared, global);
        session.broker().resources().queryQueue(name, Reply.of(known -> {
            if (known.isEmpty()) {
                fail(Reason.QUEUE_NOT_FOUND, "Unknown subscription link: " + link.getName());
                return;
            }
            Source answer = new Source();
            answer.setAddress(name);
            answer.setDurable(TerminusDurability.UNSETTLED_STATE);
            answer.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
            answer.setDistributionMode(Symbol.valueOf("copy"));
            answer.setCapabilities(Capabilities.TOPIC);
            answer.setFilter(Filters.stating(known.get().config().filter()));
            done.done(new ReadSource(SubscribeRequest.of(name, 0), answer, ReadSource.End.CLOSE_DELETES, !shared));
        }, done::failed));
    }

    private void temporaryQueue(SourceTerms terms) {
        String name = UUID.randomUUID().toString();
        Source answer = copyOf(terms);
        answer.setAddress(name);
        Lifetime lifetime = Lifetime.of(terms.asked().getDynamicNodeProperties());
        boolean stays = lifetime == Lifetime.USE || lifetime == Lifetime.LINK && terms.endsWithConnection();
        session.broker().resources().createQueue(lifetime.queueToRead(name), false, Reply.of(
                info -> done.done(new ReadSource(request(name, terms, terms.filters().selector()), answer,
                        stays ? ReadSource.End.STAYS : ReadSource.End.DELETED)),
                refusal -> done.failed(SendTarget.notTemporary(refusal))));
    }

    /** The client said queue or topic: a missing address becomes that, an existing one must be that. */
    private void ofSaidType(SourceTerms terms) {
        RoutingType type = terms.type().orElseThrow();
        String address = Capabilities.addressOf(terms.name());
        session.broker().resources().queryAddress(address, Reply.of(known -> {
            boolean ready = known.isPresent() && known.get().routingTypes().contains(type);
            boolean ofQueue = Capabilities.queueOf(terms.name()).isPresent() && type == RoutingType.ANYCAST;
            if (ready || known.isPresent() && ofQueue) {
                ofType(terms, type);
            } else if (known.isPresent()) {
                fail(Reason.ROUTING_TYPE_MISMATCH, "Address " + address + " is not configured for "
                        + (type == RoutingType.MULTICAST ? "topic" : "queue") + " support");
            } else {
                session.broker().resources().ensure(address, terms.type(), false, Reply.of(made -> ofType(terms, type), this::noAddress));
            }
        }, done::failed));
    }

    /** The client said nothing: the address decides, and it is a topic only when it is nothing else. */
    private void ofUsualType(SourceTerms terms) {
        String address = Capabilities.addressOf(terms.name());
        RoutingType usual = broker().settingsFor(address).creation().addressRoutingType();
        session.broker().resources().queryAddress(address, Reply.of(known -> {
            if (known.isPresent()) {
                ofType(terms, known.get().routingTypes().contains(RoutingType.ANYCAST) ? RoutingType.ANYCAST : RoutingType.MULTICAST);
            } else {
                session.broker().resources().ensure(address, Optional.of(usual), false, Reply.of(made -> ofType(terms, usual), this::noAddress));
            }
        }, done::failed));
    }

    private void ofType(SourceTerms terms, RoutingType type) {
        Optional<String> queue = Capabilities.queueOf(terms.name());
        if (queue.isPresent()) {
            qualified(terms, type, Capabilities.addressOf(terms.name()), queue.get());
        } else if (type == RoutingType.MULTICAST) {
            subscription(terms);
        } else {
            queueOfAddress(terms);
        }
    }

    private void noAddress(BrokerException refusal) {
        done.failed(refusal.reason() != Reason.ADDRESS_NOT_FOUND && refusal.reason() != Reason.QUEUE_NOT_FOUND ? refusal
                : new BrokerException(refusal.reason(), "AMQ119010: source address does not exist"));
    }

    private void qualified(SourceTerms terms, RoutingType type, String address, String queue) {
        session.broker().resources().queryQueue(queue, Reply.of(known -> {
            if (known.isPresent() && !known.get().config().address().equals(address)) {
                fail(Reason.QUEUE_NOT_FOUND, "Queue: '" + queue + "' does not exist for address '" + address + "'");
            } else if (known.isPresent()) {
                plain(terms, terms.name());
            } else if (!broker().settingsFor(address).creation().createQueues()) {
                fail(Reason.QUEUE_NOT_FOUND, type == RoutingType.MULTICAST ? "Queue: '" + queue + "' does not exist"
                        : "AMQ119010: source address does not exist");
            } else {
                QueueRequest request = QueueRequest.of(queue, address, type)
                        .with("filter", type == RoutingType.MULTICAST ? terms.filters().selector() : "");
                session.broker().resources().createQueue(request, true, true, Reply.of(info -> plain(terms, terms.name()), this::badFilter));
            }
        }, done::failed));
    }

    private void queueOfAddress(SourceTerms terms) {
        session.broker().resources().ensure(terms.name(), Optional.of(RoutingType.ANYCAST), true,
                Reply.of(address -> choose(terms, address, 0), this::noAddress));
    }

    /** The queue of the address' own name, or the first of its anycast queues. */
    private void choose(SourceTerms terms, AddressInfo address, int from) {
        List<String> queues = address.queues();
        if (from > queues.size()) {
            fail(Reason.INTERNAL, "Incorrect Routing Type for queried queue on address " + address.name() + ", expecting: ANYCAST");
            return;
        }
        String candidate = from == 0 ? address.name() : queues.get(from - 1);
        session.broker().resources().queryQueue(candidate, Reply.of(known -> {
            boolean fits = known.isPresent() && known.get().config().address().equals(address.name())
                    && known.get().config().routingType() == RoutingType.ANYCAST;
            if (fits) {
                plain(terms, candidate);
            } else {
                choose(terms, address, from + 1);
            }
        }, done::failed));
    }

    private void plain(SourceTerms terms, String queue) {
        done.done(new ReadSource(request(queue, terms, terms.filters().selector()), copyOf(terms), ReadSource.End.STAYS));
    }

    private void subscription(SourceTerms terms) {
        String filter = terms.filters().subscriptionFilter(session.connection().containerId());
        if (terms.durable() || terms.shared()) {
            String name = session.connection().subscriptionNames().of(link.getName(), terms.durable(), terms.shared(), terms.global());
            QueueRequest queue = QueueRequest.of(name, terms.name(), RoutingType.MULTICAST).with("durable", terms.durable())
                    .with("filter", filter).with("max-consumers", terms.shared() ? -1 : 1).with("auto-delete", !terms.durable())
                    .with("auto-delete-message-count", -1);
            ReadSource.End end = terms.durable() ? ReadSource.End.CLOSE_DELETES : ReadSource.End.DELETED;
            named(terms, queue, filter, new ReadSource(request(name, terms, ""), copyOf(terms), end, terms.durable() && !terms.shared()));
        } else {
            String name = UUID.randomUUID().toString();
            QueueRequest queue = QueueRequest.of(name, terms.name(), RoutingType.MULTICAST).with("durable", false).with("temporary", true)
                    .with("filter", filter);
            make(queue, new ReadSource(request(name, terms, ""), copyOf(terms), ReadSource.End.DELETED));
        }
    }

    /** A subscription with a name: one that is different by now is made anew, unless somebody reads it. */
    private void named(SourceTerms terms, QueueRequest queue, String filter, ReadSource found) {
        session.broker().resources().queryQueue(queue.name(), Reply.of(known -> {
            if (known.isEmpty()) {
                make(queue, found);
            } else if (same(known.get(), terms.name(), filter)) {
                done.done(found);
            } else if (known.get().consumers() > 0) {
                fail(Reason.ROUTING_TYPE_MISMATCH, "Unable to recreate subscription, consumers already exist");
            } else {
                broker().administration().deleteQueue(queue.name(), false, session.connection().connection().loop(),
                        Reply.of(gone -> make(queue, found), done::failed));
            }
        }, done::failed));
    }

    private static boolean same(QueueInfo queue, String address, String filter) {
        return queue.config().address().equals(address) && queue.config().filter().equals(filter);
    }

    private void make(QueueRequest queue, ReadSource found) {
        session.broker().resources().createQueue(queue, true, Reply.of(info -> done.done(found), this::badFilter));
    }

    private void badFilter(BrokerException refusal) {
        Consumer<BrokerException> failed = done::failed;
        switch (refusal.reason()) {
            case INVALID_REQUEST: case INVALID_SELECTOR:
                failed.accept(new BrokerException(Reason.INVALID_SELECTOR, "Invalid filter"));
                break;
            case NOT_PERMITTED:
                failed.accept(new BrokerException(Reason.INTERNAL, "AMQ119001: error creating temporary queue, "
                        + SendTarget.notTemporary(refusal).getMessage()));
                break;
            default:
                failed.accept(refusal);
        }
    }

    private static SubscribeRequest request(String queue, SourceTerms terms, String selector) {
        SubscribeRequest request = SubscribeRequest.of(queue, 0).withSelector(selector).withPriority(terms.priority());
        return terms.browsing() && !terms.saysTopic() ? request.browse() : request;
    }

    private static Source copyOf(SourceTerms terms) {
        Source asked = terms.asked();
        Source answer = new Source();
        answer.setAddress(asked.getAddress());
        answer.setDynamic(asked.getDynamic());
        answer.setDynamicNodeProperties(asked.getDynamicNodeProperties());
        answer.setDurable(asked.getDurable());
        answer.setExpiryPolicy(asked.getExpiryPolicy());
        answer.setTimeout(asked.getTimeout());
        answer.setDistributionMode(asked.getDistributionMode());
        answer.setDefaultOutcome(asked.getDefaultOutcome());
        answer.setOutcomes(asked.getOutcomes());
        answer.setCapabilities(asked.getCapabilities());
        if (!terms.filters().honoured().isEmpty()) {
            answer.setFilter(terms.filters().honoured());
        }
        return answer;
    }
}
