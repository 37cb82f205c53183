package io.delos.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who holds which client id, and who waits for it. Any thread; clients ask on their own loops, and what others have to hear is posted to
 * theirs. A name nobody holds is claimed without asking anybody, for every connection claims one. Each change of a name's state is one step
 * of the map.
 */
final class ClientNames {

    private record Waiter(Client client, Runnable onTakenOver, Reply<Boolean> done) { }

    /** The holder of a name, and the line of those who take it over one after the other. */
    private record Held(Client client, Runnable onTakenOver, List<Waiter> line) {

        Held joinedBy(Waiter last) {
            List<Waiter> longer = new ArrayList<>(line);
            longer.add(last);
            return new Held(client, onTakenOver, List.copyOf(longer));
        }

        Held passedOn() {
            Waiter next = line.get(0);
            return new Held(next.client, next.onTakenOver, List.copyOf(line.subList(1, line.size())));
        }

        void askToLeave() {
            client.loop().post(onTakenOver);
        }
    }

    private final Map<String, Held> names = new ConcurrentHashMap<>();

    /** As {@link Client#claim}; called on the client's loop. */
    void claim(String name, Client client, boolean takeOver, Runnable onTakenOver, Reply<Boolean> done) {
        Held mine = new Held(client, onTakenOver, List.of());
        Held held = names.putIfAbsent(name, mine);
        while (held != null) {
            if (!takeOver) {
                done.failed(new BrokerException(Reason.NAME_IN_USE,
                        "the client id " + name + " is in use by the connection from " + held.client.remoteAddress()));
                return;
            }
            if (names.replace(name, held, held.joinedBy(new Waiter(client, onTakenOver, done)))) {
                held.askToLeave();
                return;
            }
            held = names.putIfAbsent(name, mine);
        }
        done.done(false);
    }

    /** Gives the name up, to who is next in line; harmless if the client doesn't hold it. */
    void release(String name, Client client) {
        Held held = names.get(name);
        while (held != null && held.client == client) {
            if (held.line.isEmpty()) {
                if (names.remove(name, held)) {
                    return;
                }
            } else if (names.replace(name, held, held.passedOn())) {
                handOver(held.line);
                return;
            }
            held = names.get(name);
        }
    }

    private static void handOver(List<Waiter> line) {
        Waiter next = line.get(0);
        next.client.loop().post(() -> next.done.done(true));
        if (line.size() > 1) {
            next.client.loop().post(next.onTakenOver);
        }
    }
}
