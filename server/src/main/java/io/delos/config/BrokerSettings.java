package io.delos.config;

import java.util.regex.Pattern;

/** The single-valued settings of a broker (broker.xml sections 2 and 3), in groups. */
public record BrokerSettings(General general, Storage storage, Memory memory, Timing timing, Security security, Management management) {

    /** Names, and what has no better place. */
    public record General(
        @Setting(name = "name", value = "localhost", text = "the broker's name") String name,
        @Setting(name = "system-property-prefix", value = "brokerconfig.", check = Check.NOT_EMPTY,
            text = "system properties that start so override settings") String systemPropertyPrefix,
        @Setting(name = "internal-naming-prefix", value = "$.artemis.internal.",
            text = "start of the names of what the broker makes for itself") String internalNamingPrefix,
        @Setting(name = "uuid-namespace", alias = "temporary-queue-namespace", check = Check.NOT_EMPTY,
            text = "put before the name of temporary queues when their settings and permissions are looked up") String uuidNamespace,
        @Setting(name = "literal-match-markers", text = "two characters that make the match between them literal") String literalMatchMarkers,
        @Setting(name = "amqp-use-core-subscription-naming", value = "false",
            text = "names durable AMQP subscriptions as CORE does, so that both share them") boolean amqpUseCoreSubscriptionNaming,
        @Setting(name = "suppress-session-notifications", value = "false",
            text = "tells nobody of sessions created and closed") boolean suppressSessionNotifications,
        @Setting(name = "graceful-shutdown-enabled", value = "false", text = "on stop, waits for clients to leave") boolean gracefulShutdown,
        @Setting(name = "graceful-shutdown-timeout", value = "-1", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "how long; -1 for ever") long gracefulShutdownTimeout,
        @Setting(name = "mqtt-subscription-persistence-enabled", value = "true",
            text = "remembers MQTT subscriptions over a restart") boolean mqttSubscriptionPersistence) {

        public General {
            if (!literalMatchMarkers.isEmpty() && literalMatchMarkers.length() != 2) {
                throw ConfigException.wrongValue("literal-match-markers", "two characters", literalMatchMarkers);
            }
        }
    }

    /** What is stored, and where. Relative paths are relative to the instance. */
    public record Storage(
        @Setting(name = "persistence-enabled", value = "true", text = "false stores nothing") boolean persistence,
        @Setting(name = "journal-directory", value = "data/journal", check = Check.NOT_EMPTY, text = "the journal") String journalDirectory,
        @Setting(name = "bindings-directory", value = "data/bindings", check = Check.NOT_EMPTY, text = "the bindings") String bindingsDirectory,
        @Setting(name = "paging-directory", value = "data/paging", check = Check.NOT_EMPTY,
            text = "what does not fit in memory") String pagingDirectory,
        @Setting(name = "large-messages-directory", value = "data/largemessages", check = Check.NOT_EMPTY,
            text = "bodies with a file of their own") String largeMessagesDirectory,
        @Setting(name = "node-manager-lock-directory", follows = "journal-directory", text = "the lock of the node") String lockDirectory,
        @Setting(name = "create-journal-dir", value = "true", text = "makes the journal directory when missing") boolean createJournalDirectory,
        @Setting(name = "create-bindings-dir", value = "true", text = "makes the bindings directory when missing")
        boolean createBindingsDirectory,
        @Setting(name = "journal-file-size", value = "10485760", check = Check.POSITIVE_INT, unit = Unit.BYTES,
            text = "size of a journal file") int journalFileSize,
        @Setting(name = "journal-datasync", value = "true", text = "forces writes to the disk") boolean journalDatasync,
        @Setting(name = "large-message-sync", value = "true",
            text = "forces the bodies of large messages to the disk") boolean largeMessageSync,
        @Setting(name = "journal-sync-transactional", value = "true",
            text = "answers a commit only when it is on disk") boolean journalSyncTransactional,
        @Setting(name = "journal-sync-non-transactional", value = "true",
            text = "answers other durable work only when it is on disk") boolean journalSyncNonTransactional,
        @Setting(name = "journal-lock-acquisition-timeout", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "how long to wait for the lock of the node; -1 for ever") long lockAcquisitionTimeout) {
    }

    /** How much memory and disk may be used. */
    public record Memory(
        @Setting(name = "global-max-size", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.BYTES,
            text = "memory for messages over all addresses; -1 a part of the heap") long globalMaxSize,
        @Setting(name = "global-max-size-percent-of-jvm-max-memory", value = "50", check = Check.POSITIVE, unit = Unit.PERCENT,
            text = "that part") int globalMaxSizePercent,
        @Setting(name = "global-max-messages", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE,
            text = "messages in memory over all addresses; -1 any number") long globalMaxMessages,
        @Setting(name = "max-disk-usage", value = "90", check = Check.PERCENT_OR_MINUS_ONE, unit = Unit.PERCENT,
            text = "above it producers are held back; -1 never") int maxDiskUsage,
        @Setting(name = "min-disk-free", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.BYTES,
            text = "free space instead of max-disk-usage; -1 not used") long minDiskFree,
        @Setting(name = "disk-scan-period", value = "5000", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "how often the disk is looked at; -1 never") int diskScanPeriod,
        @Setting(name = "id-cache-size", value = "20000", check = Check.NOT_NEGATIVE, text = "duplicate ids remembered per address")
        int idCacheSize,
        @Setting(name = "persist-id-cache", value = "true", text = "remembers them over a restart") boolean persistIdCache) {

        /** The memory limit in bytes that applies in a process with so large a heap: never more than that. */
        public long effectiveGlobalMaxSize(long maxHeap) {
            return globalMaxSize > 0 ? Math.min(globalMaxSize, maxHeap) : (long) (maxHeap * (globalMaxSizePercent / 100.0));
        }
    }

    /** Periods and time limits. */
    public record Timing(
        @Setting(name = "connection-ttl-override", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "time without a sign of life for every connection; -1 what the client asks") long connectionTtlOverride,
        @Setting(name = "connection-ttl-check-interval", value = "2000", check = Check.POSITIVE, unit = Unit.MILLISECONDS,
            text = "how often that is looked at") long connectionTtlCheckInterval,
        @Setting(name = "transaction-timeout", value = "300000", check = Check.POSITIVE, unit = Unit.MILLISECONDS,
            text = "age at which a transaction is rolled back") long transactionTimeout,
        @Setting(name = "transaction-timeout-scan-period", value = "1000", check = Check.POSITIVE, unit = Unit.MILLISECONDS,
            text = "how often that is looked at") long transactionTimeoutScanPeriod,
        @Setting(name = "message-expiry-scan-period", value = "30000", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "how often expired messages are looked for; -1 only when delivered") long messageExpiryScanPeriod,
        @Setting(name = "address-queue-scan-period", value = "30000", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "how often unused addresses and queues are looked for; -1 never") long addressQueueScanPeriod,
        @Setting(name = "configuration-file-refresh-period", value = "5000", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.MILLISECONDS,
            text = "how often changed files are looked for; -1 never") long configurationFileRefreshPeriod,
        @Setting(name = "mqtt-session-scan-interval", value = "5000", check = Check.POSITIVE, unit = Unit.MILLISECONDS,
            text = "how often retained MQTT messages that have expired are looked for; sessions end when it is time") long mqttSessionScanInterval) {
    }

    /** Who is let in. */
    public record Security(
        @Setting(name = "security-enabled", value = "true", text = "false lets everybody do everything") boolean enabled,
        @Setting(name = "security-invalidation-interval", value = "10000", check = Check.NOT_NEGATIVE, unit = Unit.MILLISECONDS,
            text = "how long a decision is kept; 0 not at all") long invalidationInterval,
        @Setting(name = "authentication-cache-size", value = "1000", check = Check.NOT_NEGATIVE, text = "logins kept; 0 none")
        long authenticationCacheSize,
        @Setting(name = "authorization-cache-size", value = "1000", check = Check.NOT_NEGATIVE, text = "verdicts kept; 0 none")
        long authorizationCacheSize,
        @Setting(name = "populate-validated-user", value = "false", text = "writes the sender's name on each message")
        boolean populateValidatedUser,
        @Setting(name = "reject-empty-validated-user", value = "false", text = "refuses a send by nobody") boolean rejectEmptyValidatedUser,
        @Setting(name = "cluster-user", value = "ACTIVEMQ.CLUSTER.ADMIN.USER", text = "user for connections between nodes") String clusterUser,
        @Setting(name = "cluster-password", value = "CHANGE ME!!", text = "its password, as written: it may be masked") String clusterPassword,
        @Setting(name = "password-codec", value = "org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec", check = Check.NOT_EMPTY,
            text = "decoder of masked passwords and its options, separated by semicolons") String passwordCodec,
        @Setting(name = "mask-password", value = "false", text = "whether passwords are masked also without ENC()") boolean maskPassword) {

        /** Without the password: this goes to logs. */
        @Override public String toString() {
            return "Security[enabled=" + enabled + ", clusterUser=" + clusterUser + "]";
        }
    }

    /** Being looked at and managed. */
    public record Management(
        @Setting(name = "management-address", value = "activemq.management", check = Check.NOT_EMPTY, text = "takes management messages")
        String address,
        @Setting(name = "management-notification-address", value = "activemq.notifications", check = Check.NOT_EMPTY,
            text = "tells what happens") String notificationAddress,
        @Setting(name = "management-message-rbac", value = "false", text = "asks for view and edit permissions on management messages")
        boolean messageRbac,
        @Setting(name = "management-rbac-prefix", value = "mops", text = "first word of the match for those permissions") String rbacPrefix,
        @Setting(name = "view-permission-method-match-pattern", value = "^(get|is|count|list|browse|query).*$",
            text = "operations that need view; all others need edit") Pattern viewPattern,
        @Setting(name = "jmx-management-enabled", value = "true", text = "shows the broker in JMX") boolean jmx,
        @Setting(name = "jmx-domain", value = "org.apache.activemq.artemis", check = Check.NOT_EMPTY, text = "domain of the names there")
        String jmxDomain,
        @Setting(name = "message-counter-enabled", value = "false", text = "samples each queue's counters") boolean messageCounters,
        @Setting(name = "message-counter-sample-period", value = "10000", check = Check.POSITIVE, unit = Unit.MILLISECONDS,
            text = "how often") long messageCounterSamplePeriod,
        @Setting(name = "message-counter-max-day-history", value = "10", check = Check.POSITIVE, unit = Unit.DAYS,
            text = "how long they are kept") int messageCounterMaxDayHistory) {
    }
}
