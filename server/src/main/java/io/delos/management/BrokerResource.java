package io.delos.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delos.address.Route;
import io.delos.broker.Administration;
import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.QueueInfo;
import io.delos.config.ConfigException;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.config.Settings;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/** What can be read of and asked of the broker as a whole (management, section 2). Stateless but for what it shows. */
final class BrokerResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Broker broker;
    private final Administration administration;
    private final Loop loop;
    private final BrokerFacts facts;

    BrokerResource(Broker broker, Loop loop, BrokerFacts facts) {
        this.broker = broker;
        this.administration = broker.administration();
        this.loop = loop;
        this.facts = facts;
    }

    Resource resource() {
        Resource resource = new Resource();
        identity(resource);
        counters(resource);
        lists(resource);
        addresses(resource);
        queues(resource);
        return resource;
    }

    private void identity(Resource resource) {
        resource.attribute("Version", facts::version).attribute("Name", broker::name).attribute("NodeID", broker::nodeId)
                .attribute("Started", () -> true).attribute("Active", () -> true).attribute("Backup", () -> false)
                .attribute("Uptime", facts::uptime).attribute("UptimeMillis", facts::uptimeMillis)
                .attribute("CurrentTimeMillis", System::currentTimeMillis).attribute("HAPolicy", () -> "Primary Only")
                .attribute("Clustered", () -> false).attribute("SharedStore", () -> false).attribute("ReplicaSync", () -> false)
                .attribute("SecurityEnabled", () -> broker.config().security().enabled())
                .attribute("PersistenceEnabled", () -> broker.config().storage().persistence())
                .attribute("ManagementAddress", () -> broker.config().management().address())
                .attribute("JournalDirectory", () -> broker.config().storage().journalDirectory())
                .attribute("MaxDiskUsage", () -> broker.config().memory().maxDiskUsage())
                .attribute("DiskStoreUsage", facts::diskUsage);
        resource.immediate("listNetworkTopology", 0, given -> "[]");
    }

    private void counters(Resource resource) {
        resource.attribute("AddressCount", () -> broker.routes().all().size())
                .attribute("QueueCount", () -> broker.routes().queues().size())
                .attribute("AddressNames", () -> new TreeSet<>(broker.routes().all().stream().map(Route::address).toList()))
                .attribute("QueueNames", () -> new TreeSet<>(broker.routes().queues().stream().map(Queue::name).toList()))
                .attribute("ConnectionCount", () -> broker.clients().all().size())
                .attribute("TotalConnectionCount", () -> broker.clients().total())
                .attribute("SessionCount", () -> broker.clients().sessions())
                .attribute("TotalSessionCount", () -> broker.clients().totalSessions())
                .attribute("TotalMessageCount", () -> sum(queue -> queue.counters().messages()))
                .attribute("TotalMessagesAdded", () -> sum(queue -> queue.counters().added()))
                .attribute("TotalMessagesAcknowledged", () -> sum(queue -> queue.counters().acknowledged()))
                .attribute("TotalConsumerCount", () -> sum(queue -> queue.counters().consumers()))
                .attribute("UnfinishedMessageBytes", () -> broker.intake().held())
                .attribute("AddressMemoryUsage", facts::windowBytes)
                .attribute("GlobalMaxSize", facts::windowLimit)
                .attribute("AddressMemoryUsagePercentage", () -> facts.windowBytes() * 100 / Math.max(1, facts.windowLimit()));
    }

    private long sum(ToLongFunction<Queue> counter) {
        return broker.routes().queues().stream().mapToLong(counter).sum();
    }

    private void lists(Resource resource) {
        resource.immediate("listQueues", 3, given -> PagedList.of(broker.routes().queues().stream().map(Rows::queue).toList(), given, "name"));
        resource.immediate("listAddresses", 3, given -> PagedList.of(broker.routes().all().stream().map(Rows::address).toList(), given, "name"));
        resource.immediate("listConnections", 3, given -> PagedList.of(
                broker.clients().all().stream().filter(Client::loggedIn).map(Rows::connection).toList(), given, "connectionID"));
        resource.immediate("listConnectionIDs", 0, given -> broker.clients().all().stream().map(Client::connectionId).toList());
        resource.immediate("closeConnectionWithID", 1, given -> {
            List<Client> found = broker.clients().all().stream().filter(c -> c.connectionId().equals(given.get(0).asText())).toList();
            found.forEach(Client::disconnect);
            return !found.isEmpty();
        });
    }

    private void addresses(Resource resource) {
        resource.operation("createAddress", 2, given -> Asking.<Void>of(
                reply -> administration.createAddress(given.get(0).asText(), types(given.get(1)), false, loop, reply),
                done -> address(given.get(0).asText())));
        resource.operation("updateAddress", 2, given -> Asking.<Void>of(
                reply -> administration.updateAddress(given.get(0).asText(), types(given.get(1)), loop, reply),
                done -> address(given.get(0).asText())));
        resource.operation("deleteAddress", 1, given -> deleteAddress(given.get(0).asText(), false));
        resource.operation("deleteAddress", 2, given -> deleteAddress(given.get(0).asText(), given.get(1).asBoolean()));
        resource.immediate("getAddressInfo", 1, given -> address(given.get(0).asText()));
        resource.immediate("listBindingsForAddress", 1, given -> bindings(given.get(0).asText()));
    }

    private CompletableFuture<Object> deleteAddress(String name, boolean force) {
        return Asking.<Void>of(reply -> administration.deleteAddress(name, force, loop, reply), done -> null);
    }

    private String address(String name) {
        Route route = route(name);
        return Rows.describe(name, Rows.typeNames(route), route.autoCreated());
    }

    private Route route(String name) {
        return broker.routes().find(name).orElseThrow(() -> new ManagementException("AMQ229203: Address Does Not Exist: " + name));
    }

    private String bindings(String name) {
        StringBuilder lines = new StringBuilder();
        for (Queue queue : route(name).queues()) {
            lines.append("LocalQueueBinding [address=").append(queue.address()).append(", queue=").append(queue.name()).append(", filter=")
                    .append(queue.config().filter()).append(", name=").append(queue.name()).append("]\n");
        }
        return lines.toString();
    }

    private static Set<RoutingType> types(JsonNode names) {
        EnumSet<RoutingType> types = EnumSet.noneOf(RoutingType.class);
        for (String name : names.asText("").split(",")) {
            if (!name.isBlank()) {
                types.add(type(name.trim()));
            }
        }
        return types;
    }

    private static RoutingType type(String name) {
        for (RoutingType type : RoutingType.values()) {
            if (type.name().equalsIgnoreCase(name)) {
                return type;
            }
        }
        throw new ManagementException("no routing type " + name + "; there are ANYCAST and MULTICAST");
    }

    private void queues(Resource resource) {
        resource.operation("createQueue", 1, given -> createQueue(given.get(0).asText(), false));
        resource.operation("createQueue", 2, given -> createQueue(given.get(0).asText(), given.get(1).asBoolean()));
        resource.operation("updateQueue", 1, given -> updateQueue(given.get(0).asText()));
        for (int arguments = 1; arguments <= 3; arguments++) {
            resource.operation("destroyQueue", arguments, this::destroyQueue);
        }
        resource.immediate("getQueueNames", 0, given -> broker.routes().queues().stream().map(Queue::name).toList());
    }

    private CompletableFuture<Object> createQueue(String json, boolean ignoreIfExists) {
        QueueRequest request = request(json);
        boolean mayMakeAddress = json(json).path("auto-create-address")
                .asBoolean(broker.settingsFor(request.address()).creation().createAddresses());
        if (broker.routes().find(request.address()).isEmpty() && !mayMakeAddress) {
            throw new ManagementException("AMQ229203: Address Does Not Exist: " + request.address());
        }
        return Asking.of(reply -> administration.createQueue(request, ignoreIfExists, false, loop, reply), this::describe);
    }

    private CompletableFuture<Object> updateQueue(String json) {
        return Asking.of(reply -> administration.updateQueue(json(json).path("name").asText(), attributes(json), loop, reply), this::describe);
    }

    private Object describe(QueueInfo info) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", info.id());
        Settings.values(info.config()).forEach((name, value) ->
                values.put(name.equals("filter") ? "filter-string" : name, value instanceof Enum<?> one ? one.name() : value));
        return PagedList.text(values);
    }

    private CompletableFuture<Object> destroyQueue(List<JsonNode> given) {
        boolean evenInUse = given.size() > 1 && given.get(1).asBoolean();
        boolean addressToo = given.size() > 2 && given.get(2).asBoolean();
        String address = broker.findQueue(given.get(0).asText()).map(Queue::address).orElse("");
        return Asking.<Void>of(reply -> administration.deleteQueue(given.get(0).asText(), evenInUse, loop, reply), done -> null)
                .thenCompose(done -> addressToo && broker.routes().find(address).filter(r -> r.queues().isEmpty()).isPresent()
                        ? deleteAddress(address, false) : CompletableFuture.completedFuture(null));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new ManagementException("not JSON: " + malformed.getOriginalMessage());
        }
    }

    private static Map<String, Object> attributes(String json) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        json(json).properties().forEach(field -> {
            if (!field.getValue().isNull() && !Set.of("id", "name", "auto-create-address", "configuration-managed", "transient", "fqqn")
                    .contains(field.getKey())) {
                attributes.put(field.getKey(), field.getValue().asText());
            }
        });
        return attributes;
    }

    private static QueueRequest request(String json) {
        JsonNode wanted = json(json);
        String name = wanted.path("name").asText("");
        if (name.isEmpty()) {
            throw new ManagementException("a queue needs a name");
        }
        Map<String, Object> attributes = attributes(json);
        RoutingType type = type(String.valueOf(attributes.getOrDefault("routing-type", "MULTICAST")));
        QueueRequest request = QueueRequest.of(name, String.valueOf(attributes.getOrDefault("address", name)), type);
        try {
            for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
                if (!attribute.getKey().equals("routing-type") && !attribute.getKey().equals("address")) {
                    request = request.with(attribute.getKey(), attribute.getValue());
                }
            }
            return request;
        } catch (ConfigException wrong) {
            throw new ManagementException(wrong.getMessage());
        }
    }
}
