package io.delos.openwire;

import io.delos.broker.Broker;
import io.delos.broker.BrokerEvent;
import io.delos.broker.BrokerListener;
import io.delos.broker.Client;
import io.delos.broker.MessageWatch.Moment;
import io.delos.broker.Subscription;
import io.delos.config.RoutingType;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.openwire.Command.ConsumerInfo;
import io.delos.openwire.Id.ConnectionId;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.ProducerId;
import io.delos.openwire.News.ConnectionNews;
import io.delos.openwire.News.ConsumerNews;
import io.delos.openwire.News.DestinationNews;
import io.delos.openwire.News.FastNews;
import io.delos.openwire.News.FullNews;
import io.delos.openwire.News.Gone;
import io.delos.openwire.News.Happening;
import io.delos.openwire.News.MessageNews;
import io.delos.openwire.News.ProducerNews;
import io.delos.openwire.News.SlowNews;
import io.delos.openwire.WireDestination.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What the OpenWire clients of one broker are told of each other (section 10). Any thread. Clients refuse to send to a temporary
 * destination that they haven't heard of, so those that exist are kept, for whoever begins to listen later; so are connections, consumers and producers.
 */
final class Advisories implements BrokerListener {

    /** Somebody who listens; called on any thread. */
    interface Listener {
        void hear(News news);

        /** Whether it listens to news of temporary destinations alone, as nearly all clients do. */
        boolean temporaryOnly();

        /** Whether it hears what this topic under {@code ActiveMQ.Advisory.} tells. */
        boolean listensTo(String topic);

        /** Whether what it listens to begins with this word, and not with a wildcard. */
        boolean names(String word);
    }

    /** What is told of each message on its way, and therefore only to those who ask for it by its name. */
    private static final Map<Moment, Happening> ON_THE_WAY = new EnumMap<>(Map.of(Moment.ARRIVED, Happening.DELIVERED, Moment.DISPATCHED,
            Happening.DISPATCHED, Moment.CONSUMED, Happening.CONSUMED, Moment.DISCARDED, Happening.DISCARDED, Moment.UNWANTED, Happening.NO_CONSUMER));

    /** Who or what is there, where; an owner is itself and nobody who looks like it. */
    private record Standing(Object owner, WireDestination where) { }

    private volatile Broker broker;
    private final Set<Listener> watchers = ConcurrentHashMap.newKeySet();
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Set<DestinationNews> temporary = ConcurrentHashMap.newKeySet();
    private final Map<Standing, News> standing = new ConcurrentHashMap<>();
    private final Map<WireDestination, Integer> producers = new ConcurrentHashMap<>();

    /** Listens to what happens in the broker, from its start on. */
    void serve(Broker theBroker) {
        broker = theBroker;
        broker.listen(this);
    }

    /** Whether a topic is not for those who listen to whatever there is. */
    static boolean onlyByName(String topic) {
        return ON_THE_WAY.values().stream().anyMatch(happening -> topic.startsWith(happening.word() + '.'));
    }

    private void tell(News news) {
        listeners.forEach(listener -> listener.hear(news));
    }

    // listening

    /** Has the listener hear everything from now on. What there is already is returned, found as it is asked for. */
    Iterator<News> listen(Listener listener) {
        (listener.temporaryOnly() ? watchers : listeners).add(listener);
        Stream<News> there = temporary.stream().map(News.class::cast);
        if (listener.temporaryOnly()) {
            return there.iterator();
        }
        watchMessages();
        Stream<News> destinations = listener.listensTo("Queue") || listener.listensTo("Topic")
                ? broker.routes().all().stream().flatMap(route -> ordinary(route.address(), route.types(), route.temporary(), false).stream()) : Stream.empty();
        return Stream.concat(there, Stream.concat(standing.entrySet().stream().map(this::now), destinations)).iterator();
    }

    /** What is told of somebody who is there, as it is now. */
    private News now(Map.Entry<Standing, News> there) {
        return there.getValue() instanceof ConsumerNews news && there.getKey().owner() instanceof Subscription subscription
                ? news.counted(count(subscription, news.destination())) : there.getValue();
    }

    void leave(Listener listener) {
        (listener.temporaryOnly() ? watchers : listeners).remove(listener);
        if (!listener.temporaryOnly()) {
            watchMessages();
        }
    }

    /** Has the broker tell what somebody asks for, and nothing else. */
    private synchronized void watchMessages() {
        EnumSet<Moment> wanted = EnumSet.noneOf(Moment.class);
        ON_THE_WAY.forEach((moment, happening) -> {
            if (listeners.stream().anyMatch(listener -> listener.names(happening.word()))) {
                wanted.add(moment);
            }
        });
        broker.watch().want(wanted);
    }

    // what happens

    /** A temporary destination was made, or has gone. */
    void publish(DestinationNews change) {
        if (change.removed()) {
            temporary.remove(new DestinationNews(change.connection(), change.destination(), false));
        } else {
            temporary.add(change);
        }
        watchers.forEach(watcher -> watcher.hear(change));
        tell(change);
    }

    /** What is to be told of an address that is there or has gone: nothing if it is temporary, a pattern, or the broker's own. */
    private List<DestinationNews> ordinary(String address, Set<RoutingType> types, boolean passing, boolean removed) {
        if (passing || own(address) || broker.config().wildcards().isPattern(address)) {
            return List.of();
        }
        ConnectionId teller = new ConnectionId("ID:" + broker.nodeId());
        return types.stream().map(type -> new DestinationNews(teller, destination(address, type), removed)).toList();
    }

    private boolean own(String address) {
        return address.startsWith("$") || address.startsWith(broker.config().general().internalNamingPrefix());
    }

    void came(Object owner, ConnectionNews news) {
        standing.put(new Standing(owner, WireDestination.NONE), news);
        tell(news);
    }

    /** A connection has ended; its consumers and producers are told by themselves. */
    void left(Object owner) {
        if (standing.remove(new Standing(owner, WireDestination.NONE)) instanceof ConnectionNews there) {
            tell(new Gone(there.topic(), Map.of(), there.connection()));
        }
    }

    /** A client of OpenWire consumes; {@code owner} is its subscription. The broker says when it does no more. */
    void consumes(Subscription owner, ConsumerInfo info, WireDestination where) {
        ConsumerNews news = new ConsumerNews(info, where, 0);
        standing.put(new Standing(owner, WireDestination.NONE), news);
        if (!listeners.isEmpty()) {
            tell(news.counted(count(owner, where)));
        }
    }

    /** How many consume where this one does, over whatever protocol. */
    private int count(Subscription one, WireDestination where) {
        return where.queue() ? one.source().counters().consumers() : broker.routes().find(one.address()).map(route -> route.queues().stream()
                .filter(queue -> queue.routingType() == RoutingType.MULTICAST).mapToInt(queue -> queue.counters().consumers()).sum()).orElse(0);
    }

    /** A consumer of another protocol, as OpenWire's clients are told of it; empty if it is nothing they are told of. */
    private Optional<ConsumerNews> foreign(Subscription subscription) {
        Client client = subscription.session().client();
        if (client.protocol().equals(OpenWireProtocol.NAME) || subscription.browsing() || own(subscription.address())) {
            return Optional.empty();
        }
        WireDestination where = destination(subscription.address(), subscription.source().routingType());
        ConsumerId id = new ConsumerId("ID:" + client.connectionId(), 0, subscription.number());
        return Optional.of(new ConsumerNews(new ConsumerInfo(new Command.Head(0, false), id, where, 0, subscription.selector(), client.clientId(), "",
                new ConsumerInfo.Traits(false, false, false, 0)), where, 0));
    }

    /** What is told of a consumer, of whatever protocol. */
    private Optional<ConsumerNews> consumer(Subscription subscription) {
        return standing.get(new Standing(subscription, WireDestination.NONE)) instanceof ConsumerNews there ? Optional.of(there) : foreign(subscription);
    }

    private void closed(Subscription subscription) {
        Optional<ConsumerNews> known = listeners.isEmpty() ? Optional.empty() : consumer(subscription);
        standing.remove(new Standing(subscription, WireDestination.NONE));
        known.ifPresent(gone -> tell(new Gone(gone.topic(), Map.of("consumerCount", count(subscription, gone.destination())), gone.info().consumer())));
    }

    /** Somebody is about to send. */
    void produces(Producer owner, ProducerId id, int window, WireDestination where) {
        ProducerNews news = new ProducerNews(id, where, window, producers.merge(where, 1, Integer::sum));
        standing.put(new Standing(owner, where), news);
        tell(news);
    }

    void producesNoMore(Producer owner, WireDestination where) {
        if (standing.remove(new Standing(owner, where)) instanceof ProducerNews there) {
            tell(new Gone(there.topic(), Map.of("producerCount", less(producers, where)), there.producer()));
        }
    }

    private static int less(Map<WireDestination, Integer> counts, WireDestination where) {
        return Optional.ofNullable(counts.computeIfPresent(where, (name, count) -> count == 1 ? null : count - 1)).orElse(0);
    }

    /** A producer is kept waiting. */
    void throttled(ProducerId id, int window, WireDestination where) {
        if (!listeners.isEmpty()) {
            tell(new FastNews(new ProducerNews(id, where, window, producers.getOrDefault(where, 0))));
        }
    }

    @Override
    public void happened(BrokerEvent event) {
        if (event instanceof BrokerEvent.ConsumerClosed closed) {
            closed(closed.subscription());
        } else if (!listeners.isEmpty()) {
            tell(event);
        }
    }

    private void tell(BrokerEvent event) {
        if (event instanceof BrokerEvent.Passed passed) {
            tell(ON_THE_WAY.get(passed.moment()), passed.address(), passed.type(), passed.message());
        } else if (event instanceof BrokerEvent.ConsumerOpened opened) {
            foreign(opened.subscription()).ifPresent(news -> tell(news.counted(count(opened.subscription(), news.destination()))));
        } else if (event instanceof BrokerEvent.ConsumerSlow slow) {
            consumer(slow.subscription()).ifPresent(there -> tell(new SlowNews(there)));
        } else if (event instanceof BrokerEvent.Departed left) {
            Happening what = left.expired() ? Happening.EXPIRED : Happening.DEAD;
            left.departing().forEach(delivery -> tell(what, left.queue().address(), left.queue().routingType(), delivery.departing()));
        } else if (event instanceof BrokerEvent.AddressFull full) {
            broker.routes().find(full.address()).ifPresent(route -> route.types().forEach(
                    type -> tell(new FullNews(destination(full.address(), type), full.bytes()))));
        } else if (event instanceof BrokerEvent.AddressAdded added) {
            ordinary(added.address(), added.types(), added.temporary(), false).forEach(this::tell);
        } else if (event instanceof BrokerEvent.AddressRemoved removed) {
            ordinary(removed.address(), removed.types(), removed.temporary(), true).forEach(this::tell);
        }
    }

    private WireDestination destination(String address, RoutingType type) {
        boolean passing = broker.routes().find(address).map(route -> route.temporary()).orElse(false);
        boolean queue = type == RoutingType.ANYCAST;
        return new WireDestination(passing ? queue ? Kind.TEMPORARY_QUEUE : Kind.TEMPORARY_TOPIC : queue ? Kind.QUEUE : Kind.TOPIC, address);
    }

    /** Messages are made fit to be shown only if somebody is going to see them. */
    private void tell(Happening what, String address, RoutingType type, Message message) {
        WireDestination where = destination(address, type);
        if (own(address) || message.large() || listeners.stream().noneMatch(listener -> listener.listensTo(what.topic(where)))) {
            return;
        }
        try {
            WireMessage shown = new StoredMessage(broker.formats().translate(message, MessageFormat.OPENWIRE).bytes()).read();
            tell(new MessageNews(what, where, DispatchWriter.shown(shown)));
        } catch (MalformedMessageException unreadable) {
            // what OpenWire's clients could not be shown isn't told of
        }
    }
}
