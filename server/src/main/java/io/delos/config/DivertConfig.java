package io.delos.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule that sends a copy of, or instead of, what arrives at one address to others (address model 14).
 *
 * @param filter selector, or empty
 * @param transformer what is done to the copy
 */
public record DivertConfig(String name, String routingName, String address, String forwardingAddress, boolean exclusive, String filter,
                           DivertRouting routing, Transformer transformer) {

    /** One that does nothing yet: its address and target must still be given. */
    static DivertConfig named(String name) {
        return new DivertConfig(name, name, "", "", false, "", DivertRouting.STRIP, Transformer.NONE);
    }

    /** A copy with one property of the bean changed (broker.xml section 20.2). */
    DivertConfig with(List<String> path, String value) {
        String setting = path.isEmpty() ? "" : PropertyPath.normalised(path.get(0));
        return switch (setting) {
            case "routingname" -> new DivertConfig(name, value, address, forwardingAddress, exclusive, filter, routing, transformer);
            case "address" -> new DivertConfig(name, routingName, value, forwardingAddress, exclusive, filter, routing, transformer);
            case "forwardingaddress" -> new DivertConfig(name, routingName, address, value, exclusive, filter, routing, transformer);
            case "exclusive" -> new DivertConfig(name, routingName, address, forwardingAddress, Boolean.parseBoolean(value), filter,
                routing, transformer);
            case "filterstring" -> new DivertConfig(name, routingName, address, forwardingAddress, exclusive, value, routing, transformer);
            case "routingtype" -> new DivertConfig(name, routingName, address, forwardingAddress, exclusive, filter,
                DivertsXml.routing(value), transformer);
            case "transformerconfiguration" -> new DivertConfig(name, routingName, address, forwardingAddress, exclusive, filter, routing,
                transformer.with(path, value));
            default -> throw new ConfigException(Place.NONE, setting, "no such setting of a divert");
        };
    }

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

        private Transformer with(List<String> path, String value) {
            if (path.size() < 3) {
                return new Transformer(value.endsWith(".class") ? value.substring(0, value.length() - 6) : value, properties);
            }
            Map<String, String> more = new HashMap<>(properties);
            more.put(String.join(".", path.subList(2, path.size())), value);
            return new Transformer(className, more);
        }
    }
}
