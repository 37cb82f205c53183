package io.delos.mqtt;

import io.delos.config.TransportOptions;
import io.delos.message.Message;
import io.netty.util.collection.IntCollections;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import java.util.Optional;

/** The topics a client publishes to: by name, or by the alias it gave them. Owned by the connection's loop. */
final class Targets {

    private final TopicNames names;
    private final TransportOptions.Naming naming;
    private final int highestAlias;
    private IntObjectMap<Target> aliases = IntCollections.emptyMap();
    private Target last = Target.of("", "");

    Targets(TopicNames names, TransportOptions.Naming naming, int highestAlias) {
        this.names = names;
        this.naming = naming;
        this.highestAlias = highestAlias;
    }

    /** The topic of that name; consecutive messages tend to go to the same. */
    Target named(String topic) {
        if (!last.topic().equals(topic)) {
            last = make(topic);
        }
        return last;
    }

    /** The topic meant by name and alias; empty when the alias is out of bounds, or stands for nothing. */
    Optional<Target> aliased(String topic, int alias) {
        if (alias < 1 || alias > highestAlias) {
            return Optional.empty();
        }
        if (topic.isEmpty()) {
            return Optional.ofNullable(aliases.get(alias));
        }
        Target target = named(topic);
        if (aliases.isEmpty()) {
            aliases = new IntObjectHashMap<>();
        }
        aliases.put(alias, target);
        return Optional.of(target);
    }

    private Target make(String topic) {
        String address = names.address(topic);
        Optional<String> anycast = without(naming.anycastPrefixes(), address);
        if (anycast.isPresent()) {
            return Target.fixed(topic, anycast.get(), Message.ROUTE_ANYCAST);
        }
        Optional<String> multicast = without(naming.multicastPrefixes(), address);
        return multicast.map(rest -> Target.fixed(topic, rest, Message.ROUTE_MULTICAST)).orElseGet(() -> Target.of(topic, address));
    }

    private static Optional<String> without(List<String> prefixes, String address) {
        for (String prefix : prefixes) {
            if (!prefix.isEmpty() && address.startsWith(prefix) && address.length() > prefix.length()) {
                return Optional.of(address.substring(prefix.length()));
            }
        }
        return Optional.empty();
    }
}
