package io.delos.config;

/**
 * Everything a queue is made with, complete (broker.xml section 4). Empty text means "none". What somebody asks for, with the rest left to
 * the address-settings, is a {@link QueueRequest}.
 */
public record QueueConfig(
    @Setting(name = "name", check = Check.NOT_EMPTY, text = "unique over the whole broker") String name,
    @Setting(name = "address", text = "the address it is bound to") String address,
    @Setting(name = "routing-type", value = "MULTICAST", text = "how it takes part in its address") RoutingType routingType,
    @Setting(name = "filter", alias = {"filter-string"}, text = "selector a message must pass to enter") String filter,
    @Setting(name = "durable", value = "true", text = "survives a restart") boolean durable,
    @Setting(name = "temporary", value = "false", text = "goes with the connection that made it") boolean temporary,
    @Setting(name = "transient", value = "false", text = "temporary, but goes with its last consumer") boolean goesWithLastConsumer,
    @Setting(name = "internal", value = "false", text = "made by the broker for itself") boolean internal,
    @Setting(name = "auto-created", value = "false", text = "made because a client used it") boolean autoCreated,
    @Setting(name = "configuration-managed", value = "false", text = "named by the configuration file") boolean configured,
    @Setting(name = "enabled", value = "true", text = "takes part in routing") boolean enabled,
    @Setting(name = "user", text = "whose queue it is") String user,
    @Setting(name = "max-consumers", value = "-1", check = Check.NOT_NEGATIVE_OR_MINUS_ONE,
        text = "consumers admitted; -1 any number") int maxConsumers,
    @Setting(name = "purge-on-no-consumers", value = "false",
        text = "receives only while it has consumers, and is emptied when the last leaves") boolean purgeOnNoConsumers,
    @Setting(name = "exclusive", value = "false", text = "one consumer at a time gets everything") boolean exclusive,
    @Setting(name = "last-value", value = "false", text = "keeps only the last message of each key") boolean lastValue,
    @Setting(name = "last-value-key", text = "property that is the key; makes the queue last-value") String lastValueKey,
    @Setting(name = "non-destructive", value = "false", text = "consuming doesn't remove") boolean nonDestructive,
    @Setting(name = "ring-size", value = "-1", text = "messages kept, the oldest leaving first; -1 all") long ringSize,
    @Setting(name = "group-rebalance", value = "false", text = "a new consumer makes all groups be assigned afresh") boolean groupRebalance,
    @Setting(name = "group-rebalance-pause-dispatch", value = "false",
        text = "waits for messages under way before that") boolean groupRebalancePauseDispatch,
    @Setting(name = "group-buckets", value = "-1", text = "groups are hashed into so many; -1 kept by name, 0 no groups") int groupBuckets,
    @Setting(name = "group-first-key", text = "property set on the first message a consumer gets of a group") String groupFirstKey,
    @Setting(name = "consumers-before-dispatch", value = "0", text = "consumers to wait for before delivery") int consumersBeforeDispatch,
    @Setting(name = "delay-before-dispatch", value = "-1", unit = Unit.MILLISECONDS,
        text = "how long to wait for them; -1 for ever") long delayBeforeDispatch,
    @Setting(name = "consumer-priority", value = "0", text = "priority of consumers that give none") int consumerPriority,
    @Setting(name = "auto-delete", value = "false", text = "removed when nobody uses it") boolean autoDelete,
    @Setting(name = "auto-delete-delay", value = "0", unit = Unit.MILLISECONDS,
        text = "how long it must have been unused") long autoDeleteDelay,
    @Setting(name = "auto-delete-message-count", value = "0", text = "messages that may be left; -1 any number") long autoDeleteMessageCount) {

    /** A durable queue with everything else at its default. */
    public static QueueConfig of(String name, String address, RoutingType routingType) {
        return QueueRequest.of(name, address, routingType).resolve(AddressSettings.DEFAULT, Origin.CONFIGURED);
    }

    /**
     * A copy with one attribute changed, named as in broker.xml.
     *
     * @throws ConfigException when there is no such attribute or the value is wrong
     */
    public QueueConfig with(String attribute, Object value) {
        return Settings.with(this, attribute, value);
    }

    /** Whether newer messages replace older ones of the same key: by the flag, or because a key is named. */
    public boolean replacesByKey() {
        return lastValue || !lastValueKey.isEmpty();
    }
}
