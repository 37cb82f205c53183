package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.spi.SessionDirectory.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is shown of sessions and their subscriptions. Any thread, but for what is connected: that on its own loop. */
final class SessionRows {

    /** As operators write it. */
    private static final long NEVER = -1;

    private final Broker broker;
    private final TopicNames names;
    private final StoredSessions stored;

    SessionRows(Broker broker) {
        this.broker = broker;
        this.names = new TopicNames(broker.config().wildcards());
        this.stored = new StoredSessions(broker);
    }

    /** Of a session whose client is connected. */
    Row session(Attended one) {
        MqttSession session = one.session();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("clientID", session.clientId());
        row.put("connected", true);
        row.put("version", session.level().version());
        row.put("user", one.client().user());
        row.put("connectionID", one.client().connectionId());
        row.put("remoteAddress", one.client().remoteAddress());
        row.put("since", one.client().since());
        row.put("expiryInterval", expiry(session.expirySeconds()));
        row.put("keepAlive", one.keepAlive());
        row.put("subscriptionCount", session.subscriptions().size());
        row.put("sentInFlight", one.sent());
        row.put("receivedInFlight", one.received());
        will(row, session.will());
        List<String> queues = new ArrayList<>(List.of(BegunQueue.name(broker, session.clientId())));
        session.subscriptions().stream().filter(each -> !each.filter().shared() && !each.lent()).forEach(each -> queues.add(each.queue()));
        return new Row(row, queues);
    }

    /** Of a session whose client is away. */
    Row session(String clientId, SessionRecord record) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("clientID", clientId);
        row.put("connected", false);
        row.put("version", record.level() == 0 ? "" : MqttLevel.of(record.level()).version());
        row.put("user", "");
        row.put("connectionID", "");
        row.put("remoteAddress", "");
        row.put("since", record.attached() ? 0L : record.since());
        row.put("expiryInterval", expiry(record.expirySeconds()));
        row.put("keepAlive", 0);
        Collection<SubscriptionOptions> subscriptions = stored.subscriptions(clientId, record);
        row.put("subscriptionCount", subscriptions.size());
        row.put("sentInFlight", record.underWay().size() + broker.recallAll(Keys.sent(clientId)).size());
        row.put("receivedInFlight", broker.recallAll(Keys.received(clientId)).size());
        will(row, broker.recall(Keys.will(clientId)).map(WillRecord::read).map(WillRecord::will));
        List<String> queues = new ArrayList<>(List.of(BegunQueue.name(broker, clientId)));
        subscriptions.forEach(each -> TopicFilter.parse(each.filter()).filter(filter -> !filter.shared())
                .ifPresent(filter -> queues.add(queue(clientId, filter))));
        return new Row(row, queues);
    }

    private static long expiry(long seconds) {
        return seconds == SessionRecord.NEVER ? NEVER : seconds;
    }

    private static void will(Map<String, Object> row, Optional<Will> will) {
        row.put("willTopic", will.map(Will::topic).orElse(""));
        row.put("willQoS", will.map(wanted -> Publication.of(wanted.draft().bytes()).qos()).orElse(0));
        row.put("willRetain", will.map(Will::retain).orElse(false));
        row.put("willDelay", will.map(Will::delaySeconds).orElse(0L));
    }

    /** Of the subscriptions of a client that is connected. */
    List<Row> subscriptions(Attended one) {
        return one.session().subscriptions().stream().map(each -> subscription(one.session().clientId(), true, each.options(), each.queue())).toList();
    }

    /** Of the subscriptions of a client that is away. */
    List<Row> subscriptions(String clientId, SessionRecord record) {
        List<Row> rows = new ArrayList<>();
        stored.subscriptions(clientId, record).forEach(each -> TopicFilter.parse(each.filter())
                .ifPresent(filter -> rows.add(subscription(clientId, false, each, queue(clientId, filter)))));
        return rows;
    }

    private String queue(String clientId, TopicFilter filter) {
        return filter.queue(clientId, names.pattern(filter.filter()));
    }

    private static Row subscription(String clientId, boolean connected, SubscriptionOptions options, String queue) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("clientID", clientId);
        row.put("connected", connected);
        row.put("filter", options.filter());
        row.put("shared", options.filter().startsWith(TopicFilter.SHARE));
        row.put("qos", options.qos());
        row.put("noLocal", options.noLocal());
        row.put("retainAsPublished", options.retainAsPublished());
        row.put("retainHandling", options.retainHandling());
        row.put("identifier", options.identifier());
        row.put("queue", queue);
        return new Row(row, List.of(queue));
    }
}
