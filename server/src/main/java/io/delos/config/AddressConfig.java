package io.delos.config;

import java.util.List;
import java.util.Set;

/** An address the configuration asks for, and its queues. */
public record AddressConfig(String name, Set<RoutingType> routingTypes, List<QueueRequest> queues) {
    public AddressConfig {
        routingTypes = Set.copyOf(routingTypes);
        queues = List.copyOf(queues);
    }
}
