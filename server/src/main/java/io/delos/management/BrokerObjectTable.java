package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.address.Route;
import io.delos.broker.BrokerEvent;
import io.delos.broker.QueueInfo;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Addresses and queues, made, changed and deleted (management, section 2.2). Stateless. */
final class BrokerObjectTable {

    private BrokerObjectTable() {
    }

    static void declare(Table<Desk> table) {
        addresses(table);
        queues(table);
        oldQueues(table);
        updates(table);
        deletions(table);
    }

    private static void addresses(Table<Desk> table) {
        table.operation("String createAddress(String name, String routingTypes)", (desk, given) -> Asking.<Void>of(
                        reply -> desk.broker().administration().createAddress(given.text(0), types(given.text(1)), false, desk.loop(), reply),
                        done -> describe(desk, given.text(0))))
                .operation("String updateAddress(String name, String routingTypes)", (desk, given) -> Asking.<Void>of(
                        reply -> desk.broker().administration().updateAddress(given.text(0), types(given.text(1)), desk.loop(), reply),
                        done -> describe(desk, given.text(0))))
                .operation("void deleteAddress(String name)", (desk, given) -> deleteAddress(desk, given.text(0), false))
                .operation("void deleteAddress(String name, boolean force)", (desk, given) -> deleteAddress(desk, given.text(0), given.flag(1)))
                .immediate("String getAddressInfo(String address)", (desk, given) -> describe(desk, given.text(0)))
                .immediate("String listBindingsForAddress(String address)", (desk, given) -> bindings(desk, given.text(0)));
    }

    private static CompletableFuture<Object> deleteAddress(Desk desk, String name, boolean force) {
        return Asking.<Void>of(reply -> desk.broker().administration().deleteAddress(name, force, desk.loop(), reply), done -> null);
    }

    private static String describe(Desk desk, String name) {
        Route route = desk.route(name);
        return Rows.describe(name, Rows.typeNames(route), route.autoCreated());
    }

    private static String bindings(Desk desk, String name) {
        StringBuilder lines = new StringBuilder();
        for (Queue queue : desk.route(name).queues()) {
            lines.append(lines.length() == 0 ? "" : "\n").append("LocalQueueBinding [address=").append(queue.address()).append(", queue=QueueImpl[name=")
                    .append(queue.name()).append(", filter=").append(QueueTable.orNull(queue.config().filter())).append("]]");
        }
        return lines.toString();
    }

    private static Set<RoutingType> types(String names) {
        EnumSet<RoutingType> types = EnumSet.noneOf(RoutingType.class);
        for (String name : names.split(",")) {
            if (!name.isBlank()) {
                types.add(type(name.trim()));
            }
        }
        return types;
    }

    static RoutingType type(String name) {
        for (RoutingType type : RoutingType.values()) {
            if (type.name().equals(name.toUpperCase(Locale.ROOT))) {
                return type;
            }
        }
        throw new ManagementException("no routing type " + name + "; there are ANYCAST and MULTICAST");
    }

    private static void queues(Table<Desk> table) {
        table.operation("String createQueue(String queueConfiguration)", (desk, given) -> create(desk, given.text(0), false))
                .operation("String createQueue(String queueConfiguration, boolean ignoreIfExists)",
                        (desk, given) -> create(desk, given.text(0), given.flag(1)))
                .operation("String updateQueue(String queueConfiguration)", (desk, given) -> {
                    JsonNode wanted = Json.read(given.text(0));
                    return update(desk, wanted.path("name").asText(), QueueJson.attributes(wanted)).thenApply(info ->
                            QueueJson.text((QueueInfo) info, true));
                });
    }

    private static CompletableFuture<Object> create(Desk desk, String json, boolean ignoreIfExists) {
        JsonNode wanted = Json.read(json);
        QueueRequest request = QueueJson.request(wanted, json);
        boolean mayMakeAddress = wanted.path("auto-create-address")
                .asBoolean(desk.broker().settingsFor(request.address()).creation().createAddresses());
        return create(desk, request, ignoreIfExists, mayMakeAddress).thenApply(info -> QueueJson.text((QueueInfo) info, request.given("enabled").isPresent()));
    }

    private static CompletableFuture<Object> create(Desk desk, QueueRequest request, boolean ignoreIfExists, boolean mayMakeAddress) {
        if (desk.broker().routes().find(request.address()).isEmpty() && !mayMakeAddress) {
            throw new ManagementException("AMQ229203: Address Does Not Exist: " + request.address());
        }
        return Asking.<QueueInfo>of(reply -> desk.broker().administration().createQueue(request, ignoreIfExists, false, desk.loop(), reply), info -> info);
    }

    private static void oldQueues(Table<Desk> table) {
        old(table, "void createQueue(String address, String name)");
        old(table, "void createQueue(String address, String name, String routingType)");
        old(table, "void createQueue(String address, String name, boolean durable)");
        old(table, "void createQueue(String address, String name, String filter, boolean durable)");
        old(table, "void createQueue(String address, String name, boolean durable, String routingType)");
        old(table, "void createQueue(String address, String name, String filter, boolean durable, String routingType)");
        old(table, "void deployQueue(String address, String name, String filter)");
        old(table, "void deployQueue(String address, String name, String filter, boolean durable)");
        String rest = ", int maxConsumers, boolean purgeOnNoConsumers";
        String head = "String createQueue(String address, String routingType, String name, String filter, boolean durable" + rest;
        old(table, head + ", boolean autoCreateAddress)");
        String rich = head + ", boolean exclusive, boolean groupRebalance, int groupBuckets";
        String kind = ", boolean lastValue, String lastValueKey, boolean nonDestructive, int consumersBeforeDispatch, long delayBeforeDispatch";
        String end = ", boolean autoDelete, long autoDeleteDelay, long autoDeleteMessageCount, boolean autoCreateAddress";
        old(table, rich + kind + ", boolean autoCreateAddress)");
        old(table, rich + kind + end + ")");
        old(table, rich + ", String groupFirstKey" + kind + end + ")");
        old(table, rich + ", String groupFirstKey" + kind + end + ", long ringSize)");
    }

    /** A form from before there was JSON: its parameters are attributes by their names. */
    private static void old(Table<Desk> table, String declaration) {
        Signature signature = Signature.parse(declaration);
        table.operation(declaration, (desk, given) -> {
            Map<String, Object> attributes = new LinkedHashMap<>();
            for (int i = 0; i < given.count(); i++) {
                if (!given.node(i).isNull()) {
                    attributes.put(QueueJson.attribute(signature.parameters().get(i).name()), given.text(i));
                }
            }
            boolean mayMakeAddress = !"false".equals(attributes.remove("auto-create-address"));
            QueueRequest request = QueueJson.request(attributes);
            return create(desk, request, false, mayMakeAddress).thenApply(info ->
                    signature.returns().equals("void") ? null : QueueJson.sentence((QueueInfo) info));
        });
    }

    private static void updates(Table<Desk> table) {
        String head = "String updateQueue(String name, String routingType, Integer maxConsumers, Boolean purgeOnNoConsumers";
        String filtered = "String updateQueue(String name, String routingType, String filter, Integer maxConsumers, Boolean purgeOnNoConsumers,"
                + " Boolean exclusive, Boolean groupRebalance, Integer groupBuckets";
        String end = ", Boolean nonDestructive, Integer consumersBeforeDispatch, Long delayBeforeDispatch, String user";
        for (String declaration : List.of(head + ")", head + ", Boolean exclusive)", head + ", Boolean exclusive, String user)",
                filtered + end + ")", filtered + ", String groupFirstKey" + end + ")", filtered + ", String groupFirstKey" + end + ", Long ringSize)")) {
            Signature signature = Signature.parse(declaration);
            table.operation(declaration, (desk, given) -> {
                Map<String, Object> attributes = new LinkedHashMap<>();
                for (int i = 2; i < given.count(); i++) {
                    if (!given.node(i).isNull()) {
                        attributes.put(QueueJson.attribute(signature.parameters().get(i).name()), given.text(i));
                    }
                }
                return update(desk, given.text(0), attributes).thenApply(info -> QueueJson.sentence((QueueInfo) info));
            });
        }
    }

    private static CompletableFuture<Object> update(Desk desk, String name, Map<String, Object> attributes) {
        return Asking.<QueueInfo>of(reply -> desk.broker().administration().updateQueue(name, attributes, desk.loop(), reply), info -> {
            desk.broker().routes().queue(name).ifPresent(queue -> desk.broker().tell(() -> new BrokerEvent.QueueUpdated(queue)));
            return info;
        });
    }

    private static void deletions(Table<Desk> table) {
        table.operation("void destroyQueue(String name)", (desk, given) -> destroy(desk, given))
                .operation("void destroyQueue(String name, boolean removeConsumers)", (desk, given) -> destroy(desk, given))
                .operation("void destroyQueue(String name, boolean removeConsumers, boolean forceAutoDeleteAddress)",
                        (desk, given) -> destroy(desk, given));
    }

    private static CompletableFuture<Object> destroy(Desk desk, Arguments given) {
        String address = desk.broker().findQueue(given.text(0)).map(Queue::address).orElse("");
        return Asking.<Void>of(reply -> desk.broker().administration().deleteQueue(given.text(0), given.isTrue(1), desk.loop(), reply), done -> null)
                .thenCompose(done -> given.isTrue(2) && desk.broker().routes().find(address).filter(r -> r.queues().isEmpty()).isPresent()
                        ? deleteAddress(desk, address, false) : Asking.nothing());
    }
}
