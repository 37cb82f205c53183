package io.delos.config;

/**
 * Settings of Artemis that tune or switch machinery Delos doesn't have. They are read and checked, so that a file stays valid in both
 * worlds, and each use is answered with a warning. Giving one an effect means moving its component to {@link BrokerSettings}.
 */
record UnusedSettings(Threads threads, Journal journal, Pages pages, Health health, Mirror mirror, Others others) {

    record Threads(
        @Setting(name = "scheduled-thread-pool-max-size", value = "5", check = Check.POSITIVE, text = "scheduled pool") int scheduled,
        @Setting(name = "thread-pool-max-size", value = "30", check = Check.POSITIVE_OR_MINUS_ONE, text = "general pool") int general,
        @Setting(name = "async-connection-execution-enabled", value = "true", text = "packets on a pool") boolean asyncConnections,
        @Setting(name = "message-expiry-thread-priority", value = "3", text = "reaper's priority") int expiryPriority) {
    }

    record Journal(
        @Setting(name = "journal-type", value = "ASYNCIO", text = "way of writing") JournalType type,
        @Setting(name = "journal-min-files", value = "2", check = Check.POSITIVE, text = "files made ahead") int minFiles,
        @Setting(name = "journal-pool-files", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, text = "files kept for reuse") int poolFiles,
        @Setting(name = "journal-max-attic-files", value = "10", text = "files kept aside") int atticFiles,
        @Setting(name = "journal-compact-min-files", value = "10", check = Check.NOT_NEGATIVE, text = "compaction") int compactMinFiles,
        @Setting(name = "journal-compact-percentage", value = "30", check = Check.PERCENT, text = "compaction") int compactPercentage,
        @Setting(name = "journal-file-open-timeout", value = "5", check = Check.POSITIVE, text = "next file") int fileOpenTimeout,
        @Setting(name = "journal-buffer-size", value = "501760", check = Check.POSITIVE_INT, unit = Unit.BYTES, text = "buffer")
        int bufferSize,
        @Setting(name = "journal-buffer-timeout", value = "3333333", check = Check.NOT_NEGATIVE, text = "flush period") int bufferTimeout,
        @Setting(name = "journal-max-io", value = "1", check = Check.POSITIVE, text = "write queue") int maxIo,
        @Setting(name = "journal-device-block-size", value = "-1", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, text = "alignment") int blockSize,
        @Setting(name = "log-journal-write-rate", value = "false", text = "log") boolean logWriteRate,
        @Setting(name = "journal-lock-monitor-timeout", value = "2000", check = Check.POSITIVE, text = "lock check") long lockMonitorTimeout,
        @Setting(name = "journal-lock-monitor-max-retries", value = "0", check = Check.NOT_NEGATIVE, text = "lock check") int lockRetries,
        @Setting(name = "persist-delivery-count-before-delivery", value = "false", text = "counts first") boolean persistDeliveryCount,
        @Setting(name = "max-redelivery-records", value = "10", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, text = "counts kept")
        int maxRedeliveryRecords) {
    }

    enum JournalType { ASYNCIO, NIO, MAPPED }

    record Pages(
        @Setting(name = "page-sync-timeout", value = "3333333", check = Check.NOT_NEGATIVE, text = "flush period") int syncTimeout,
        @Setting(name = "page-max-concurrent-io", value = "5", check = Check.POSITIVE_OR_MINUS_ONE, text = "reads at once") int concurrentIo,
        @Setting(name = "read-whole-page", value = "false", text = "reading") boolean readWholePage,
        @Setting(name = "purge-page-folders", value = "false", text = "tidying") boolean purgeFolders) {
    }

    record Health(
        @Setting(name = "critical-analyzer", value = "true", text = "watches steps") boolean analyzer,
        @Setting(name = "critical-analyzer-timeout", value = "120000", check = Check.NOT_NEGATIVE, text = "longest step") long analyzerTimeout,
        @Setting(name = "critical-analyzer-check-period", value = "60000", check = Check.NOT_NEGATIVE, text = "how often") long analyzerPeriod,
        @Setting(name = "critical-analyzer-policy", value = "LOG", text = "reaction") CriticalPolicy analyzerPolicy,
        @Setting(name = "network-check-list", text = "hosts to ping") String networkCheckList,
        @Setting(name = "network-check-URL-list", text = "pages to fetch") String networkCheckUrls,
        @Setting(name = "network-check-period", value = "5000", check = Check.POSITIVE, text = "how often") long networkCheckPeriod,
        @Setting(name = "network-check-timeout", value = "1000", check = Check.POSITIVE, text = "patience") int networkCheckTimeout,
        @Setting(name = "network-check-NIC", text = "interface") String networkCheckInterface,
        @Setting(name = "network-check-ping-command", text = "IPv4 ping") String pingCommand,
        @Setting(name = "network-check-ping6-command", text = "IPv6 ping") String ping6Command,
        @Setting(name = "server-dump-interval", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, text = "summary") long dumpInterval,
        @Setting(name = "memory-measure-interval", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, text = "memory") long measureInterval,
        @Setting(name = "memory-warning-threshold", value = "25", check = Check.PERCENT, text = "memory") int memoryWarning) {
    }

    enum CriticalPolicy { LOG, SHUTDOWN, HALT }

    record Mirror(
        @Setting(name = "mirror-ack-manager-queue-attempts", value = "5", check = Check.POSITIVE, text = "tries") int queueAttempts,
        @Setting(name = "mirror-ack-manager-page-attempts", value = "2", check = Check.POSITIVE, text = "tries") int pageAttempts,
        @Setting(name = "mirror-ack-manager-retry-delay", value = "100", check = Check.POSITIVE, text = "pause") int retryDelay,
        @Setting(name = "mirror-ack-manager-warn-unacked", value = "false", text = "log") boolean warnUnacked,
        @Setting(name = "mirror-page-transaction", value = "false", text = "paging") boolean pageTransaction) {
    }

    record Others(
        @Setting(name = "resolve-protocols", value = "true", text = "protocols found on the class path") boolean resolveProtocols,
        @Setting(name = "jmx-notification-enabled", value = "true", text = "JMX notifications") boolean jmxNotifications,
        @Setting(name = "jmx-use-broker-name", value = "true", text = "JMX names") boolean jmxUseBrokerName,
        @Setting(name = "wild-card-routing-enabled", value = "true", text = "old form") boolean wildcardRouting,
        @Setting(name = "mqtt-session-state-persistence-timeout", value = "5000", check = Check.POSITIVE, text = "old") long mqttTimeout,
        @Setting(name = "log-delegate-factory-class-name", text = "old") String logDelegate) {
    }
}
