package io.delos.management;

import io.delos.address.Route;
import io.delos.config.BrokerConfig;
import io.delos.message.DropCounters;
import io.delos.queue.Queue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** What can be read of and asked of the broker as a whole (management, section 2); its operations are in the tables named like them. Stateless. */
final class BrokerTable {

    static final Table<Desk> TABLE = new Table<>("broker");

    static {
        identity();
        state();
        counters();
        configuration();
        journal();
        messageCounters();
        access();
        BrokerListTable.declare(TABLE);
        BrokerObjectTable.declare(TABLE);
        BrokerCloseTable.declare(TABLE);
        BrokerSettingTable.declare(TABLE);
        BrokerUserTable.declare(TABLE);
        BrokerTransactionTable.declare(TABLE);
        DivertTable.declare(TABLE);
    }

    private BrokerTable() {
    }

    private static Function<Desk, Object> config(Function<BrokerConfig, Object> setting) {
        return desk -> setting.apply(desk.broker().config());
    }

    private static void identity() {
        TABLE.attribute("String Version", desk -> desk.facts().version())
                .attribute("String Name", desk -> desk.broker().name())
                .attribute("String NodeID", desk -> desk.broker().nodeId())
                .attribute("boolean Started", desk -> true)
                .attribute("boolean Active", desk -> true)
                .attribute("boolean Backup", desk -> false)
                .attribute("String Uptime", desk -> desk.facts().uptime())
                .attribute("long UptimeMillis", desk -> desk.facts().uptimeMillis())
                .attribute("long CurrentTimeMillis", desk -> System.currentTimeMillis())
                .attribute("String HAPolicy", desk -> "Primary Only")
                .attribute("boolean Clustered", desk -> false)
                .attribute("boolean SharedStore", desk -> false)
                .attribute("boolean ReplicaSync", desk -> false)
                .attribute("long ActivationSequence", desk -> -1)
                .attribute("int PendingMirrorAcks", desk -> 0)
                .attribute("boolean EmbeddedWebServerStarted", desk -> false);
        TABLE.immediate("String listNetworkTopology()", (desk, given) -> "[]")
                .immediate("String listBrokerConnections()", (desk, given) -> "[]")
                .immediate("String listLockCoordinatorsAsJSON()", (desk, given) -> "[]")
                .immediate("void startLockCoordinator(String name)", (desk, given) -> noLock(given.text(0)))
                .immediate("void stopLockCoordinator(String name)", (desk, given) -> noLock(given.text(0)));
    }

    private static Object noLock(String name) {
        throw new ManagementException("No lock coordinator found with name: " + name);
    }

    private static void state() {
        TABLE.attribute("String Status", BrokerStatus::of)
                .attribute("double DiskStoreUsage", desk -> desk.facts().diskUsage())
                .attribute("long AddressMemoryUsage", desk -> desk.facts().windowBytes())
                .attribute("int AddressMemoryUsagePercentage", desk -> desk.facts().windowBytes() * 100 / Math.max(1, desk.facts().windowLimit()))
                .attribute("long GlobalMaxSize", desk -> desk.facts().windowLimit())
                .attribute("long UnfinishedMessageBytes", desk -> desk.broker().intake().held())
                .attribute("Object[] Acceptors", desk -> desk.acceptors().stream()
                        .map(one -> List.of(one.name(), one.factory(), one.parameters())).toList())
                .attribute("String AcceptorsAsJSON", desk -> Json.text(desk.acceptors().stream().map(AcceptorTable::describe).toList()))
                .attribute("Object[] Connectors", desk -> List.of())
                .attribute("String ConnectorsAsJSON", desk -> "[]");
        for (String names : List.of("BridgeNames", "ClusterConnectionNames", "ConnectorServices", "BrokerPluginClassNames",
                "IncomingInterceptorClassNames", "OutgoingInterceptorClassNames")) {
            TABLE.attribute("String[] " + names, desk -> List.of());
        }
    }

    private static void counters() {
        TABLE.attribute("int AddressCount", desk -> desk.broker().routes().all().size())
                .attribute("int QueueCount", desk -> desk.broker().routes().queues().size())
                .attribute("String[] AddressNames", desk -> desk.broker().routes().all().stream().map(Route::address).sorted().toList())
                .attribute("String[] QueueNames", desk -> desk.broker().routes().queues().stream().map(Queue::name).sorted().toList())
                .attribute("int ConnectionCount", desk -> desk.broker().clients().connections().size())
                .attribute("long TotalConnectionCount", desk -> desk.broker().clients().total())
                .attribute("int SessionCount", desk -> desk.broker().clients().sessions())
                .attribute("long TotalSessionCount", desk -> desk.broker().clients().totalSessions())
                .attribute("long TotalMessageCount", sum(queue -> queue.counters().messages()))
                .attribute("long TotalMessagesAdded", sum(queue -> queue.counters().added()))
                .attribute("long TotalMessagesAcknowledged", sum(queue -> queue.counters().acknowledged()))
                .attribute("long TotalConsumerCount", sum(queue -> queue.counters().consumers()))
                .attribute("long DroppedInTranslation", desk -> desk.broker().formats().drops().total())
                .attribute("String DroppedInTranslationAsJSON", desk -> Json.text(desk.broker().formats().drops().rows().stream()
                        .map(BrokerTable::describe).toList()));
    }

    private static Map<String, Object> describe(DropCounters.Row row) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("from", row.from());
        described.put("to", row.to());
        described.put("what", row.trait().toString());
        described.put("count", row.count());
        return described;
    }

    private static Function<Desk, Object> sum(ToLongFunction<Queue> counter) {
        return desk -> desk.broker().routes().queues().stream().mapToLong(counter).sum();
    }

    private static void configuration() {
        TABLE.attribute("boolean SecurityEnabled", config(c -> c.security().enabled()))
                .attribute("long SecurityInvalidationInterval", config(c -> c.security().invalidationInterval()))
                .attribute("boolean PersistenceEnabled", config(c -> c.storage().persistence()))
                .attribute("String ManagementAddress", config(c -> c.management().address()))
                .attribute("String ManagementNotificationAddress", config(c -> c.management().notificationAddress()))
                .attribute("int MaxDiskUsage", config(c -> c.memory().maxDiskUsage()))
                .attribute("long DiskScanPeriod", config(c -> c.memory().diskScanPeriod()))
                .attribute("int IDCacheSize", config(c -> c.memory().idCacheSize()))
                .attribute("long TransactionTimeout", config(c -> c.timing().transactionTimeout()))
                .attribute("long TransactionTimeoutScanPeriod", config(c -> c.timing().transactionTimeoutScanPeriod()))
                .attribute("long MessageExpiryScanPeriod", config(c -> c.timing().messageExpiryScanPeriod()))
                .attribute("long ConnectionTTLOverride", config(c -> c.timing().connectionTtlOverride()))
                .attribute("boolean PersistIDCache", config(c -> c.memory().persistIdCache()))
                .attribute("boolean WildcardRoutingEnabled", config(c -> c.wildcards().routingEnabled()));
    }

    private static void journal() {
        TABLE.attribute("String JournalDirectory", config(c -> c.storage().journalDirectory()))
                .attribute("String BindingsDirectory", config(c -> c.storage().bindingsDirectory()))
                .attribute("String JournalType", desk -> "NIO")
                .attribute("String PagingDirectory", config(c -> c.storage().pagingDirectory()))
                .attribute("String LargeMessagesDirectory", config(c -> c.storage().largeMessagesDirectory()))
                .attribute("boolean JournalSyncTransactional", config(c -> c.storage().journalSyncTransactional()))
                .attribute("boolean JournalSyncNonTransactional", config(c -> c.storage().journalSyncNonTransactional()))
                .attribute("boolean CreateJournalDir", config(c -> c.storage().createJournalDirectory()))
                .attribute("boolean CreateBindingsDir", config(c -> c.storage().createBindingsDirectory()))
                .attribute("int JournalFileSize", config(c -> c.storage().journalFileSize()));
    }

    private static void access() {
        TABLE.attribute("long AuthenticationSuccessCount", desk -> desk.broker().accessCounters().letIn())
                .attribute("long AuthenticationFailureCount", desk -> desk.broker().accessCounters().turnedAway())
                .attribute("long AuthorizationSuccessCount", desk -> desk.broker().accessCounters().allowed())
                .attribute("long AuthorizationFailureCount", desk -> desk.broker().accessCounters().denied())
                .attribute("long AuthenticationCacheSize", desk -> desk.broker().accessCounters().loginsKnown())
                .attribute("long AuthorizationCacheSize", desk -> desk.broker().accessCounters().matchesKnown());
        TABLE.immediate("void clearAuthenticationCache()", (desk, given) -> {
            desk.broker().forgetLogins();
            return null;
        }).immediate("void clearAuthorizationCache()", (desk, given) -> {
            desk.broker().forgetMatches();
            return null;
        });
    }

    private static void messageCounters() {
        TABLE.attribute("boolean MessageCounterEnabled", desk -> desk.counters().enabled())
                .attribute("long MessageCounterSamplePeriod", desk -> desk.counters().period(),
                        (desk, value) -> desk.counters().period(value.asLong()))
                .attribute("int MessageCounterMaxDayCount", desk -> desk.counters().days(), (desk, value) -> desk.counters().days(value.asInt()));
        TABLE.operation("void enableMessageCounters()", (desk, given) -> desk.counters().enable(true))
                .operation("void disableMessageCounters()", (desk, given) -> desk.counters().enable(false))
                .operation("void resetAllMessageCounters()", (desk, given) -> desk.counters().resetAll())
                .operation("void resetAllMessageCounterHistories()", (desk, given) -> desk.counters().resetHistories());
    }
}
