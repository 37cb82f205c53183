package io.delos.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The whole configuration of a broker. Immutable: a reload makes another one, and whoever reacts to a reload compares the two.
 *
 * @param resourceLimits by user name
 */
public record BrokerConfig(BrokerSettings settings, WildcardSyntax wildcards, MetricsConfig metrics, Network network,
                           AddressSettingsTable addressSettings, SecuritySettings securitySettings, List<AddressConfig> addresses,
                           List<DivertConfig> diverts, Map<String, ResourceLimits> resourceLimits) {

    /** The ways in and out. */
    public record Network(List<AcceptorConfig> acceptors, List<ConnectorConfig> connectors, List<ClusterConfig> clusters) {
        public Network {
            acceptors = List.copyOf(acceptors);
            connectors = List.copyOf(connectors);
            clusters = List.copyOf(clusters);
        }
    }

    public BrokerConfig {
        addresses = List.copyOf(addresses);
        diverts = List.copyOf(diverts);
        resourceLimits = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(resourceLimits));
    }

    /** What an empty file means: no acceptors, no addresses, and nobody may do anything. */
    public static BrokerConfig defaults() {
        return new ConfigDraft().build();
    }

    public String name() {
        return general().name();
    }

    public BrokerSettings.General general() {
        return settings.general();
    }

    public BrokerSettings.Storage storage() {
        return settings.storage();
    }

    public BrokerSettings.Memory memory() {
        return settings.memory();
    }

    public BrokerSettings.Timing timing() {
        return settings.timing();
    }

    public BrokerSettings.Security security() {
        return settings.security();
    }

    public BrokerSettings.Management management() {
        return settings.management();
    }

    public List<AcceptorConfig> acceptors() {
        return network.acceptors();
    }

    public List<ConnectorConfig> connectors() {
        return network.connectors();
    }

    /** Who is in the cluster that an acceptor of this one tells its clients of: the first one if {@code name} is empty; nobody if there is none. */
    public List<ConnectorConfig> members(String name) {
        return network.clusters().stream().filter(cluster -> name.isEmpty() || cluster.name().equals(name)).findFirst()
            .map(ClusterConfig::members).orElse(List.of());
    }

    /**
     * A copy with one single-valued setting changed, named as in broker.xml.
     *
     * @throws ConfigException when there is no such setting or the value is wrong
     */
    public BrokerConfig with(String setting, Object value) {
        return new BrokerConfig(Settings.with(settings, setting, value), wildcards, metrics, network, addressSettings, securitySettings,
            addresses, diverts, resourceLimits);
    }

    /** A copy in which one match of the address-settings holds exactly these values. */
    public BrokerConfig withAddressSettings(String match, Map<String, ?> values) {
        return new BrokerConfig(settings, wildcards, metrics, network, addressSettings.with(match, values), securitySettings, addresses,
            diverts, resourceLimits);
    }

    public BrokerConfig withSecuritySettings(SecuritySettings other) {
        return new BrokerConfig(settings, wildcards, metrics, network, addressSettings, other, addresses, diverts, resourceLimits);
    }

    public BrokerConfig withAcceptors(List<AcceptorConfig> acceptors) {
        return new BrokerConfig(settings, wildcards, metrics, new Network(acceptors, connectors(), network.clusters()), addressSettings, securitySettings,
            addresses, diverts, resourceLimits);
    }

    public BrokerConfig withClusters(List<ClusterConfig> clusters) {
        return new BrokerConfig(settings, wildcards, metrics, new Network(acceptors(), connectors(), clusters), addressSettings,
            securitySettings, addresses, diverts, resourceLimits);
    }

    public BrokerConfig withAddresses(List<AddressConfig> others) {
        return new BrokerConfig(settings, wildcards, metrics, network, addressSettings, securitySettings, others, diverts,
            resourceLimits);
    }

    public BrokerConfig withDiverts(List<DivertConfig> others) {
        return new BrokerConfig(settings, wildcards, metrics, network, addressSettings, securitySettings, addresses, others,
            resourceLimits);
    }

    public BrokerConfig withWildcards(WildcardSyntax syntax) {
        return new BrokerConfig(settings, syntax, metrics, network, addressSettings.rebuilt(syntax), securitySettings, addresses, diverts,
            resourceLimits);
    }
}
