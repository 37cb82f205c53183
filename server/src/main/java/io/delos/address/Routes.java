package io.delos.address;

import io.delos.queue.Queue;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Address to route, queue and divert by name: what the book has published. Written by the control loop, read by anybody. */
public final class Routes {

    /** Beyond that they are found anew. */
    private static final int MOST_PASSING = 1 << 14;

    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final Map<String, Queue> queues = new ConcurrentHashMap<>();
    private final Map<String, Divert> diverts = new ConcurrentHashMap<>();
    /** Of addresses that are not there. */
    private final Map<String, Route> passing = new ConcurrentHashMap<>();
    private volatile long version;
    private volatile RouteWatcher watcher = RouteWatcher.NOBODY;

    /** Grows whenever anything changes; who keeps a route asks this first. */
    public long version() {
        return version;
    }

    /** Has somebody told of what appears and goes from now on. */
    public void watch(RouteWatcher told) {
        watcher = told;
    }

    public Optional<Route> find(String address) {
        return Optional.ofNullable(routes.get(address));
    }

    /** As {@link #find}, of an address that isn't there because nobody but senders has used it; what is known of it for now. */
    public Optional<Route> passing(String address) {
        return Optional.ofNullable(passing.get(address));
    }

    public Optional<Queue> queue(String name) {
        return Optional.ofNullable(queues.get(name));
    }

    /** What is published of diverts, by name. */
    public Optional<Divert> divert(String name) {
        return Optional.ofNullable(diverts.get(name));
    }

    /** A live view of all diverts. */
    public Collection<Divert> diverts() {
        return diverts.values();
    }

    /** A live view of all routes. */
    public Collection<Route> all() {
        return routes.values();
    }

    /** A live view of all queues. */
    public Collection<Queue> queues() {
        return queues.values();
    }

    void pass(Route route) {
        if (passing.size() >= MOST_PASSING) {
            passing.clear();
        }
        passing.put(route.address(), route);
    }

    /** What matches addresses that are not there has changed. */
    void nothingPasses() {
        passing.clear();
    }

    void publish(Route route) {
        passing.remove(route.address());
        boolean added = routes.put(route.address(), route) == null;
        bump();
        if (added) {
            watcher.added(route);
        }
    }

    void withdraw(String address) {
        Route removed = routes.remove(address);
        bump();
        if (removed != null) {
            watcher.removed(removed);
        }
    }

    void publish(Divert divert) {
        diverts.put(divert.name(), divert);
        bump();
    }

    void withdraw(Divert divert) {
        diverts.remove(divert.name());
        bump();
    }

    void publish(Queue queue) {
        queues.put(queue.name(), queue);
        bump();
        watcher.added(queue);
    }

    void withdraw(Queue queue) {
        boolean removed = queues.remove(queue.name(), queue);
        bump();
        if (removed) {
            watcher.removed(queue);
        }
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    private void bump() {
        version = version + 1;
    }
}
