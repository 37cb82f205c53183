package io.delos.amqp;

import io.delos.config.RoutingType;
import java.util.List;
import java.util.Optional;

/** Beginnings of names that say what kind of address is meant, and are taken off (AMQP document, section 12). Immutable. */
record Prefixes(List<String> anycast, List<String> multicast) {

    /** A name without its prefix, and what the prefix said. */
    record Stripped(String name, Optional<RoutingType> type) { }

    Stripped strip(String name) {
        for (String prefix : anycast) {
            if (name.startsWith(prefix)) {
                return new Stripped(name.substring(prefix.length()), Optional.of(RoutingType.ANYCAST));
            }
        }
        for (String prefix : multicast) {
            if (name.startsWith(prefix)) {
                return new Stripped(name.substring(prefix.length()), Optional.of(RoutingType.MULTICAST));
            }
        }
        return new Stripped(name, Optional.empty());
    }
}
