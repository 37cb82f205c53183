package io.delos.core;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions that may go on over another connection, by their names, which clients make unique. Any thread. */
final class Resumable {
    private final Map<String, CoreHome> homes = new ConcurrentHashMap<>();

    void add(String session, CoreHome home) {
        homes.putIfAbsent(session, home);
    }

    void remove(String session, CoreHome home) {
        homes.remove(session, home);
    }

    Optional<CoreHome> find(String session) {
        return Optional.ofNullable(homes.get(session));
    }
}
