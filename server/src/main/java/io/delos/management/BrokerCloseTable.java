package io.delos.management;

import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Session;
import io.delos.broker.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Ends connections, sessions and consumers (management, section 2.2); each answers whether there was one. Stateless. */
final class BrokerCloseTable {

    private BrokerCloseTable() {
    }

    static void declare(Table<Desk> table) {
        table.immediate("boolean closeConnectionWithID(String ID)", (desk, given) -> close(desk, client -> client.connectionId().equals(given.text(0))))
                .immediate("boolean closeConnectionsForAddress(String ipAddress)",
                        (desk, given) -> close(desk, client -> client.remoteAddress().startsWith(given.text(0))))
                .immediate("boolean closeConnectionsForUser(String userName)", (desk, given) -> close(desk, client -> client.user().equals(given.text(0))))
                .immediate("boolean closeConnectionWithClientID(String clientID)",
                        (desk, given) -> close(desk, client -> !given.text(0).isEmpty() && client.clientId().equals(given.text(0))))
                .operation("boolean closeConsumerConnectionsForAddress(String address)", (desk, given) ->
                        each(desk, session -> session.subscriptions().stream().anyMatch(one -> one.source().address().equals(given.text(0))),
                                session -> session.client().disconnect()));
        table.operation("boolean closeSessionWithID(String connectionID, String ID)", (desk, given) -> closeSession(desk, given))
                .operation("boolean closeSessionWithID(String connectionID, String ID, boolean force)", (desk, given) -> closeSession(desk, given))
                .operation("boolean closeConsumerWithID(String sessionID, String ID)", (desk, given) -> closeConsumer(desk, given));
    }

    private static boolean close(Desk desk, Predicate<Client> whose) {
        List<Client> found = desk.broker().clients().all().stream().filter(whose).toList();
        found.forEach(Client::disconnect);
        return !found.isEmpty();
    }

    /** Something that ends a session or a part of it; on its loop. */
    private interface End {
        void of(Session session);
    }

    private static CompletableFuture<Object> each(Desk desk, Predicate<Session> which, End end) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        desk.broker().clients().<Boolean>ask((client, found) -> client.sessions().stream().filter(which).forEach(session -> {
            found.add(true);
            end.of(session);
        }), desk.loop(), found -> future.complete(!found.isEmpty()));
        return future;
    }

    private static CompletableFuture<Object> closeSession(Desk desk, Arguments given) {
        return each(desk, session -> session.name().equals(given.text(1)) && session.client().connectionId().equals(given.text(0)),
                session -> {
                    session.subscriptions().forEach(BrokerCloseTable::kick);
                    session.close(Outcome.RELEASED);
                });
    }

    private static CompletableFuture<Object> closeConsumer(Desk desk, Arguments given) {
        Predicate<Subscription> wanted = one -> Long.toString(one.number()).equals(given.text(1));
        return each(desk, session -> session.name().equals(given.text(0)) && session.subscriptions().stream().anyMatch(wanted),
                session -> session.subscriptions().stream().filter(wanted).forEach(BrokerCloseTable::kick));
    }

    private static void kick(Subscription subscription) {
        subscription.kick(new BrokerException(Reason.UNAVAILABLE, "the consumer was closed by management"));
    }
}
