package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.message.MalformedMessageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What the broker remembers of clients' sessions: of each a {@link SessionRecord}, and each subscription under a key of its own, so that one more
 * costs no more than itself. Says what is there; damaged parts are left out, and logged. Any thread.
 */
final class StoredSessions {

    private static final Logger LOG = LogManager.getLogger(StoredSessions.class);

    private final Broker broker;

    StoredSessions(Broker broker) {
        this.broker = broker;
    }

    /** The record of a client's session. */
    Optional<SessionRecord> find(String clientId) {
        try {
            return broker.recall(Keys.session(clientId)).map(SessionRecord::read);
        } catch (MalformedMessageException damaged) {
            LOG.warn("The remembered MQTT session of {} is left out: {}", clientId, damaged.getMessage());
            return Optional.empty();
        }
    }

    /** The subscriptions of the session that the record is of. */
    Collection<SubscriptionOptions> subscriptions(String clientId, SessionRecord record) {
        Map<String, SubscriptionOptions> found = new LinkedHashMap<>();
        record.subscriptions().forEach(each -> found.put(each.filter(), each));
        String prefix = Keys.subscriptions(clientId);
        for (Map.Entry<String, byte[]> entry : broker.recallAll(prefix).entrySet()) {
            String filter = entry.getKey().substring(prefix.length());
            try {
                found.put(filter, SubscriptionOptions.read(filter, entry.getValue()));
            } catch (MalformedMessageException damaged) {
                LOG.warn("A remembered subscription of MQTT client {} to {} is left out: {}", clientId, filter, damaged.getMessage());
            }
        }
        return found.values();
    }

    /** The keys of all that belongs to a client's session beside its record. */
    List<String> parts(String clientId) {
        List<String> keys = new ArrayList<>();
        for (String prefix : List.of(Keys.subscriptions(clientId), Keys.received(clientId), Keys.sent(clientId))) {
            keys.addAll(broker.recallAll(prefix).keySet());
        }
        return keys;
    }
}
