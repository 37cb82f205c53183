package io.delos.management;

import io.delos.address.Route;
import io.delos.broker.Client;
import io.delos.broker.Clients;
import io.delos.broker.Session;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The broker's lists (management, 2.2 and 6). What belongs to connections is asked of their loops. Stateless. */
final class BrokerListTable {

    private BrokerListTable() {
    }

    static void declare(Table<Desk> table) {
        pages(table);
        consumersAndSessions(table);
        texts(table);
        names(table);
    }

    private static String parameters(String name) {
        return "String " + name + "(String options, int pageNumber, int pageSize)";
    }

    private static void pages(Table<Desk> table) {
        table.immediate(parameters("listQueues"), (desk, given) -> PagedList.of(
                        desk.broker().routes().queues().stream().map(queue -> PagedList.Row.of(Rows.queue(desk, queue))).toList(), given, "id"))
                .immediate(parameters("listAddresses"), (desk, given) -> PagedList.of(
                        desk.broker().routes().all().stream().map(route -> PagedList.Row.of(Rows.address(desk, route))).toList(), given, "id"))
                .immediate(parameters("listConnections"), (desk, given) -> PagedList.of(
                        connections(desk).stream().map(one -> PagedList.Row.of(Rows.connection(one))).toList(), given, "connectionID"));
    }

    private static List<Clients.Connected> connections(Desk desk) {
        return desk.broker().clients().connections().stream().filter(one -> one.client().loggedIn()).toList();
    }

    private static List<Client> clients(Desk desk) {
        return connections(desk).stream().map(Clients.Connected::client).toList();
    }

    /** Asks all connections, and makes something of the answers. */
    private static <T> CompletableFuture<Object> ask(Desk desk, BiConsumer<Client, List<T>> question, Function<List<T>, Object> answer) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        desk.broker().clients().<T>ask(question, desk.loop(), all -> {
            try {
                future.complete(answer.apply(all));
            } catch (RuntimeException failure) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    private static <T> BiConsumer<Client, List<T>> sessions(Function<Session, T> shown) {
        return (client, rows) -> client.sessions().forEach(session -> rows.add(shown.apply(session)));
    }

    private static void consumersAndSessions(Table<Desk> table) {
        table.operation(parameters("listSessions"), (desk, given) -> ask(desk, sessions(session -> PagedList.Row.of(SessionRows.session(session))),
                        rows -> PagedList.of(rows, given, "id")))
                .operation(parameters("listConsumers"), (desk, given) -> BrokerListTable.<PagedList.Row>ask(desk,
                        (client, rows) -> client.sessions().forEach(session -> session.subscriptions().forEach(one ->
                                rows.add(new PagedList.Row(SessionRows.consumer(one), SessionRows.consumerFields(one))))),
                        rows -> PagedList.of(rows, given, "id")))
                .operation(parameters("listProducers"), (desk, given) -> BrokerListTable.<PagedList.Row>ask(desk,
                        (client, rows) -> client.sessions().forEach(session -> session.produced().forEach(one ->
                                rows.add(PagedList.Row.of(SessionRows.producer(session, one))))),
                        rows -> PagedList.of(rows, given, "id")));
    }

    private static void texts(Table<Desk> table) {
        table.immediate("String listConnectionsAsJSON()", (desk, given) -> Json.text(connections(desk).stream().map(Rows::connectionInShort).toList()))
                .operation("String listAllSessionsAsJSON()", (desk, given) -> ask(desk, sessions(BrokerListTable::inShort), Json::text))
                .operation("String listSessionsAsJSON(String connectionID)", (desk, given) -> BrokerListTable.<Map<String, Object>>ask(desk,
                        (client, rows) -> {
                            if (client.connectionId().equals(given.text(0))) {
                                client.sessions().forEach(session -> rows.add(inShort(session)));
                            }
                        }, Json::text))
                .operation("String listAllConsumersAsJSON()", (desk, given) -> consumers(desk, client -> true))
                .operation("String listConsumersAsJSON(String connectionID)", (desk, given) ->
                        consumers(desk, client -> client.connectionId().equals(given.text(0))))
                .operation("String listProducersInfoAsJSON()", (desk, given) -> BrokerListTable.<Map<String, Object>>ask(desk,
                        (client, rows) -> client.sessions().forEach(session -> session.produced().forEach(one ->
                                rows.add(SessionRows.producerInShort(session, one)))), Json::text));
    }

    private static Map<String, Object> inShort(Session session) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("sessionID", session.name());
        row.put("creationTime", session.since());
        row.put("consumerCount", session.subscriptions().size());
        row.put("validatedUser", session.userName());
        row.put("principal", session.userName());
        return row;
    }

    private static CompletableFuture<Object> consumers(Desk desk, java.util.function.Predicate<Client> whose) {
        return BrokerListTable.<Map<String, Object>>ask(desk, (client, rows) -> {
            if (whose.test(client)) {
                client.sessions().forEach(session -> session.subscriptions().forEach(one -> rows.add(SessionRows.consumerOfBroker(one))));
            }
        }, Json::text);
    }

    private static void names(Table<Desk> table) {
        table.immediate("String[] listConnectionIDs()", (desk, given) -> clients(desk).stream().map(Client::connectionId).toList())
                .operation("String[] listSessions(String connectionID)", (desk, given) -> BrokerListTable.<String>ask(desk, (client, rows) -> {
                    if (client.connectionId().equals(given.text(0))) {
                        client.sessions().forEach(session -> rows.add(session.name()));
                    }
                }, rows -> rows))
                .immediate("String[] listRemoteAddresses()", (desk, given) -> clients(desk).stream().map(Client::remoteAddress).toList())
                .immediate("String[] listRemoteAddresses(String ipAddress)", (desk, given) -> clients(desk).stream().map(Client::remoteAddress)
                        .filter(address -> address.startsWith(given.text(0))).toList())
                .immediate("String listAddresses(String separator)", (desk, given) -> desk.broker().routes().all().stream().map(Route::address)
                        .sorted(String.CASE_INSENSITIVE_ORDER).collect(Collectors.joining(given.text(0))))
                .immediate("String[] getQueueNames()", (desk, given) -> queueNames(desk, ""))
                .immediate("String[] getQueueNames(String routingType)", (desk, given) -> queueNames(desk, given.text(0)));
    }

    private static List<String> queueNames(Desk desk, String type) {
        List<String> names = new ArrayList<>();
        for (Queue queue : desk.broker().routes().queues()) {
            if (type.isEmpty() || queue.routingType().name().equals(type.toUpperCase(Locale.ROOT))) {
                names.add(queue.name());
            }
        }
        return names;
    }
}
