package io.delos.broker;

import io.delos.loop.Loop;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** Who holds which client id. Owned by the control loop; others ask through {@link #claim} and {@link #release}. */
final class ClientNames {

    private record Holder(Client client, Runnable onTakenOver) { }

    private record Waiter(Client client, Runnable onTakenOver, Reply<Boolean> done) { }

    private final Loop control;
    private final Map<String, Holder> holders = new HashMap<>();
    private final Map<String, Queue<Waiter>> waiters = new HashMap<>();

    ClientNames(Loop control) {
        this.control = control;
    }

    void claim(String name, Client client, boolean takeOver, Runnable onTakenOver, Reply<Boolean> done) {
        control.post(() -> {
            Holder holder = holders.get(name);
            if (holder == null) {
                holders.put(name, new Holder(client, onTakenOver));
                client.loop().post(() -> done.done(false));
            } else if (!takeOver) {
                client.loop().post(() -> done.failed(new BrokerException(Reason.NAME_IN_USE,
                        "the client id " + name + " is in use by the connection from " + holder.client().remoteAddress())));
            } else {
                Queue<Waiter> line = waiters.computeIfAbsent(name, n -> new ArrayDeque<>());
                line.add(new Waiter(client, onTakenOver, done));
                holder.client().loop().post(holder.onTakenOver());
            }
        });
    }

    void release(String name, Client client) {
        control.post(() -> {
            Holder holder = holders.get(name);
            if (holder == null || holder.client() != client) {
                return;
            }
            Queue<Waiter> line = waiters.get(name);
            Waiter next = line == null ? null : line.poll();
            if (next == null) {
                holders.remove(name);
                waiters.remove(name);
                return;
            }
            holders.put(name, new Holder(next.client(), next.onTakenOver()));
            next.client().loop().post(() -> next.done().done(true));
            if (!line.isEmpty()) {
                next.client().loop().post(next.onTakenOver());
            }
        });
    }
}
