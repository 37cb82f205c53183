package io.delos.broker;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

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

    void remove(Client client) {
        open.remove(client);
    }

    void sessionOpened() {
        sessions.incrementAndGet();
        totalSessions.incrementAndGet();
    }

    void sessionClosed() {
        sessions.decrementAndGet();
    }

    /** A live view. */
    public Collection<Client> all() {
        return open;
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
