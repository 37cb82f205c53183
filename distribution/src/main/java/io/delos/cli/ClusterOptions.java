package io.delos.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** A new broker's companions. */
final class ClusterOptions {

    static final String DEFAULT_USER = "cluster-admin";

    @Option(names = "--clustered", description = "Join a cluster.")
    boolean clustered;

    @Option(names = {"--static-cluster", "--staticCluster"}, paramLabel = "<urls>", split = ",",
            description = "The other members, instead of finding them by multicast: tcp://a:61616,tcp://b:61616.")
    List<String> members = List.of();

    @Option(names = "--max-hops", paramLabel = "<n>", defaultValue = "1", description = "How many brokers a message may pass. Default: ${DEFAULT-VALUE}.")
    int maxHops;

    @Option(names = "--message-load-balancing", paramLabel = "<kind>", defaultValue = "ON_DEMAND",
            description = "OFF, STRICT, ON_DEMAND or OFF_WITH_REDISTRIBUTION. Default: ${DEFAULT-VALUE}.")
    String loadBalancing;

    @Option(names = "--cluster-user", paramLabel = "<user>", description = "The user brokers connect as.")
    String user;

    @Option(names = "--cluster-password", paramLabel = "<password>", description = "That user's password.")
    String password;

    @Option(names = "--replicated", description = "One of a pair that copies its data over the network.")
    boolean replicated;

    @Option(names = "--shared-store", description = "One of a pair that shares a disk.")
    boolean sharedStore;

    @Option(names = "--backup", description = "The second of the pair.")
    boolean backup;

    @Option(names = "--failover-on-shutdown", description = "The backup takes over after an orderly stop, too.")
    boolean failoverOnShutdown;

    void check() throws CliException {
        if (replicated && sharedStore) {
            throw new CliException("--replicated and --shared-store exclude each other");
        }
        if (backup && !replicated && !sharedStore) {
            throw new CliException("--backup needs --replicated or --shared-store");
        }
        if (!List.of("OFF", "STRICT", "ON_DEMAND", "OFF_WITH_REDISTRIBUTION").contains(loadBalancing)) {
            throw new CliException("--message-load-balancing: '" + loadBalancing + "' is none of OFF, STRICT, ON_DEMAND, OFF_WITH_REDISTRIBUTION");
        }
    }

    /** Whether the broker has a cluster connection: asked for, or needed by the pair. */
    boolean clustered() {
        return clustered || !members.isEmpty() || replicated || sharedStore;
    }
}
