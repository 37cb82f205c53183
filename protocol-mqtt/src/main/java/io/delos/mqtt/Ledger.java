package io.delos.mqtt;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who is connected on one loop, which owns this. */
final class Ledger {

    private final Map<String, Attended> attended = new HashMap<>();

    /** The client has been let in. */
    void enter(Attended one) {
        attended.put(one.session().clientId(), one);
    }

    /** Its connection has ended; harmless if another connection of its session has come to this loop. */
    void leave(Attended one) {
        attended.remove(one.session().clientId(), one);
    }

    Optional<Attended> find(String clientId) {
        return Optional.ofNullable(attended.get(clientId));
    }

    Collection<Attended> all() {
        return attended.values();
    }
}
