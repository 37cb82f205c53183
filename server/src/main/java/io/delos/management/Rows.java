package io.delos.management;

import io.delos.address.Route;
import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.Clients;
import io.delos.config.AddressSettings;
import io.delos.config.Permission;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a row of each paged list says (management, section 6); numbers are texts where Artemis has them so. Stateless. */
final class Rows {

    /** The order in which Artemis's users know the permissions. */
    static final List<Permission> ROLE_ORDER = List.of(Permission.SEND, Permission.CONSUME, Permission.CREATE_DURABLE_QUEUE,
            Permission.DELETE_DURABLE_QUEUE, Permission.CREATE_NON_DURABLE_QUEUE, Permission.DELETE_NON_DURABLE_QUEUE, Permission.MANAGE,
            Permission.BROWSE, Permission.CREATE_ADDRESS, Permission.DELETE_ADDRESS, Permission.VIEW, Permission.EDIT);

    private Rows() {
    }

    static Map<String, Object> queue(Desk desk, Queue queue) {
        QueueConfig config = queue.config();
        QueueCounters counters = queue.counters();
        Map<String, Object> row = new LinkedHashMap<>();
        put(row, "id", queue.id());
        put(row, "name", queue.name());
        put(row, "address", queue.address());
        put(row, "filter", config.filter());
        put(row, "durable", config.durable());
        put(row, "paused", queue.paused());
        put(row, "persistedPause", desk.settings().pausedForGood(queue.name()));
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

    static Map<String, Object> address(Desk desk, Route route) {
        AddressSettings.Limits limits = route.settings().limits();
        Map<String, Object> row = new LinkedHashMap<>();
        put(row, "id", id(route));
        put(row, "name", route.address());
        put(row, "routingTypes", Json.text(typeNames(route)));
        put(row, "queueCount", route.queues().size());
        put(row, "internal", internal(desk.broker(), route.address()));
        put(row, "temporary", route.temporary());
        put(row, "autoCreated", route.autoCreated());
        put(row, "paused", paused(route));
        put(row, "currentDuplicateIdCacheSize", route.duplicates().size());
        put(row, "retroactiveResource", route.address().endsWith(".retro"));
        put(row, "unroutedMessageCount", route.counters().unrouted());
        put(row, "routedMessageCount", route.counters().routed());
        put(row, "messageCount", messages(route));
        put(row, "addressLimitPercent", route.usage().percentFull());
        put(row, "numberOfPages", pages(route));
        put(row, "addressSize", route.usage().bytes());
        put(row, "maxPageReadBytes", limits.maxReadPageBytes());
        put(row, "maxPageReadMessages", limits.maxReadPageMessages());
        put(row, "prefetchPageBytes", limits.prefetchPageBytes());
        put(row, "prefetchPageMessages", limits.prefetchPageMessages());
        put(row, "numberOfBytesPerPage", limits.pageSizeBytes());
        put(row, "paging", paging(route));
        return row;
    }

    /** Addresses have no number here but that of their first queue. */
    static long id(Route route) {
        return route.queues().isEmpty() ? 0 : route.queues().get(0).id();
    }

    static Map<String, Object> connection(Clients.Connected connected) {
        Client client = connected.client();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("connectionID", client.connectionId());
        row.put("remoteAddress", client.remoteAddress());
        row.put("users", client.user());
        row.put("creationTime", new Date(client.since()).toString());
        row.put("implementation", "Client");
        row.put("protocol", client.protocol());
        row.put("clientID", client.clientId());
        row.put("localAddress", client.localAddress());
        row.put("sessionCount", connected.sessions());
        row.put("proxyAddress", "");
        row.put("proxyProtocolVersion", "");
        return row;
    }

    /** The same in short. */
    static Map<String, Object> connectionInShort(Clients.Connected connected) {
        Client client = connected.client();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("connectionID", client.connectionId());
        row.put("clientAddress", client.remoteAddress());
        row.put("creationTime", client.since());
        row.put("implementation", "Client");
        row.put("sessionCount", connected.sessions());
        return row;
    }

    /** Whether an address is the broker's own. */
    static boolean internal(Broker broker, String address) {
        return address.equals(broker.config().management().address()) || address.startsWith("$.");
    }

    /** Whether all its queues are paused, and there are any. */
    static boolean paused(Route route) {
        return !route.queues().isEmpty() && route.queues().stream().allMatch(Queue::paused);
    }

    /** How many pages there would be of what is represented by references only: Artemis's users know how large a page is. */
    static long pages(Route route) {
        long behind = route.queues().stream().mapToLong(queue -> queue.counters().backlog() == 0 ? 0
                : queue.counters().bytes() * queue.counters().backlog() / Math.max(1, queue.counters().messages())).sum();
        long size = Math.max(1, route.settings().limits().pageSizeBytes());
        return (behind + size - 1) / size;
    }

    /** Each role that may do something on an address, and what. */
    static List<Map<String, Object>> roles(Desk desk, String address) {
        Map<Permission, Set<String>> grants = desk.broker().grants(address);
        Set<String> names = new TreeSet<>();
        grants.values().forEach(names::addAll);
        return names.stream().map(name -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", name);
            for (Permission permission : ROLE_ORDER) {
                row.put(permission.xmlName(), grants.getOrDefault(permission, Set.of()).contains(name));
            }
            return row;
        }).toList();
    }

    /** The same as rows without names. */
    static List<List<Object>> roleRows(Desk desk, String address) {
        return roles(desk, address).stream().<List<Object>>map(row -> new ArrayList<>(row.values())).toList();
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
