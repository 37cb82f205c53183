package io.delos.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A queue somebody asks for: its identity, and those attributes of {@link QueueConfig} that were given. The rest comes from the
 * address-settings when the queue is made. Immutable.
 */
public final class QueueRequest {
    private static final Schema<QueueConfig> ATTRIBUTES = Schema.of(QueueConfig.class);

    private final Map<String, Object> given;

    private QueueRequest(Map<String, Object> given) {
        this.given = given;
    }

    /** @param name may be fully qualified ({@code address::queue}): its first part then replaces {@code address} */
    public static QueueRequest of(String name, String address, RoutingType routingType) {
        int separator = name.indexOf("::");
        boolean qualified = separator > 0 && separator + 2 < name.length();
        return new QueueRequest(Map.of())
            .with("name", qualified ? name.substring(separator + 2) : name)
            .with("address", qualified ? name.substring(0, separator) : address)
            .with("routing-type", routingType);
    }

    /**
     * A copy that also gives this attribute.
     *
     * @param attribute as broker.xml spells it, for instance {@code max-consumers}
     * @param value of the attribute's type, or text as in a file
     * @throws ConfigException when there is no such attribute or the value is wrong
     */
    public QueueRequest with(String attribute, Object value) {
        Declaration declaration = ATTRIBUTES.require(attribute);
        Map<String, Object> more = new LinkedHashMap<>(given);
        more.put(declaration.name(), declaration.accept(value));
        return new QueueRequest(more);
    }

    public String name() {
        return (String) given.get("name");
    }

    public String address() {
        return (String) given.get("address");
    }

    public RoutingType routingType() {
        return (RoutingType) given.get("routing-type");
    }

    /** The attribute's value when it was given. */
    public Optional<Object> given(String attribute) {
        return Optional.ofNullable(given.get(ATTRIBUTES.require(attribute).name()));
    }

    /** The queue to make: what was given, and for the rest what the settings of its address say. */
    public QueueConfig resolve(AddressSettings settings, Origin origin) {
        Map<String, Object> values = defaults(settings, origin);
        values.putAll(given);
        return ATTRIBUTES.build(values);
    }

    private static Map<String, Object> defaults(AddressSettings settings, Origin origin) {
        AddressSettings.QueueDefaults queues = settings.queues();
        Map<String, Object> values = new HashMap<>();
        values.put("max-consumers", queues.maxConsumers());
        values.put("exclusive", queues.exclusive());
        values.put("last-value", queues.lastValue());
        values.put("last-value-key", queues.lastValueKey());
        values.put("non-destructive", queues.nonDestructive());
        values.put("ring-size", queues.ringSize());
        values.put("group-rebalance", queues.groupRebalance());
        values.put("group-rebalance-pause-dispatch", queues.groupRebalancePauseDispatch());
        values.put("group-buckets", queues.groupBuckets());
        values.put("group-first-key", queues.groupFirstKey());
        values.put("consumers-before-dispatch", queues.consumersBeforeDispatch());
        values.put("delay-before-dispatch", queues.delayBeforeDispatch());
        if (origin == Origin.CONFIGURED) {
            values.put("configuration-managed", true);
        } else {
            values.put("auto-delete-delay", settings.creation().deleteQueuesDelay());
            values.put("auto-delete-message-count", settings.creation().deleteQueuesMessageCount());
            values.put("auto-delete", origin == Origin.AUTO_CREATED
                ? settings.creation().deleteQueues() : settings.creation().deleteCreatedQueues());
        }
        if (origin == Origin.AUTO_CREATED) {
            values.put("auto-created", true);
            values.put("purge-on-no-consumers", queues.purgeOnNoConsumers());
        }
        return values;
    }

    @Override public boolean equals(Object other) {
        return other instanceof QueueRequest && given.equals(((QueueRequest) other).given);
    }

    @Override public int hashCode() {
        return given.hashCode();
    }

    @Override public String toString() {
        return "QueueRequest" + given;
    }
}
