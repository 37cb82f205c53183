package io.delos.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule that sends a copy of, or instead of, what arrives at one address to others (address model 14).
 *
 * @param routingName of several with the same one, on one address, each in turn gets a message
 * @param forwardingAddress one or more addresses, separated by commas
 * @param filter selector, or empty
 * @param transformer what is done to the copy
 */
public record DivertConfig(String name, String routingName, String address, String forwardingAddress, boolean exclusive, String filter,
                           DivertRouting routing, Transformer transformer) {

    /** One that does nothing yet: its address and target must still be given. */
    static DivertConfig named(String name) {
        return new DivertConfig(name, name, "", "", false, "", DivertRouting.STRIP, Transformer.NONE);
    }

    private static final String PROPERTY = "transformer-property.";

    /** Everything it says as texts by name, as it is kept beyond a restart; what is empty is left out. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("name", name);
        texts.put("routing-name", routingName);
        texts.put("address", address);
        texts.put("forwarding-address", forwardingAddress);
        texts.put("exclusive", Boolean.toString(exclusive));
        texts.put("filter", filter);
        texts.put("routing-type", routing.name());
        texts.put("transformer-class-name", transformer.className);
        transformer.properties.forEach((key, value) -> texts.put(PROPERTY + key, value));
        texts.values().removeIf(String::isEmpty);
        return texts;
    }

    /** What {@link #texts} was made of. ConfigException if the routing type is none. */
    public static DivertConfig of(Map<String, String> texts) {
        Map<String, String> properties = new LinkedHashMap<>();
        texts.forEach((key, value) -> {
            if (key.startsWith(PROPERTY)) {
                properties.put(key.substring(PROPERTY.length()), value);
            }
        });
        String name = texts.getOrDefault("name", "");
        return new DivertConfig(name, texts.getOrDefault("routing-name", name), texts.getOrDefault("address", ""),
                texts.getOrDefault("forwarding-address", ""), Boolean.parseBoolean(texts.get("exclusive")), texts.getOrDefault("filter", ""),
                DivertsXml.routing(texts.getOrDefault("routing-type", DivertRouting.STRIP.name())),
                new Transformer(texts.getOrDefault("transformer-class-name", ""), properties));
    }

    /** The addresses it forwards to, in their order. */
    public List<String> targets() {
        return Arrays.stream(forwardingAddress.split(",")).map(String::trim).filter(target -> !target.isEmpty()).toList();
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

        /** The one there is: each property becomes a property of the message. */
        public static final String ADD_HEADERS = "org.apache.activemq.artemis.core.server.transformer.AddHeadersTransformer";

        public Transformer {
            properties = Map.copyOf(properties);
        }

        /** Whether there is such a one: classes of anybody else's are never loaded. */
        public boolean known() {
            return className.isEmpty() || className.equals(ADD_HEADERS);
        }

        /** What to tell who asked for one that isn't {@link #known}. */
        public String refusal() {
            return "AMQ229074: there is no transformer class " + className + " here, only " + ADD_HEADERS;
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
