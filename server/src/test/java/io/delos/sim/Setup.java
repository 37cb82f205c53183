package io.delos.sim;

import io.delos.config.AddressConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.DivertConfig;
import io.delos.config.DivertRouting;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.JournalConfig;
import io.delos.queue.BacklogFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a broker of a simulation is set up: everything so small that a short history fills segments, takes checkpoints, overflows windows, stages
 * transactions and lets go of what is handed out.
 *
 * @param memory bytes that are divided among the shares of its memory
 */
record Setup(BrokerConfig config, JournalConfig journal, BacklogFiles.Depth depth, long memory, int loops, int workers) {
    static final String DEAD = "dead";
    static final String OVER = "over";
    /** Gets a copy of what is red and sent to "a". */
    static final String COPIES = "copies";
    /** Appears when somebody sends to it, and goes when it is empty and nobody wants it. */
    static final String APPEARING = "auto";
    private static final DivertConfig DIVERT = new DivertConfig("copy", "copy", "a", COPIES, false, "c = 'red'", DivertRouting.PASS,
            DivertConfig.Transformer.NONE);
    static final int ATTEMPTS = 3;
    /** No message is larger, in bytes. */
    static final int LARGEST = 6000;

    private static final BrokerConfig BASE = base();

    private static BrokerConfig base() {
        return BrokerConfig.defaults().with("security-enabled", false).with("message-expiry-scan-period", 90)
                .with("address-queue-scan-period", 25).with("disk-scan-period", 120)
                .withAddressSettings("#", Map.of("dead-letter-address", DEAD, "expiry-address", OVER, "max-delivery-attempts", ATTEMPTS,
                        "auto-create-queues", false, "auto-create-addresses", true, "auto-delete-addresses", false))
                .withAddressSettings("b", Map.of("redelivery-delay", 30))
                .withAddressSettings(APPEARING, Map.of("auto-create-queues", true, "auto-delete-addresses", true))
                .withAddresses(List.of(queue("a"), queue("b"), queue(COPIES), queue(DEAD), queue(OVER), topic())).withDiverts(List.of(DIVERT));
    }

    /** How many messages the ring keeps. */
    static final int RING = 3;

    private static final BrokerConfig WITH_KINDS = BASE.withAddresses(Stream.concat(BASE.addresses().stream(), Stream.of(
            kind("v", "last-value-key", "k"), kind("r", "ring-size", RING), kind("s", "non-destructive", true),
            kind("g", "group-rebalance", false))).toList());

    private static AddressConfig kind(String name, String attribute, Object value) {
        return new AddressConfig(name, Set.of(RoutingType.ANYCAST), List.of(QueueRequest.of(name, name, RoutingType.ANYCAST).with(attribute, value)));
    }

    private static AddressConfig queue(String name) {
        return new AddressConfig(name, Set.of(RoutingType.ANYCAST), List.of(QueueRequest.of(name, name, RoutingType.ANYCAST)));
    }

    private static AddressConfig topic() {
        return new AddressConfig("t", Set.of(RoutingType.MULTICAST), List.of(QueueRequest.of("t.all", "t", RoutingType.MULTICAST),
                QueueRequest.of("t.red", "t", RoutingType.MULTICAST).with("filter", "c = 'red'")));
    }

    /** {@code kinds}: with a queue of each kind. */
    static Setup of(Random chance, boolean kinds) {
        int segment = pick(chance, 80 << 10, 96 << 10, 128 << 10);
        JournalConfig journal = JournalConfig.in(Path.of("/data")).withSegmentBytes(segment).withMaxGroupBytes(pick(chance, 8 << 10, segment))
                .withPooledSegments(chance.nextInt(3)).withCheckpointBytes(pick(chance, 20 << 10, 60 << 10, 150 << 10));
        return new Setup((kinds ? WITH_KINDS : BASE).with("global-max-size", pick(chance, 4 << 10, 16 << 10, 1 << 20)), journal,
                new BacklogFiles.Depth(pick(chance, 4, 16), pick(chance, 1, 2)), pick(chance, 160 << 10, 320 << 10, 1 << 20),
                1 + chance.nextInt(3), 1 + chance.nextInt(3));
    }

    private static int pick(Random chance, int... of) {
        return of[chance.nextInt(of.length)];
    }
}
