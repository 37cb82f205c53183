package io.delos.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Applies property overrides to a configuration being put together (broker.xml section 20.2). A path names a setting by its camelCase
 * name; one bad entry doesn't stop the others.
 */
final class BrokerProperties {
    private static final Map<String, String> RENAMED = Map.of(
        "addressfullmessagepolicy", "address-full-policy", "pagefullmessagepolicy", "page-full-policy",
        "diskfullmessagepolicy", "disk-full-policy", "redeliverymultiplier", "redelivery-delay-multiplier",
        "filterstring", "filter", "transformerconfiguration", "transformer");

    private final ConfigDraft draft;
    private final Map<String, BiConsumer<PropertyPath, String>> collections = new HashMap<>();
    private String removal = "-";

    private BrokerProperties(ConfigDraft draft) {
        this.draft = draft;
        collections.put("addresssettings", this::addressSetting);
        collections.put("addressessettings", this::addressSetting);
        collections.put("addressconfigurations", this::address);
        collections.put("securityroles", this::securityRole);
        collections.put("acceptorconfigurations", this::acceptor);
        collections.put("connectorconfigurations", this::connector);
        collections.put("clusterconfigurations", this::cluster);
        collections.put("divertconfigurations", this::divert);
        collections.put("resourcelimitsettings", this::resourceLimit);
        collections.put("metricsconfiguration", this::metric);
    }

    /** Changes the draft; returns what couldn't be applied. */
    static List<BrokerXml.Rejected> apply(ConfigDraft draft, PropertySource source, Substitution substitution) {
        return new BrokerProperties(draft).apply(source.entries(), substitution);
    }

    private List<BrokerXml.Rejected> apply(Map<String, String> entries, Substitution substitution) {
        List<BrokerXml.Rejected> rejected = new ArrayList<>();
        String surround = entries.getOrDefault("key.surround", System.getProperty("brokerconfig.key.surround", "\""));
        removal = entries.getOrDefault("remove.value", "-");
        entries.forEach((key, value) -> {
            if (!key.equals("key.surround") && !key.equals("remove.value")) {
                try {
                    set(PropertyPath.parse(substitution.apply(key), surround), substitution.apply(value).trim());
                } catch (ConfigException wrong) {
                    rejected.add(new BrokerXml.Rejected(key + "=" + value, wrong.getMessage()));
                }
            }
        });
        return rejected;
    }

    private void set(PropertyPath path, String value) {
        if (path.length() == 1) {
            scalar(path.get(0), value);
            return;
        }
        BiConsumer<PropertyPath, String> collection = collections.get(PropertyPath.normalised(path.get(0)));
        if (collection == null) {
            throw new ConfigException(Place.NONE, path.get(0), "no such collection of settings, or one without effect");
        }
        collection.accept(path, value);
    }

    private void scalar(String name, String value) {
        if (value.equals(removal) && clear(PropertyPath.normalised(name))) {
            return;
        }
        String plain = name.endsWith("_AIO") || name.endsWith("_NIO") ? name.substring(0, name.length() - 4) : name;
        var unused = PropertyPath.find(UnusedSettings.class, plain);
        if (unused.isPresent()) {
            unused.get().parse(value);
            return;
        }
        Map<String, Object> changed = new LinkedHashMap<>(draft.settings);
        put(changed, BrokerSettings.class, name, value);
        Schema.of(BrokerSettings.class).build(changed);
        draft.settings.putAll(changed);
    }

    private boolean clear(String collection) {
        switch (collection) {
            case "addresssettings", "addressessettings" -> draft.addressSettings.clear();
            case "addressconfigurations" -> draft.addresses.clear();
            case "securityroles" -> draft.grants.clear();
            case "acceptorconfigurations" -> draft.acceptors.clear();
            case "connectorconfigurations" -> draft.connectors.clear();
            case "divertconfigurations" -> draft.diverts.clear();
            case "resourcelimitsettings" -> draft.resourceLimits.clear();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void put(Map<String, Object> values, Class<? extends Record> settings, String bean, String text) {
        String name = RENAMED.getOrDefault(PropertyPath.normalised(bean), bean);
        Declaration declaration = PropertyPath.find(settings, name)
            .orElseThrow(() -> new ConfigException(Place.NONE, bean, "no such setting"));
        values.put(declaration.name(), value(declaration, text));
    }

    /** Long numbers take size units here, whatever they count. */
    private static Object value(Declaration declaration, String text) {
        if (declaration.type() == long.class && declaration.unit() != Unit.BYTES) {
            try {
                return declaration.accept(Sizes.parse(text));
            } catch (NumberFormatException noSize) {
                return declaration.parse(text);
            }
        }
        return declaration.parse(text);
    }

    private static String segment(PropertyPath path, int index) {
        if (index >= path.length()) {
            throw new ConfigException(Place.NONE, String.join(".", path.segments()), "the path is too short");
        }
        return path.get(index);
    }

    private <T> boolean removed(Map<String, T> collection, PropertyPath path, String value) {
        if (path.length() == 2 && value.equals(removal)) {
            collection.remove(path.get(1));
            return true;
        }
        return false;
    }

    private void addressSetting(PropertyPath path, String value) {
        if (removed(draft.addressSettings, path, value)) {
            return;
        }
        draft.pattern(path.get(1));
        Map<String, Object> changed = new LinkedHashMap<>(draft.addressSettings.getOrDefault(path.get(1), Map.of()));
        put(changed, AddressSettings.class, segment(path, 2), value);
        Schema.of(AddressSettings.class).build(changed);
        draft.addressSettings.put(path.get(1), changed);
    }

    private void address(PropertyPath path, String value) {
        if (removed(draft.addresses, path, value)) {
            return;
        }
        String what = segment(path, 2);
        if (what.equals("routingTypes")) {
            Set<RoutingType> types = new java.util.LinkedHashSet<>();
            Declaration.list(value).forEach(type -> types.add(routingType(type)));
            draft.address(path.get(1)).routingTypes.addAll(types);
        } else if (what.equals("queueConfigs")) {
            queue(draft.address(path.get(1)), path, value);
        } else if (!what.equals("name")) {
            throw new ConfigException(Place.NONE, what, "no such setting of an address");
        }
    }

    private static RoutingType routingType(String text) {
        return (RoutingType) Schema.of(QueueConfig.class).require("routing-type").parse(text);
    }

    private void queue(ConfigDraft.AddressDraft address, PropertyPath path, String value) {
        String name = segment(path, 3);
        if (path.length() == 4 && value.equals(removal)) {
            address.queues.remove(name);
            return;
        }
        QueueRequest queue = address.queues.getOrDefault(name, QueueRequest.of(name, path.get(1), RoutingType.MULTICAST));
        String attribute = RENAMED.getOrDefault(PropertyPath.normalised(segment(path, 4)), path.get(4));
        Declaration declaration = PropertyPath.find(QueueConfig.class, attribute)
            .orElseThrow(() -> new ConfigException(Place.NONE, path.get(4), "no such setting of a queue"));
        QueueRequest changed = queue.with(declaration.name(), value(declaration, value));
        address.queues.put(name, changed);
        address.routingTypes.add(changed.routingType());
    }

    private void securityRole(PropertyPath path, String value) {
        if (removed(draft.grants, path, value)) {
            return;
        }
        draft.pattern(path.get(1));
        String role = segment(path, 2);
        Map<Permission, Set<String>> grants = draft.grants.computeIfAbsent(path.get(1), absent -> new java.util.EnumMap<>(Permission.class));
        if (path.length() == 3 && value.equals(removal)) {
            grants.values().forEach(roles -> roles.remove(role));
            return;
        }
        Permission permission = Permission.ofXmlName(segment(path, 3))
            .orElseThrow(() -> new ConfigException(Place.NONE, path.get(3), "no such permission"));
        if (Boolean.parseBoolean(value)) {
            draft.grant(path.get(1), permission, Set.of(role));
        } else if (grants.containsKey(permission)) {
            grants.get(permission).remove(role);
        }
    }

    private void acceptor(PropertyPath path, String value) {
        if (removed(draft.acceptors, path, value)) {
            return;
        }
        String name = path.get(1);
        AcceptorConfig acceptor = draft.acceptors.get(name);
        if (acceptor == null) {
            acceptor = AcceptorConfig.of(name, "tcp://localhost:" + TransportUrl.DEFAULT_PORT);
        }
        String key = parameter(path);
        if (!key.isEmpty()) {
            acceptor = switch (key) {
                case "host" -> acceptor.at(Declaration.list(value), acceptor.port());
                case "port" -> acceptor.at(acceptor.hosts(), TransportUrl.port(name, value));
                default -> acceptor.with(key, value);
            };
        }
        draft.acceptors.put(name, acceptor);
    }

    /** The parameter's name; empty for settings that say nothing to us. */
    private static String parameter(PropertyPath path) {
        String what = segment(path, 2);
        if (what.equals("params") || what.equals("extraParams")) {
            return String.join(".", path.segments().subList(3, Math.max(3, path.length())));
        }
        if (what.equals("factoryClassName") || what.equals("name")) {
            return "";
        }
        throw new ConfigException(Place.NONE, what, "no such setting; expected params.<key>");
    }

    private void connector(PropertyPath path, String value) {
        if (removed(draft.connectors, path, value)) {
            return;
        }
        String name = path.get(1);
        ConnectorConfig connector = draft.connectors.get(name);
        if (connector == null) {
            connector = ConnectorConfig.of(name, "tcp://localhost:" + TransportUrl.DEFAULT_PORT);
        }
        String key = parameter(path);
        Map<String, String> parameters = new LinkedHashMap<>(connector.parameters());
        switch (key) {
            case "" -> { }
            case "host" -> connector = new ConnectorConfig(name, connector.scheme(), value, connector.port(), parameters);
            case "port" -> connector = new ConnectorConfig(name, connector.scheme(), connector.host(), TransportUrl.port(name, value), parameters);
            default -> {
                parameters.put(key, value);
                connector = new ConnectorConfig(name, connector.scheme(), connector.host(), connector.port(), parameters);
            }
        }
        draft.connectors.put(name, connector);
    }

    /** As of the file, only whom a cluster connection names counts. */
    private void cluster(PropertyPath path, String value) {
        if (removed(draft.clusters, path, value)) {
            return;
        }
        List<String> named = draft.clusters.getOrDefault(path.get(1), List.of(""));
        List<String> members = new ArrayList<>();
        switch (PropertyPath.normalised(segment(path, 2))) {
            case "connectorname" -> {
                members.add(value);
                members.addAll(named.subList(1, named.size()));
            }
            case "staticconnectors" -> {
                members.add(named.get(0));
                members.addAll(Declaration.list(value));
            }
            default -> throw new ConfigException(Place.NONE, path.get(0), "of a cluster connection connectorName and staticConnectors have an effect, nothing else");
        }
        draft.clusters.put(path.get(1), members);
    }

    private void divert(PropertyPath path, String value) {
        if (!removed(draft.diverts, path, value)) {
            DivertConfig divert = draft.diverts.getOrDefault(path.get(1), DivertConfig.named(path.get(1)));
            List<String> setting = path.segments().subList(2, path.length());
            draft.diverts.put(path.get(1), divert.with(setting, value));
        }
    }

    private void resourceLimit(PropertyPath path, String value) {
        if (!removed(draft.resourceLimits, path, value)) {
            Map<String, Object> changed = new LinkedHashMap<>(draft.resourceLimits.getOrDefault(path.get(1), Map.of()));
            put(changed, ResourceLimits.class, segment(path, 2), value);
            draft.resourceLimits.put(path.get(1), changed);
        }
    }

    private void metric(PropertyPath path, String value) {
        put(draft.metrics, MetricsConfig.class, path.get(1), value);
    }
}
