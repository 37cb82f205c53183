package io.delos.management;

import io.delos.broker.QueueInfo;
import io.delos.config.QueueConfig;
import io.delos.queue.Portions;
import io.delos.queue.QueueCounters;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What can be read of and asked of one queue (management, section 4); what concerns its messages is in {@link QueueMessageTable}. Stateless. */
final class QueueTable {

    static final Table<QueueTarget> TABLE = new Table<>("queue");

    static {
        identity();
        counters();
        attributes();
        state();
        QueueMessageTable.declare(TABLE);
        QueueViewTable.declare(TABLE);
    }

    private QueueTable() {
    }

    private static Function<QueueTarget, Object> config(Function<QueueConfig, Object> attribute) {
        return target -> attribute.apply(target.queue().config());
    }

    private static Function<QueueTarget, Object> counter(Function<QueueCounters, Object> counter) {
        return target -> counter.apply(target.queue().counters());
    }

    private static void portion(String declaration, Function<Portions, Object> part) {
        TABLE.attribute(declaration, target -> target.onLoop(queue -> part.apply(queue.glance().portions())));
    }

    /** What nobody said is null to Artemis's users. */
    static Object orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static void identity() {
        TABLE.attribute("String Name", target -> target.queue().name())
                .attribute("String Address", target -> target.queue().address())
                .attribute("long ID", target -> target.queue().id())
                .attribute("String RoutingType", target -> target.queue().routingType().name())
                .attribute("String Filter", config(c -> orNull(c.filter())))
                .attribute("String User", config(c -> orNull(c.user())))
                .attribute("boolean Durable", config(QueueConfig::durable))
                .attribute("boolean Temporary", config(QueueConfig::temporary))
                .attribute("boolean InternalQueue", config(QueueConfig::internal))
                .attribute("boolean ConfigurationManaged", config(QueueConfig::configured))
                .attribute("boolean RetroactiveResource", target -> target.queue().address().endsWith(".retro"))
                .attribute("String DeadLetterAddress", target -> orNull(target.queue().settings().deadLetters().address()))
                .attribute("String ExpiryAddress", target -> orNull(target.queue().settings().expiry().address()));
    }

    private static void counters() {
        TABLE.attribute("long MessageCount", counter(QueueCounters::messages))
                .attribute("int ConsumerCount", counter(QueueCounters::consumers))
                .attribute("int DeliveringCount", counter(QueueCounters::delivering))
                .attribute("long ScheduledCount", counter(QueueCounters::scheduled))
                .attribute("long DurableMessageCount", counter(QueueCounters::durableMessages))
                .attribute("long PersistentSize", counter(QueueCounters::bytes))
                .attribute("long DurablePersistentSize", counter(QueueCounters::durableBytes))
                .attribute("long AcknowledgeAttempts", counter(QueueCounters::acknowledged))
                .attribute("long MessagesAdded", counter(QueueCounters::added))
                .attribute("long MessagesAcknowledged", counter(QueueCounters::acknowledged))
                .attribute("long MessagesExpired", counter(QueueCounters::expired))
                .attribute("long MessagesKilled", counter(QueueCounters::killed));
        portion("long DeliveringSize", Portions::deliveringBytes);
        portion("int DurableDeliveringCount", Portions::durableDelivering);
        portion("long DurableDeliveringSize", Portions::durableDeliveringBytes);
        portion("long ScheduledSize", Portions::scheduledBytes);
        portion("long DurableScheduledCount", Portions::durableScheduled);
        portion("long DurableScheduledSize", Portions::durableScheduledBytes);
        TABLE.attribute("int PreparedTransactionMessageCount", target -> target.<Long>ask(
                reply -> target.desk().broker().xa().acknowledged(target.queue(), target.desk().loop(), reply), count -> count));
        TABLE.operation("void resetMessagesAdded()", (target, given) -> target.tell(queue -> queue.counters().resetAdded()))
                .operation("void resetMessagesAcknowledged()", (target, given) -> target.tell(queue -> queue.counters().resetAcknowledged()))
                .operation("void resetMessagesExpired()", (target, given) -> target.tell(queue -> queue.counters().resetExpired()))
                .operation("void resetMessagesKilled()", (target, given) -> target.tell(queue -> queue.counters().resetKilled()));
        TABLE.operation("void resetMessageCounter()", (target, given) -> target.desk().counters().reset(target.queue()))
                .operation("String listMessageCounter()", (target, given) -> target.desk().counters().show(target.queue()))
                .operation("String listMessageCounterHistory()", (target, given) -> target.desk().counters().history(target.queue()));
    }

    private static void attributes() {
        TABLE.attribute("int MaxConsumers", config(QueueConfig::maxConsumers))
                .attribute("boolean Exclusive", config(QueueConfig::exclusive))
                .attribute("boolean LastValue", config(QueueConfig::lastValue))
                .attribute("String LastValueKey", config(c -> orNull(c.lastValueKey())))
                .attribute("long RingSize", config(QueueConfig::ringSize))
                .attribute("int GroupBuckets", config(QueueConfig::groupBuckets))
                .attribute("String GroupFirstKey", config(c -> orNull(c.groupFirstKey())))
                .attribute("boolean GroupRebalance", config(QueueConfig::groupRebalance))
                .attribute("boolean GroupRebalancePauseDispatch", config(QueueConfig::groupRebalancePauseDispatch))
                .attribute("int ConsumersBeforeDispatch", config(QueueConfig::consumersBeforeDispatch))
                .attribute("long DelayBeforeDispatch", config(QueueConfig::delayBeforeDispatch))
                .attribute("boolean PurgeOnNoConsumers", config(QueueConfig::purgeOnNoConsumers))
                .attribute("boolean Enabled", config(QueueConfig::enabled))
                .attribute("boolean AutoDelete", config(QueueConfig::autoDelete));
    }

    private static void state() {
        TABLE.attribute("boolean Paused", target -> target.queue().paused())
                .attribute("boolean PersistedPause", target -> target.desk().settings().pausedForGood(target.queue().name()));
        TABLE.operation("void pause()", (target, given) -> target.tell(queue -> queue.pause(true)))
                .operation("void pause(boolean persist)", (target, given) -> target.tell(queue -> queue.pause(true))
                        .thenCompose(paused -> given.flag(0) ? target.desk().settings().pause(target.queue().name(), true) : Asking.nothing()))
                .operation("void resume()", (target, given) -> target.tell(queue -> queue.pause(false))
                        .thenCompose(resumed -> target.desk().settings().pause(target.queue().name(), false)))
                .operation("void enable()", (target, given) -> enable(target, true))
                .operation("void disable()", (target, given) -> enable(target, false))
                .operation("void flushExecutor()", (target, given) -> target.tell(queue -> { }));
    }

    private static CompletableFuture<Object> enable(QueueTarget target, boolean enabled) {
        return Asking.<QueueInfo>of(reply -> target.desk().broker().administration().updateQueue(target.queue().name(),
                Map.of("enabled", enabled), target.desk().loop(), reply), changed -> null);
    }
}
