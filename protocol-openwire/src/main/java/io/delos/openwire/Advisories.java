package io.delos.openwire;

import io.delos.broker.Broker;
import io.delos.broker.BrokerEvent;
import io.delos.broker.BrokerListener;
import io.delos.broker.Subscription;
import io.delos.config.RoutingType;
import io.delos.message.Formats;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.openwire.Command.ConsumerInfo;
import io.delos.openwire.Id.ProducerId;
import io.delos.openwire.News.ConnectionNews;
import io.delos.openwire.News.ConsumerNews;
import io.delos.openwire.News.DestinationNews;
import io.delos.openwire.News.Gone;
import io.delos.openwire.News.MessageNews;
import io.delos.openwire.News.ProducerNews;
import io.delos.openwire.News.SlowNews;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
    }

    /** Who or what is there, where; an owner is itself and nobody who looks like it. */
    private record Standing(Object owner, WireDestination where) { }

    private volatile Formats formats;
    private final Set<Listener> watchers = ConcurrentHashMap.newKeySet();
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Set<DestinationNews> temporary = ConcurrentHashMap.newKeySet();
    private final Map<Standing, News> standing = new ConcurrentHashMap<>();
    private final Map<WireDestination, Integer> consumers = new ConcurrentHashMap<>();
    private final Map<WireDestination, Integer> producers = new ConcurrentHashMap<>();

    /** Listens to what happens in the broker, from its start on. */
    void serve(Broker broker) {
        formats = broker.formats();
        broker.listen(this);
    }

    private void tell(News news) {
        listeners.forEach(listener -> listener.hear(news));
    }

    // listening

    /** Tells the listener of what there is, and from now on of everything. */
    void listen(Listener listener) {
        (listener.temporaryOnly() ? watchers : listeners).add(listener);
        temporary.forEach(listener::hear);
        if (!listener.temporaryOnly()) {
            standing.values().forEach(listener::hear);
        }
    }

    void leave(Listener listener) {
        (listener.temporaryOnly() ? watchers : listeners).remove(listener);
    }

    // what happens

    /** A destination was made, or has gone. */
    void publish(DestinationNews change) {
        if (change.destination().temporary()) {
            if (change.removed()) {
                temporary.remove(new DestinationNews(change.connection(), change.destination(), false));
            } else {
                temporary.add(change);
            }
            watchers.forEach(watcher -> watcher.hear(change));
        }
        tell(change);
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

    /** Somebody consumes; {@code owner} is its subscription. */
    void consumes(Subscription owner, ConsumerInfo info, WireDestination where) {
        ConsumerNews news = new ConsumerNews(info, where, consumers.merge(where, 1, Integer::sum));
        standing.put(new Standing(owner, WireDestination.NONE), news);
        tell(news);
    }

    void consumesNoMore(Subscription owner) {
        if (standing.remove(new Standing(owner, WireDestination.NONE)) instanceof ConsumerNews there) {
            tell(new Gone(there.topic(), Map.of("consumerCount", less(consumers, there.destination())), there.info().consumer()));
        }
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

    @Override
    public void happened(BrokerEvent event) {
        if (event instanceof BrokerEvent.ConsumerSlow slow
                && standing.get(new Standing(slow.subscription(), WireDestination.NONE)) instanceof ConsumerNews there) {
            tell(new SlowNews(there));
        } else if (event instanceof BrokerEvent.Departed left && !listeners.isEmpty()) {
            left.departing().forEach(delivery -> tell(left, delivery.departing()));
        }
    }

    private void tell(BrokerEvent.Departed left, Message message) {
        String what = left.expired() ? "Expired" : "MessageDLQd";
        String address = left.queue().address();
        WireDestination where = left.queue().routingType() == RoutingType.ANYCAST ? WireDestination.queue(address) : WireDestination.topic(address);
        try {
            tell(new MessageNews(what, where, new StoredMessage(formats.translate(message, MessageFormat.OPENWIRE).bytes()).read()));
        } catch (MalformedMessageException unreadable) {
            // what OpenWire's clients could not be shown isn't told of
        }
    }
}
