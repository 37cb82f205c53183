package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.broker.QueueInfo;
import io.delos.config.ConfigException;
import io.delos.config.QueueConfig;
import io.delos.config.QueueRequest;
import io.delos.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How management writes a queue (management, section 7.2). Stateless. */
final class QueueJson {

    /** What stands in it that is no attribute of a queue. */
    private static final Set<String> OTHERS = Set.of("id", "name", "auto-create-address", "configuration-managed", "transient", "fqqn");
    private static final List<String> ORDER = List.of("name", "address", "routing-type", "filter", "durable", "user", "max-consumers", "exclusive",
            "group-rebalance", "group-rebalance-pause-dispatch", "group-buckets", "group-first-key", "last-value", "last-value-key",
            "non-destructive", "purge-on-no-consumers", "enabled", "consumers-before-dispatch", "delay-before-dispatch", "consumer-priority",
            "auto-delete", "auto-delete-delay", "auto-delete-message-count", "ring-size");

    private QueueJson() {
    }

    /** The attributes that are given, by their names in broker.xml. */
    static Map<String, Object> attributes(JsonNode json) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        json.properties().forEach(field -> {
            if (!field.getValue().isNull() && !OTHERS.contains(field.getKey())) {
                attributes.put(field.getKey(), field.getValue().asText());
            }
        });
        return attributes;
    }

    /** {@code maxConsumers} is max-consumers. */
    static String attribute(String parameter) {
        return parameter.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    static QueueRequest request(JsonNode wanted, String json) {
        if (wanted.path("name").asText("").isEmpty()) {
            throw new ManagementException("AMQ229229: Failed to parse JSON queue configuration: " + json);
        }
        Map<String, Object> attributes = attributes(wanted);
        attributes.put("name", wanted.path("name").asText());
        return request(attributes);
    }

    static QueueRequest request(Map<String, Object> attributes) {
        String name = attributes.get("name").toString();
        QueueRequest request = QueueRequest.of(name, attributes.getOrDefault("address", name).toString(),
                BrokerObjectTable.type(attributes.getOrDefault("routing-type", "MULTICAST").toString()));
        try {
            for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
                if (!Set.of("name", "address", "routing-type").contains(attribute.getKey())) {
                    request = request.with(attribute.getKey(), attribute.getValue());
                }
            }
            return request;
        } catch (ConfigException wrong) {
            throw new ManagementException(wrong.getMessage());
        }
    }

    /** A queue as JSON; {@code enabled} says whether it is to be told that it is. */
    static String text(QueueInfo info, boolean enabled) {
        Map<String, Object> values = Settings.values(info.config());
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", info.id());
        for (String name : ORDER) {
            Object value = values.get(name);
            if (!"".equals(value) && (enabled || !name.equals("enabled")) && !name.equals("consumer-priority")) {
                shown.put(name.equals("filter") ? "filter-string" : name, value instanceof Enum<?> one ? one.name() : value);
            }
        }
        QueueConfig config = info.config();
        shown.put("configuration-managed", config.configured());
        shown.put("temporary", config.temporary());
        shown.put("auto-create-address", true);
        shown.put("internal", config.internal());
        shown.put("transient", false);
        shown.put("auto-created", config.autoCreated());
        shown.put("fqqn", false);
        return Json.text(shown);
    }

    /** A queue in words, as the forms from before JSON answer. */
    static String sentence(QueueInfo info) {
        QueueConfig config = info.config();
        return "Queue [name=" + config.name() + ", address=" + config.address() + ", routingType=" + config.routingType()
                + (config.filter().isEmpty() ? "" : ", filter=" + config.filter()) + ", durable="
                + config.durable() + (config.maxConsumers() < 0 ? "" : ", maxConsumers=" + config.maxConsumers()) + ", purgeOnNoConsumers="
                + config.purgeOnNoConsumers() + ", autoCreateAddress=false, exclusive=" + config.exclusive() + ", lastValue="
                + config.lastValue() + ", lastValueKey=" + QueueTable.orNull(config.lastValueKey()) + ", nonDestructive="
                + config.nonDestructive() + ", consumersBeforeDispatch=" + config.consumersBeforeDispatch() + ", delayBeforeDispatch="
                + config.delayBeforeDispatch() + ", autoCreateAddress=false]";
    }
}
