package io.delos.openwire;

import io.delos.openwire.News.DestinationNews;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the OpenWire clients of one broker are told of each other (section 10). Any thread. Clients refuse to send to a temporary
 * destination that they haven't heard of, so those that exist are kept, for whoever begins to listen later.
 */
final class Advisories {

    /** Somebody who listens; called on any thread. */
    interface Listener {
        void hear(News news);
    }

    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Set<DestinationNews> temporary = ConcurrentHashMap.newKeySet();

    void publish(News news) {
        if (news instanceof DestinationNews change && change.destination().temporary()) {
            if (change.removed()) {
                temporary.remove(new DestinationNews(change.connection(), change.destination(), false));
            } else {
                temporary.add(change);
            }
        }
        listeners.forEach(listener -> listener.hear(news));
    }

    /** Tells the listener of the temporary destinations there are, and from now on of everything. */
    void listen(Listener listener) {
        listeners.add(listener);
        temporary.forEach(listener::hear);
    }

    void leave(Listener listener) {
        listeners.remove(listener);
    }
}
