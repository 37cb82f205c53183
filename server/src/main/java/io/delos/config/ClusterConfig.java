package io.delos.config;

import java.util.List;

/**
 * A cluster connection, as far as clients are told of it: brokers do not find each other yet.
 *
 * @param name    of the cluster connection
 * @param members how this broker is reached, and then each of those that are named
 */
public record ClusterConfig(String name, List<ConnectorConfig> members) {
    public ClusterConfig {
        members = List.copyOf(members);
    }
}
