package io.delos.management;

import io.delos.broker.Subscription;
import io.delos.queue.Consumer;
import io.delos.queue.Queue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The message groups of a queue and whose they are (management, section 4). Stateless. */
final class QueueGroupTable {

    private QueueGroupTable() {
    }

    static void declare(Table<QueueTarget> table) {
        table.attribute("int GroupCount", target -> target.onLoop(Queue::groups));
        table.operation("String listGroupsAsJSON()", (target, given) -> target.onLoop(Queue::groupOwners)
                        .thenCompose(groups -> list(target, groups)))
                .operation("void resetGroup(String groupID)", (target, given) -> target.tell(queue -> reset(queue, given.text(0))))
                .operation("void resetAllGroups()", (target, given) -> target.tell(queue -> queue.resetGroups("")));
    }

    private static void reset(Queue queue, String group) {
        if (!group.isEmpty()) {
            queue.resetGroups(group);
        }
    }

    @SuppressWarnings("unchecked") // what the loop answered
    private static CompletableFuture<Object> list(QueueTarget target, Object answered) {
        Map<String, Consumer> groups = (Map<String, Consumer>) answered;
        CompletableFuture<Object> future = new CompletableFuture<>();
        target.desk().broker().clients().<Map<String, Object>>ask((client, rows) -> client.sessions().forEach(session ->
                session.subscriptions().stream().filter(one -> one.source() == target.queue()).forEach(one -> add(groups, one, rows))),
                target.desk().loop(), rows -> future.complete(Json.text(rows)));
        return future;
    }

    private static void add(Map<String, Consumer> groups, Subscription subscription, List<Map<String, Object>> rows) {
        groups.forEach((group, owner) -> {
            if (subscription.isOf(owner)) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("groupID", group);
                row.put("consumerID", SessionRows.number(subscription.name()));
                row.put("connectionID", subscription.session().client().connectionId());
                row.put("sessionID", subscription.session().name());
                row.put("browseOnly", subscription.browsing());
                row.put("creationTime", subscription.progress().since());
                rows.add(row);
            }
        });
    }
}
