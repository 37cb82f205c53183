package io.delos.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A configuration being put together from a file and from properties, by one thread; {@link #build} makes the immutable one.
 * Values are kept by setting name and already checked.
 */
final class ConfigDraft {
    final Map<String, Object> settings = new LinkedHashMap<>();
    final Map<String, Object> wildcards = new LinkedHashMap<>();
    final Map<String, Object> metrics = new LinkedHashMap<>();
    final Map<String, AcceptorConfig> acceptors = new LinkedHashMap<>();
    final Map<String, ConnectorConfig> connectors = new LinkedHashMap<>();
    /** The names of connectors: first how this broker is reached, then the others. */
    final Map<String, List<String>> clusters = new LinkedHashMap<>();
    final Map<String, Map<String, Object>> addressSettings = new LinkedHashMap<>();
    final Map<String, Map<Permission, Set<String>>> grants = new LinkedHashMap<>();
    final Map<String, Set<String>> roleMappings = new LinkedHashMap<>();
    final Map<String, AddressDraft> addresses = new LinkedHashMap<>();
    final Map<String, DivertConfig> diverts = new LinkedHashMap<>();
    final Map<String, Map<String, Object>> resourceLimits = new LinkedHashMap<>();

    /** An address with its queues by name. */
    static final class AddressDraft {
        final Set<RoutingType> routingTypes = new LinkedHashSet<>();
        final Map<String, QueueRequest> queues = new LinkedHashMap<>();

        AddressConfig build(String name) {
            return new AddressConfig(name, routingTypes, new ArrayList<>(queues.values()));
        }
    }

    AddressDraft address(String name) {
        return addresses.computeIfAbsent(name, absent -> new AddressDraft());
    }

    void grant(String match, Permission permission, Set<String> roles) {
        grants.computeIfAbsent(match, absent -> new EnumMap<>(Permission.class))
            .computeIfAbsent(permission, absent -> new LinkedHashSet<>()).addAll(roles);
    }

    /** Checks a match against the wildcard characters given so far. */
    AddressPattern pattern(String match) {
        String markers = (String) settings.getOrDefault("literal-match-markers", "");
        return MatchTable.pattern(Schema.of(WildcardSyntax.class).build(wildcards), markers, match);
    }

    BrokerConfig build() {
        BrokerSettings scalar = Schema.of(BrokerSettings.class).build(settings);
        WildcardSyntax syntax = Schema.of(WildcardSyntax.class).build(wildcards);
        String markers = scalar.general().literalMatchMarkers();
        Map<String, Object> fallback = new HashMap<>();
        fallback.put("id-cache-size", scalar.memory().idCacheSize());
        new MatchTable<>(syntax, markers, grants);
        List<AddressConfig> built = new ArrayList<>();
        addresses.forEach((name, draft) -> built.add(draft.build(name)));
        Map<String, ResourceLimits> limits = new TreeMap<>();
        resourceLimits.forEach((user, values) -> limits.put(user, Schema.of(ResourceLimits.class).build(values)));
        return new BrokerConfig(scalar, syntax, Schema.of(MetricsConfig.class).build(metrics),
            new BrokerConfig.Network(new ArrayList<>(acceptors.values()), new ArrayList<>(connectors.values()), built(clusters)),
            new AddressSettingsTable(syntax, markers, fallback, addressSettings), new SecuritySettings(grants, roleMappings),
            built, new ArrayList<>(diverts.values()), limits);
    }

    /** A connector that a cluster connection names and nobody defines is left out. */
    private List<ClusterConfig> built(Map<String, List<String>> byName) {
        List<ClusterConfig> built = new ArrayList<>();
        byName.forEach((name, references) -> built.add(new ClusterConfig(name, references.stream().filter(connectors::containsKey)
            .map(connectors::get).distinct().toList())));
        return built;
    }
}
