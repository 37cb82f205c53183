package io.delos.stomp;

import io.delos.config.RoutingType;
import io.delos.message.Destination;
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
        return said(Destination.parse(destination), asked);
    }

    /** As other protocols write where an answer should go: {@code queue://a} and its like, which a client copies out of {@code reply-to}. */
    private static Target said(Destination destination, Optional<RoutingType> asked) {
        RoutingType meant = switch (destination.kind()) {
            case QUEUE, TEMPORARY_QUEUE -> RoutingType.ANYCAST;
            case TOPIC, TEMPORARY_TOPIC -> RoutingType.MULTICAST;
            case UNKNOWN -> null;
        };
        return new Target(destination.name(), destination.kind().prefix(), asked.or(() -> Optional.ofNullable(meant)));
    }
}
