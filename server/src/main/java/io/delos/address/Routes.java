package io.delos.address;

import io.delos.queue.Queue;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Address to route, queue and divert by name: what the book has published. Written by the control loop, read by anybody. */
public final class Routes {

    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final Map<String, Queue> queues = new ConcurrentHashMap<>();
    private final Map<String, Divert> diverts = new ConcurrentHashMap<>();
    private volatile long version;

    /** Grows whenever anything changes; who keeps a route asks this first. */
    public long version() {
        return version;
    }

    public Optional<Route> find(String address) {
        return Optional.ofNullable(routes.get(address));
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

    void publish(Route route) {
        routes.put(route.address(), route);
        bump();
    }

    void withdraw(String address) {
        routes.remove(address);
        bump();
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
    }

    void withdraw(Queue queue) {
        queues.remove(queue.name(), queue);
        bump();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    private void bump() {
        version = version + 1;
    }
}
