package io.delos.management;

import io.delos.broker.Administration;
import io.delos.config.QueueConfig;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;

/** What can be read of and asked of one queue (management, section 4). Stateless. */
final class QueueResource {

    private QueueResource() {
    }

    static Resource of(Queue queue, Administration administration) {
        QueueConfig config = queue.config();
        QueueCounters counters = queue.counters();
        Resource resource = new Resource();
        resource.attribute("Name", queue::name).attribute("Address", queue::address).attribute("ID", queue::id)
                .attribute("RoutingType", () -> queue.routingType().name()).attribute("Filter", config::filter)
                .attribute("User", config::user).attribute("Durable", config::durable).attribute("Temporary", config::temporary)
                .attribute("Paused", queue::paused).attribute("PersistedPause", () -> false);
        resource.attribute("MessageCount", counters::messages).attribute("ConsumerCount", counters::consumers)
                .attribute("DeliveringCount", counters::delivering).attribute("ScheduledCount", counters::scheduled)
                .attribute("MessagesAdded", counters::added).attribute("MessagesAcknowledged", counters::acknowledged)
                .attribute("MessagesExpired", counters::expired).attribute("MessagesKilled", counters::killed)
                .attribute("DurableMessageCount", counters::durableMessages).attribute("PersistentSize", counters::bytes);
        resource.attribute("DeadLetterAddress", () -> queue.settings().deadLetters().address())
                .attribute("ExpiryAddress", () -> queue.settings().expiry().address())
                .attribute("MaxConsumers", config::maxConsumers).attribute("Exclusive", config::exclusive)
                .attribute("LastValue", config::lastValue).attribute("LastValueKey", config::lastValueKey)
                .attribute("RingSize", config::ringSize).attribute("GroupBuckets", config::groupBuckets)
                .attribute("PurgeOnNoConsumers", config::purgeOnNoConsumers).attribute("Enabled", config::enabled)
                .attribute("AutoDelete", config::autoDelete).attribute("InternalQueue", config::internal);
        resource.operation("removeAllMessages", 0, given -> Asking.<Long>of(
                reply -> administration.removeMessages(queue, queue.loop(), reply), count -> count));
        resource.operation("pause", 0, given -> Asking.on(queue, q -> pause(q, true)));
        resource.operation("pause", 1, given -> Asking.on(queue, q -> pause(q, true)));
        resource.operation("resume", 0, given -> Asking.on(queue, q -> pause(q, false)));
        resource.operation("countMessages", 0, given -> Asking.on(queue, q -> q.counters().messages()));
        resource.operation("flushExecutor", 0, given -> Asking.on(queue, q -> null));
        return resource;
    }

    private static Object pause(Queue queue, boolean pause) {
        queue.pause(pause);
        return null;
    }
}
