package io.delos.openwire;

import io.delos.config.ConnectorConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The brokers that an acceptor's clients are told of (section 9). Any thread. */
final class Neighbours {

    private final OpenWireOptions options;
    private final AtomicInteger turn = new AtomicInteger();

    Neighbours(OpenWireOptions options) {
        this.options = options;
    }

    /** What a client that has just connected is told; empty if there is nobody to tell of, or it is not to be told. */
    Optional<Answer.Cluster> tell(List<ConnectorConfig> members, Command.ConnectionInfo client) {
        if (!options.updateClusterClients() || !client.manageable() || members.isEmpty()) {
            return Optional.empty();
        }
        List<String> urls = new ArrayList<>(members.stream().map(Neighbours::url).toList());
        boolean rebalances = options.rebalanceClusterClients() && !client.failoverReconnect();
        if (rebalances) {
            // who takes the list in its order begins with another broker than the one before
            Collections.rotate(urls, -Math.floorMod(turn.getAndIncrement(), urls.size()));
        }
        return Optional.of(new Answer.Cluster(String.join(",", urls), rebalances));
    }

    private static String url(ConnectorConfig member) {
        String scheme = Boolean.parseBoolean(member.parameters().get("sslEnabled")) ? "ssl" : "tcp";
        String host = member.host().indexOf(':') >= 0 ? '[' + member.host() + ']' : member.host();
        return scheme + "://" + host + ':' + member.port();
    }
}
