package io.delos.core;

import io.delos.config.RoutingType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Beginnings of names that say a routing type and are no part of the name (section 10.9). Immutable. */
record Prefixes(List<Prefix> all) {
    record Prefix(String text, RoutingType type) { }

    /** A name without its prefix, and what the prefix said. */
    record Name(String plain, Optional<RoutingType> type) { }

    static Prefixes of(CoreOptions options) {
        List<Prefix> all = new ArrayList<>();
        for (String text : options.anycastPrefix().split(",")) {
            add(all, text, RoutingType.ANYCAST);
        }
        for (String text : options.multicastPrefix().split(",")) {
            add(all, text, RoutingType.MULTICAST);
        }
        return new Prefixes(List.copyOf(all));
    }

    private static void add(List<Prefix> all, String text, RoutingType type) {
        if (!text.isBlank()) {
            all.add(new Prefix(text.trim(), type));
        }
    }

    Name strip(String name) {
        for (Prefix prefix : all) {
            if (name.startsWith(prefix.text())) {
                return new Name(name.substring(prefix.text().length()), Optional.of(prefix.type()));
            }
        }
        return new Name(name, Optional.empty());
    }

    /** The name alone. Costs nothing where no prefixes are configured. */
    String plain(String name) {
        return all.isEmpty() ? name : strip(name).plain();
    }
}
