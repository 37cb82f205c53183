package io.delos.stomp;

import io.delos.config.RoutingType;
import java.util.List;
import java.util.Optional;

/** What clients call addresses, on one acceptor (section 4). Immutable. */
record Destinations(List<String> anycastPrefixes, List<String> multicastPrefixes) {

    /**
     * A destination taken apart.
     *
     * @param address the address, or an FQQN, without prefix
     * @param prefix  what stood before it; empty for nothing
     * @param type    the routing type that was asked for; empty if none was
     */
    record Target(String address, String prefix, Optional<RoutingType> type) {

        /** Whether it names a queue, not an address. */
        boolean qualified() {
            return address.contains("::");
        }
    }

    /** Reads a destination; IllegalArgumentException with a sentence when the type isn't one. */
    Target of(String destination, String type) {
        Optional<RoutingType> asked = type.isEmpty() ? Optional.empty() : Optional.of(RoutingType.valueOf(type));
        for (String prefix : anycastPrefixes) {
            if (destination.startsWith(prefix)) {
                return new Target(destination.substring(prefix.length()), prefix, asked.or(() -> Optional.of(RoutingType.ANYCAST)));
            }
        }
        for (String prefix : multicastPrefixes) {
            if (destination.startsWith(prefix)) {
                return new Target(destination.substring(prefix.length()), prefix, asked.or(() -> Optional.of(RoutingType.MULTICAST)));
            }
        }
        return new Target(destination, "", asked);
    }
}
