package io.delos.management;

import io.delos.broker.Client;
import io.delos.broker.Produced;
import io.delos.broker.Session;
import io.delos.broker.Subscription;
import io.delos.config.QueueConfig;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What lists say of sessions, consumers and producers (management, 4.1 and 6); on the loops of those. Stateless. */
final class SessionRows {

    private static final String OK = "OK";

    private SessionRows() {
    }

    static Map<String, Object> session(Session session) {
        Client client = session.client();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", session.name());
        row.put("user", client.user());
        row.put("validatedUser", client.user());
        row.put("creationTime", new Date(session.since()).toString());
        row.put("consumerCount", session.subscriptions().size());
        row.put("producerCount", session.produced().size());
        row.put("connectionID", client.connectionId());
        row.put("clientID", client.clientId());
        return row;
    }

    static Map<String, Object> consumer(Subscription subscription) {
        Client client = subscription.session().client();
        QueueConfig queue = subscription.source().config();
        Subscription.Progress progress = subscription.progress();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", Long.toString(subscription.number()));
        row.put("session", subscription.session().name());
        row.put("clientID", client.clientId());
        row.put("user", client.user());
        row.put("validatedUser", client.user());
        row.put("protocol", client.protocol());
        row.put("queue", queue.name());
        row.put("queueType", queue.routingType().name().toLowerCase(Locale.ROOT));
        row.put("filter", subscription.selector());
        row.put("address", queue.address());
        row.put("localAddress", client.localAddress());
        row.put("remoteAddress", client.remoteAddress());
        row.put("creationTime", new Date(progress.since()).toString());
        row.put("messagesInTransit", Long.toString(progress.inTransit()));
        row.put("messagesInTransitSize", Long.toString(progress.inTransitBytes()));
        row.put("messagesDelivered", Long.toString(progress.delivered()));
        row.put("messagesDeliveredSize", Long.toString(progress.deliveredBytes()));
        row.put("messagesAcknowledged", Long.toString(progress.settled()));
        row.put("messagesAcknowledgedAwaitingCommit", "0");
        row.put("lastDeliveredTime", progress.deliveredAt());
        row.put("lastAcknowledgedTime", progress.settledAt());
        row.put("status", OK);
        return row;
    }

    /** What can be filtered by beside what the row shows. */
    static Map<String, Object> consumerFields(Subscription subscription) {
        return Map.of("connection", subscription.session().client().connectionId(), "sequentialId", Long.toString(subscription.number()),
                "browseOnly", Boolean.toString(subscription.browsing()));
    }

    static Map<String, Object> consumerOfQueue(Subscription subscription) {
        Subscription.Progress progress = subscription.progress();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("consumerID", number(subscription.name()));
        row.put("sequentialId", subscription.number());
        row.put("connectionID", subscription.session().client().connectionId());
        row.put("sessionID", subscription.session().name());
        row.put("browseOnly", subscription.browsing());
        row.put("creationTime", progress.since());
        if (!subscription.selector().isEmpty()) {
            row.put("filter", subscription.selector());
        }
        row.put("messagesInTransit", progress.inTransit());
        row.put("messagesInTransitSize", progress.inTransitBytes());
        row.put("messagesDelivered", progress.delivered());
        row.put("messagesDeliveredSize", progress.deliveredBytes());
        row.put("messagesAcknowledged", progress.settled());
        row.put("messagesAcknowledgedAwaitingCommit", 0);
        row.put("lastDeliveredTime", progress.deliveredAt());
        row.put("lastAcknowledgedTime", progress.settledAt());
        row.put("status", OK);
        return row;
    }

    /** The same, as the broker as a whole lists it. */
    static Map<String, Object> consumerOfBroker(Subscription subscription) {
        Map<String, Object> row = consumerOfQueue(subscription);
        row.put("queueName", subscription.source().name());
        row.put("deliveringCount", subscription.progress().inTransit());
        return row;
    }

    /** A number as such, another name as it is. */
    static Object number(String name) {
        try {
            return Long.valueOf(name);
        } catch (NumberFormatException text) {
            return name;
        }
    }

    /** The same in short. */
    static Map<String, Object> producerInShort(Session session, Produced produced) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", Long.toString(produced.number()));
        row.put("name", session.name() + ":" + produced.number());
        row.put("connectionID", session.client().connectionId());
        row.put("sessionID", session.name());
        row.put("creationTime", Long.toString(produced.since()));
        row.put("destination", produced.address());
        row.put("lastProducedMessageID", null);
        row.put("msgSent", produced.messages());
        row.put("msgSizeSent", produced.bytes());
        return row;
    }

    static Map<String, Object> producer(Session session, Produced produced) {
        Client client = session.client();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", Long.toString(produced.number()));
        row.put("name", session.name() + ":" + produced.number());
        row.put("session", session.name());
        row.put("clientID", client.clientId());
        row.put("user", client.user());
        row.put("validatedUser", client.user());
        row.put("protocol", client.protocol());
        row.put("address", produced.address());
        row.put("localAddress", client.localAddress());
        row.put("remoteAddress", client.remoteAddress());
        row.put("creationTime", Long.toString(produced.since()));
        row.put("msgSent", produced.messages());
        row.put("msgSizeSent", produced.bytes());
        row.put("lastProducedMessageID", "");
        return row;
    }
}
