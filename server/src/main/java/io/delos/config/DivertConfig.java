package io.delos.config;

import java.util.Map;

/**
 * A rule that sends a copy of, or instead of, what arrives at one address to others (address model 14).
 *
 * @param filter selector, or empty
 * @param transformer what is done to the copy
 */
public record DivertConfig(String name, String routingName, String address, String forwardingAddress, boolean exclusive, String filter,
                           DivertRouting routing, Transformer transformer) {

    /**
     * A change made to a copied message, by the name of the class that Artemis uses for it.
     *
     * @param className empty for none
     */
    public record Transformer(String className, Map<String, String> properties) {
        public static final Transformer NONE = new Transformer("", Map.of());

        public Transformer {
            properties = Map.copyOf(properties);
        }
    }
}
