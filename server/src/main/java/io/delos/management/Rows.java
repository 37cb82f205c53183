package io.delos.management;

import io.delos.address.Route;
import io.delos.broker.Client;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What a row of each paged list says (management, section 6); numbers are texts where Artemis has them so. Stateless. */
final class Rows {

    private Rows() {
    }

    static Map<String, Object> queue(Queue queue) {
        QueueConfig config = queue.config();
        QueueCounters counters = queue.counters();
        Map<String, Object> row = new LinkedHashMap<>();
        put(row, "id", queue.id());
        put(row, "name", queue.name());
        put(row, "address", queue.address());
        put(row, "filter", config.filter());
        put(row, "durable", config.durable());
        put(row, "paused", queue.paused());
        put(row, "persistedPause", false);
        put(row, "temporary", config.temporary());
        put(row, "purgeOnNoConsumers", config.purgeOnNoConsumers());
        put(row, "consumerCount", counters.consumers());
        put(row, "maxConsumers", config.maxConsumers());
        put(row, "autoCreated", config.autoCreated());
        put(row, "user", config.user());
        put(row, "routingType", config.routingType());
        put(row, "messagesAdded", counters.added());
        put(row, "messageCount", counters.messages());
        put(row, "messagesAcked", counters.acknowledged());
        put(row, "messagesExpired", counters.expired());
        put(row, "deliveringCount", counters.delivering());
        put(row, "messagesKilled", counters.killed());
        put(row, "directDeliver", true);
        put(row, "exclusive", config.exclusive());
        put(row, "lastValue", config.lastValue());
        put(row, "lastValueKey", config.lastValueKey());
        put(row, "scheduledCount", counters.scheduled());
        put(row, "groupRebalance", config.groupRebalance());
        put(row, "groupRebalancePauseDispatch", config.groupRebalancePauseDispatch());
        put(row, "groupBuckets", config.groupBuckets());
        put(row, "groupFirstKey", config.groupFirstKey());
        put(row, "enabled", config.enabled());
        put(row, "ringSize", config.ringSize());
        put(row, "consumersBeforeDispatch", config.consumersBeforeDispatch());
        put(row, "delayBeforeDispatch", config.delayBeforeDispatch());
        put(row, "autoDelete", config.autoDelete());
        put(row, "internalQueue", config.internal());
        return row;
    }

    static Map<String, Object> address(Route route) {
        Map<String, Object> row = new LinkedHashMap<>();
        put(row, "name", route.address());
        put(row, "routingTypes", PagedList.text(typeNames(route)));
        put(row, "queueCount", route.queues().size());
        put(row, "internal", false);
        put(row, "temporary", route.temporary());
        put(row, "autoCreated", route.autoCreated());
        put(row, "paused", false);
        put(row, "currentDuplicateIdCacheSize", route.duplicates().size());
        put(row, "unroutedMessageCount", route.counters().unrouted());
        put(row, "routedMessageCount", route.counters().routed());
        put(row, "messageCount", messages(route));
        put(row, "addressSize", route.usage().bytes());
        put(row, "addressLimitPercent", route.usage().percentFull());
        put(row, "paging", paging(route));
        return row;
    }

    static Map<String, Object> connection(Client client) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("connectionID", client.connectionId());
        row.put("remoteAddress", client.remoteAddress());
        row.put("users", client.user());
        row.put("creationTime", new Date(client.since()).toString());
        row.put("protocol", client.protocol());
        row.put("clientID", client.clientId());
        row.put("sessionCount", client.sessionCount());
        return row;
    }

    private static void put(Map<String, Object> row, String name, Object value) {
        row.put(name, String.valueOf(value));
    }

    static List<String> typeNames(Route route) {
        return new TreeSet<>(route.types()).stream().map(RoutingType::name).toList();
    }

    static long messages(Route route) {
        return route.queues().stream().mapToLong(queue -> queue.counters().messages()).sum();
    }

    /** Whether some of its messages are represented by references only. */
    static boolean paging(Route route) {
        return route.usage().paging() || route.queues().stream().anyMatch(queue -> queue.counters().backlog() > 0);
    }

    /** {@code Address [name=…, routingTypes={…}, autoCreated=…]}. */
    static String describe(String name, Iterable<String> types, boolean autoCreated) {
        return String.format(Locale.ROOT, "Address [name=%s, routingTypes={%s}, autoCreated=%s]", name, String.join(",", types), autoCreated);
    }
}
