package io.delos.config;

/**
 * Everything that applies to one address, after the settings of all matching patterns were merged (address model 6.2, broker.xml
 * section 5). Empty text means "none". Values are in the unit their setting declares: times in milliseconds unless said otherwise.
 */
public record AddressSettings(
    Limits limits, DeadLetters deadLetters, Expiry expiry, Creation creation, QueueDefaults queues, SlowConsumers slowConsumers,
    Observation observation, Direct direct) {

    /** What applies where nothing is configured. */
    public static final AddressSettings DEFAULT = Settings.defaults(AddressSettings.class);

    /**
     * A copy with one setting changed, named as in broker.xml.
     *
     * @throws ConfigException when there is no such setting or the value is wrong
     */
    public AddressSettings with(String setting, Object value) {
        return Settings.with(this, setting, value);
    }

    /** How much an address may hold in memory and on disk, and what happens beyond. */
    public record Limits(
        @Setting(name = "max-size-bytes", value = "-1", unit = Unit.BYTES, reloadable = true,
            text = "memory for the address; -1 leaves it to the global limit, 0 always pages")
        long maxSizeBytes,
        @Setting(name = "max-size-messages", value = "-1", reloadable = true,
            text = "messages in memory; -1 no limit, 0 always pages")
        long maxSizeMessages,
        @Setting(name = "max-size-bytes-reject-threshold", value = "-1", unit = Unit.BYTES, reloadable = true,
            text = "with BLOCK: beyond it a send is refused")
        long rejectThreshold,
        @Setting(name = "address-full-policy", value = "PAGE", reloadable = true,
            text = "what happens at the limit")
        FullPolicy addressFullPolicy,
        @Setting(name = "disk-full-policy", value = "BLOCK", reloadable = true,
            text = "what happens when the disk is full: DROP, FAIL or BLOCK")
        FullPolicy diskFullPolicy,
        @Setting(name = "page-size-bytes", value = "10485760", check = Check.POSITIVE_INT, unit = Unit.BYTES, reloadable = true,
            text = "size of a page file")
        int pageSizeBytes,
        @Setting(name = "page-limit-bytes", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.BYTES, reloadable = true,
            text = "how much may lie in pages; -1 no limit")
        long pageLimitBytes,
        @Setting(name = "page-limit-messages", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, reloadable = true,
            text = "how many messages may lie in pages; -1 no limit")
        long pageLimitMessages,
        @Setting(name = "page-full-policy", value = "FAIL", reloadable = true,
            text = "what happens at the page limit: DROP or FAIL")
        FullPolicy pageFullPolicy,
        @Setting(name = "max-read-page-messages", value = "-1", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, reloadable = true,
            text = "paged messages read into a queue at most; -1 no limit")
        int maxReadPageMessages,
        @Setting(name = "max-read-page-bytes", follows = "page-size-bytes", times = 2, check = Check.NOT_NEGATIVE_OR_MINUS_ONE,
            unit = Unit.BYTES, reloadable = true,
            text = "paged bytes read into a queue at most; -1 no limit")
        long maxReadPageBytes,
        @Setting(name = "prefetch-page-messages", follows = "max-read-page-messages", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, reloadable = true,
            text = "messages read ahead of the consumers")
        int prefetchPageMessages,
        @Setting(name = "prefetch-page-bytes", follows = "max-read-page-bytes", check = Check.NOT_NEGATIVE_OR_MINUS_ONE,
            unit = Unit.BYTES, reloadable = true,
            text = "bytes read ahead of the consumers")
        long prefetchPageBytes) {

        public Limits {
            if (diskFullPolicy == FullPolicy.PAGE) {
                throw ConfigException.wrongValue("disk-full-policy", "one of [DROP, FAIL, BLOCK]", "PAGE");
            }
            if (pageFullPolicy == FullPolicy.PAGE || pageFullPolicy == FullPolicy.BLOCK) {
                throw ConfigException.wrongValue("page-full-policy", "one of [DROP, FAIL]", pageFullPolicy.name());
            }
        }

    }

    /** Where messages go that can't be delivered, and how often delivery is tried. */
    public record DeadLetters(
        @Setting(name = "dead-letter-address", reloadable = true,
            text = "where undeliverable messages go; empty drops them")
        String address,
        @Setting(name = "auto-create-dead-letter-resources", value = "false", reloadable = true,
            text = "creates that address, and a filtered queue per original address")
        boolean autoCreate,
        @Setting(name = "dead-letter-queue-prefix", value = "DLQ.", reloadable = true,
            text = "start of such a queue's name")
        String queuePrefix,
        @Setting(name = "dead-letter-queue-suffix", reloadable = true,
            text = "end of such a queue's name")
        String queueSuffix,
        @Setting(name = "max-delivery-attempts", value = "10", reloadable = true,
            text = "deliveries before a message counts as undeliverable; 0 or less: no limit")
        int maxDeliveryAttempts,
        @Setting(name = "send-to-dla-on-no-route", value = "false", reloadable = true,
            text = "sends a message that finds no queue to the dead-letter address")
        boolean sendOnNoRoute,
        @Setting(name = "redelivery-delay", value = "0", unit = Unit.MILLISECONDS, reloadable = true,
            text = "wait before the first redelivery")
        long redeliveryDelay,
        @Setting(name = "redelivery-delay-multiplier", value = "1.0", reloadable = true,
            text = "by how much each further wait grows")
        double redeliveryMultiplier,
        @Setting(name = "redelivery-collision-avoidance-factor", value = "0.0", check = Check.UNIT, reloadable = true,
            text = "random part of the wait, 0 to 1")
        double redeliveryCollisionAvoidance,
        @Setting(name = "max-redelivery-delay", follows = "redelivery-delay", times = 10, unit = Unit.MILLISECONDS, reloadable = true,
            text = "longest wait")
        long maxRedeliveryDelay) {
    }

    /** When messages expire, and where they go then. */
    public record Expiry(
        @Setting(name = "expiry-address", reloadable = true,
            text = "where expired messages go; empty drops them")
        String address,
        @Setting(name = "auto-create-expiry-resources", value = "false", reloadable = true,
            text = "creates that address, and a filtered queue per original address")
        boolean autoCreate,
        @Setting(name = "expiry-queue-prefix", value = "EXP.", reloadable = true,
            text = "start of such a queue's name")
        String queuePrefix,
        @Setting(name = "expiry-queue-suffix", reloadable = true,
            text = "end of such a queue's name")
        String queueSuffix,
        @Setting(name = "expiry-delay", value = "-1", unit = Unit.MILLISECONDS, reloadable = true,
            text = "expiry given to messages that have none; -1 none")
        long delay,
        @Setting(name = "min-expiry-delay", value = "-1", unit = Unit.MILLISECONDS, reloadable = true,
            text = "shorter expiries are raised to this; -1 no bound")
        long minDelay,
        @Setting(name = "max-expiry-delay", value = "-1", unit = Unit.MILLISECONDS, reloadable = true,
            text = "longer expiries are lowered to this; -1 no bound")
        long maxDelay,
        @Setting(name = "no-expiry", value = "false", reloadable = true,
            text = "messages here never expire, whatever else is set")
        boolean never) {
    }

    /** Which addresses and queues appear and disappear by themselves. */
    public record Creation(
        @Setting(name = "auto-create-queues", value = "true", reloadable = true,
            text = "creates a queue when a client needs it")
        boolean createQueues,
        @Setting(name = "auto-delete-queues", value = "true", reloadable = true,
            text = "removes such a queue when nobody uses it")
        boolean deleteQueues,
        @Setting(name = "auto-delete-created-queues", value = "false", reloadable = true,
            text = "removes also queues made by management or clients")
        boolean deleteCreatedQueues,
        @Setting(name = "auto-delete-queues-delay", value = "0", check = Check.NOT_NEGATIVE, unit = Unit.MILLISECONDS, reloadable = true,
            text = "how long a queue must have been unused")
        long deleteQueuesDelay,
        @Setting(name = "auto-delete-queues-message-count", value = "0", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, reloadable = true,
            text = "messages that may be left in it; -1 any number")
        long deleteQueuesMessageCount,
        @Setting(name = "auto-delete-queues-skip-usage-check", value = "false", reloadable = true,
            text = "removes also a queue that never was used")
        boolean deleteQueuesSkipUsageCheck,
        @Setting(name = "auto-create-addresses", value = "true", reloadable = true,
            text = "creates an address when a client needs it")
        boolean createAddresses,
        @Setting(name = "auto-delete-addresses", value = "true", reloadable = true,
            text = "removes such an address when it has no queue")
        boolean deleteAddresses,
        @Setting(name = "auto-delete-addresses-delay", value = "0", check = Check.NOT_NEGATIVE, unit = Unit.MILLISECONDS, reloadable = true,
            text = "how long an address must have been unused")
        long deleteAddressesDelay,
        @Setting(name = "auto-delete-addresses-skip-usage-check", value = "false", reloadable = true,
            text = "removes also an address that never was used")
        boolean deleteAddressesSkipUsageCheck,
        @Setting(name = "default-queue-routing-type", value = "MULTICAST", reloadable = true,
            text = "of queues created when nothing else says")
        RoutingType queueRoutingType,
        @Setting(name = "default-address-routing-type", value = "MULTICAST", reloadable = true,
            text = "of addresses created when nothing else says")
        RoutingType addressRoutingType,
        @Setting(name = "config-delete-queues", value = "OFF", reloadable = true,
            text = "whether a queue gone from the configuration is removed")
        DeletePolicy configDeleteQueues,
        @Setting(name = "config-delete-addresses", value = "OFF", reloadable = true,
            text = "whether an address gone from the configuration is removed")
        DeletePolicy configDeleteAddresses,
        @Setting(name = "config-delete-diverts", value = "OFF", reloadable = true,
            text = "whether a divert gone from the configuration is removed")
        DeletePolicy configDeleteDiverts) {
    }

    /** What a new queue gets when it doesn't say otherwise. */
    public record QueueDefaults(
        @Setting(name = "default-last-value-queue", alias = "last-value-queue", value = "false", reloadable = true,
            text = "keeps only the last message of each key")
        boolean lastValue,
        @Setting(name = "default-last-value-key", reloadable = true,
            text = "property that is the key; empty for the built-in one")
        String lastValueKey,
        @Setting(name = "default-non-destructive", value = "false", reloadable = true,
            text = "consuming doesn't remove")
        boolean nonDestructive,
        @Setting(name = "default-exclusive-queue", value = "false", reloadable = true,
            text = "one consumer at a time gets everything")
        boolean exclusive,
        @Setting(name = "default-group-rebalance", value = "false", reloadable = true,
            text = "a new consumer makes all groups be assigned afresh")
        boolean groupRebalance,
        @Setting(name = "default-group-rebalance-pause-dispatch", value = "false", reloadable = true,
            text = "waits for messages under way before that")
        boolean groupRebalancePauseDispatch,
        @Setting(name = "default-group-buckets", value = "-1", reloadable = true,
            text = "groups are hashed into so many; -1 kept by name, 0 no groups")
        int groupBuckets,
        @Setting(name = "default-group-first-key", reloadable = true,
            text = "property set on the first message a consumer gets of a group")
        String groupFirstKey,
        @Setting(name = "default-consumers-before-dispatch", value = "0", reloadable = true,
            text = "consumers to wait for before anything is delivered")
        int consumersBeforeDispatch,
        @Setting(name = "default-delay-before-dispatch", value = "-1", unit = Unit.MILLISECONDS, reloadable = true,
            text = "how long to wait for them; -1 for ever")
        long delayBeforeDispatch,
        @Setting(name = "default-purge-on-no-consumers", value = "false", reloadable = true,
            text = "empties an auto-created queue when its last consumer leaves")
        boolean purgeOnNoConsumers,
        @Setting(name = "default-max-consumers", value = "-1", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, reloadable = true,
            text = "consumers a queue admits; -1 any number")
        int maxConsumers,
        @Setting(name = "default-ring-size", value = "-1", reloadable = true,
            text = "messages kept, the oldest leaving first; -1 all")
        long ringSize) {
    }

    /** Who counts as a slow consumer, and what happens then. */
    public record SlowConsumers(
        @Setting(name = "slow-consumer-threshold", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, reloadable = true,
            text = "rate below which a consumer is slow; -1 nobody is")
        long threshold,
        @Setting(name = "slow-consumer-threshold-measurement-unit", value = "MESSAGES_PER_SECOND", reloadable = true,
            text = "unit of that rate")
        RateUnit thresholdUnit,
        @Setting(name = "slow-consumer-check-period", value = "5", check = Check.POSITIVE, unit = Unit.SECONDS, reloadable = true,
            text = "how often is looked")
        long checkPeriod,
        @Setting(name = "slow-consumer-policy", value = "NOTIFY", reloadable = true,
            text = "KILL closes the connection, NOTIFY tells")
        SlowConsumerPolicy policy) {
    }

    /** What is recorded and shown of an address, and its remaining odds and ends. */
    public record Observation(
        @Setting(name = "enable-metrics", value = "true", reloadable = true,
            text = "exports metrics of the address and its queues")
        boolean metrics,
        @Setting(name = "enable-ingress-timestamp", value = "false", reloadable = true,
            text = "stamps each message with the time it arrived")
        boolean ingressTimestamp,
        @Setting(name = "management-browse-page-size", value = "200", reloadable = true,
            text = "messages a management browse shows")
        int browsePageSize,
        @Setting(name = "management-message-attribute-size-limit", value = "256", unit = Unit.BYTES, reloadable = true,
            text = "longer values are cut in management; -1 never")
        int attributeSizeLimit,
        @Setting(name = "message-counter-history-day-limit", value = "0", unit = Unit.DAYS, reloadable = true,
            text = "how long sampled counters are kept")
        int counterHistoryDays,
        @Setting(name = "id-cache-size", value = "20000", check = Check.NOT_NEGATIVE, reloadable = true,
            text = "duplicate ids remembered per address")
        int duplicateIds,
        @Setting(name = "retroactive-message-count", value = "0", check = Check.NOT_NEGATIVE, reloadable = true,
            text = "messages kept for queues created later")
        long retroactiveMessages,
        @Setting(name = "redistribution-delay", value = "-1", unit = Unit.MILLISECONDS, reloadable = true,
            text = "wait before messages without consumer go to another node; -1 never")
        long redistributionDelay,
        @Setting(name = "default-consumer-window-size", value = "1048576", unit = Unit.BYTES, reloadable = true,
            text = "flow-control window told to CORE consumers")
        int consumerWindowSize,
        @Setting(name = "queue-prefetch", value = "1000", check = Check.NOT_NEGATIVE, reloadable = true,
            text = "prefetch told to OpenWire consumers")
        int queuePrefetch,
        @Setting(name = "auto-create-jms-queues", value = "true", reloadable = true,
            text = "told to old CORE clients")
        boolean createJmsQueues,
        @Setting(name = "auto-delete-jms-queues", value = "true", reloadable = true,
            text = "told to old CORE clients")
        boolean deleteJmsQueues,
        @Setting(name = "auto-create-jms-topics", value = "true", reloadable = true,
            text = "told to old CORE clients")
        boolean createJmsTopics,
        @Setting(name = "auto-delete-jms-topics", value = "true", reloadable = true,
            text = "told to old CORE clients")
        boolean deleteJmsTopics) {
    }

    /** Whether an address keeps nothing and passes messages through; decided when the address comes to be. */
    public record Direct(
        @Setting(name = "direct", value = "false", reloadable = true,
            text = "keeps nothing: what is sent goes to a consumer that has credit, or back")
        boolean passes,
        @Setting(name = "direct-wait", value = "5000", check = Check.NOT_NEGATIVE, unit = Unit.MILLISECONDS, reloadable = true,
            text = "how long a message to a direct address waits for credit, if its producer can't be given any; 0 not at all")
        long patience) {
    }
}
