package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.AddressSettings;
import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import java.util.List;
import java.util.Set;

/** What is known of an address at one moment. */
public record AddressInfo(String name, Set<RoutingType> routingTypes, List<String> queues, boolean autoCreated, boolean temporary,
                          AddressSettings settings) {

    static AddressInfo of(Route route) {
        return new AddressInfo(route.address(), route.types(), route.queues().stream().map(Queue::name).toList(), route.autoCreated(),
                route.temporary(), route.settings());
    }
}
