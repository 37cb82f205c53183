package io.delos.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code addresses}, {@code address-settings} and the old {@code queues} (broker.xml sections 4 and 5). */
final class AddressesXml {
    private static final Schema<QueueConfig> QUEUE = Schema.of(QueueConfig.class);
    private static final Set<String> QUEUE_ATTRIBUTES = Set.of("name", "max-consumers", "purge-on-no-consumers", "exclusive",
        "group-rebalance", "group-rebalance-pause-dispatch", "group-buckets", "group-first-key", "last-value", "last-value-key",
        "non-destructive", "consumers-before-dispatch", "delay-before-dispatch", "ring-size", "enabled", "user", "consumer-priority");
    private static final Set<String> SETTINGS_WITHOUT_EFFECT = Set.of("page-max-cache-size", "initial-queue-buffer-size");

    private AddressesXml() {
    }

    static void addresses(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("address"));
        for (XmlElement address : section.children) {
            address.accepts(Set.of("name"), Set.of("anycast", "multicast"));
            String name = address.requireAttribute("name");
            if (address.children.isEmpty()) {
                throw address.wrong("address '" + name + "' needs <anycast> or <multicast>, or both");
            }
            for (XmlElement type : address.children) {
                RoutingType routingType = type.name.equals("anycast") ? RoutingType.ANYCAST : RoutingType.MULTICAST;
                context.draft().address(name).routingTypes.add(routingType);
                type.accepts(Set.of(), Set.of("queue"));
                for (XmlElement queue : type.children) {
                    queue.accepts(QUEUE_ATTRIBUTES, Set.of("filter", "durable", "user"));
                    add(queue, request(queue, name, routingType), context);
                }
            }
        }
    }

    /** The form of Artemis 1.x: every queue names its address, and all are multicast. */
    static void oldQueues(XmlElement section, XmlContext context) {
        context.warn(section.place, "<queues> is an old form; use <addresses>");
        section.accepts(Set.of(), Set.of("queue"));
        for (XmlElement queue : section.children) {
            queue.accepts(QUEUE_ATTRIBUTES, Set.of("address", "filter", "durable", "user"));
            String address = queue.childText("address", queue.requireAttribute("name"));
            add(queue, request(queue, address, RoutingType.MULTICAST), context);
        }
    }

    static void add(XmlElement element, QueueRequest request, XmlContext context) {
        for (ConfigDraft.AddressDraft address : context.draft().addresses.values()) {
            if (address.queues.containsKey(request.name())) {
                throw element.wrong("a queue name may be used once, found a second '" + request.name() + "'");
            }
        }
        ConfigDraft.AddressDraft address = context.draft().address(request.address());
        address.routingTypes.add(request.routingType());
        address.queues.put(request.name(), request);
    }

    private static QueueRequest request(XmlElement queue, String address, RoutingType routingType) {
        QueueRequest request = QueueRequest.of(queue.requireAttribute("name"), address, routingType);
        for (Map.Entry<String, String> attribute : queue.attributes.entrySet()) {
            if (!attribute.getKey().equals("name")) {
                request = request.with(attribute.getKey(), XmlContext.parsed(queue, QUEUE.require(attribute.getKey()), attribute.getValue()));
            }
        }
        for (XmlElement child : queue.children) {
            if (child.name.equals("filter")) {
                child.accepts(Set.of("string"), Set.of());
                request = request.with("filter", child.requireAttribute("string"));
            } else if (!child.name.equals("address")) {
                child.accepts(Set.of(), Set.of());
                request = request.with(child.name, XmlContext.parsed(child, QUEUE.require(child.name), child.text()));
            }
        }
        return request;
    }

    static void addressSettings(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("address-setting"));
        for (XmlElement setting : section.children) {
            String match = setting.requireAttribute("match");
            Map<String, Object> values = new LinkedHashMap<>();
            for (XmlElement child : setting.children) {
                addressSetting(child, values, context);
            }
            try {
                Schema.of(AddressSettings.class).build(values);
                context.draft().pattern(match);
                LimitsXml.check(setting, values, context);
            } catch (ConfigException wrong) {
                throw XmlContext.located(setting, wrong);
            }
            if (context.draft().addressSettings.putIfAbsent(match, values) != null) {
                context.warn(setting.place, "<address-setting> for '" + match + "' was given before; the first one counts");
            }
        }
    }

    private static void addressSetting(XmlElement child, Map<String, Object> values, XmlContext context) {
        String name = child.name.toLowerCase(Locale.ROOT);
        if (SETTINGS_WITHOUT_EFFECT.contains(name)) {
            context.noEffect(child);
            return;
        }
        Optional<Declaration> declaration = Settings.find(AddressSettings.class, name);
        context.put(values, child, declaration.orElseThrow(() -> child.wrong("unknown inside <address-setting>")));
    }
}
