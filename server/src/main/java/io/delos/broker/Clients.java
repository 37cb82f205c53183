package io.delos.broker;

import io.delos.loop.Loop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Who is connected. Any thread. */
public final class Clients {

    private final Set<Client> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong totalSessions = new AtomicLong();

    void add(Client client) {
        open.add(client);
        total.incrementAndGet();
    }

    boolean remove(Client client) {
        return open.remove(client);
    }

    void sessionOpened() {
        sessions.incrementAndGet();
        totalSessions.incrementAndGet();
    }

    void sessionClosed() {
        sessions.decrementAndGet();
    }

    /** A connection: whom it carries, and how many sessions they have. */
    public record Connected(Client client, int sessions) { }

    /**
     * What is connected, each connection once: one over which a client came back carries that client and the one it was opened for, of whom
     * the latter is shown.
     */
    public List<Connected> connections() {
        Map<String, Connected> byId = new LinkedHashMap<>();
        open.forEach(client -> byId.merge(client.connectionId(), new Connected(client, client.sessionCount()), (one, two) ->
                new Connected(one.client.since() < two.client.since() ? two.client : one.client, one.sessions + two.sessions)));
        return List.copyOf(byId.values());
    }

    /** A live view. */
    public Collection<Client> all() {
        return open;
    }

    /**
     * Asks each client on its own loop; the answers, in no order, come on {@code loop}. For what only the client's owner may look at.
     */
    public <T> void ask(BiConsumer<Client, List<T>> question, Loop loop, Consumer<List<T>> answer) {
        Map<Loop, List<Client>> byLoop = new HashMap<>();
        for (Client client : open) {
            byLoop.computeIfAbsent(client.loop(), l -> new ArrayList<>()).add(client);
        }
        List<T> all = new ArrayList<>();
        int[] left = {byLoop.size()};
        if (byLoop.isEmpty()) {
            loop.post(() -> answer.accept(all));
        }
        byLoop.forEach((owner, clients) -> owner.post(() -> {
            List<T> some = new ArrayList<>();
            clients.forEach(client -> question.accept(client, some));
            loop.post(() -> {
                all.addAll(some);
                if (--left[0] == 0) {
                    answer.accept(all);
                }
            });
        }));
    }

    /** Connections since start. */
    public long total() {
        return total.get();
    }

    public long sessions() {
        return sessions.get();
    }

    /** Sessions since start. */
    public long totalSessions() {
        return totalSessions.get();
    }
}
