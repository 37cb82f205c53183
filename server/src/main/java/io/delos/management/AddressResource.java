package io.delos.management;

import io.delos.address.Route;
import io.delos.queue.Queue;

/** What can be read of one address (management, section 3). Stateless. */
final class AddressResource {

    private AddressResource() {
    }

    static Resource of(Route route) {
        return new Resource().attribute("Address", route::address).attribute("RoutingTypes", () -> Rows.typeNames(route))
                .attribute("RoutingTypesAsJSON", () -> PagedList.text(Rows.typeNames(route)))
                .attribute("QueueNames", () -> route.queues().stream().map(Queue::name).toList())
                .attribute("AllQueueNames", () -> route.queues().stream().map(Queue::name).toList())
                .attribute("BindingNames", () -> route.queues().stream().map(Queue::name).toList())
                .attribute("QueueCount", () -> route.queues().size())
                .attribute("MessageCount", () -> Rows.messages(route)).attribute("NumberOfMessages", () -> Rows.messages(route))
                .attribute("AddressSize", () -> route.usage().bytes()).attribute("Paging", () -> Rows.paging(route))
                .attribute("AddressLimitPercent", () -> route.usage().percentFull())
                .attribute("RoutedMessageCount", () -> route.counters().routed())
                .attribute("UnRoutedMessageCount", () -> route.counters().unrouted())
                .attribute("AutoCreated", route::autoCreated).attribute("Temporary", route::temporary)
                .attribute("CurrentDuplicateIdCacheSize", () -> route.duplicates().size());
    }
}
