package io.delos.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads {@code diverts} (broker.xml section 12). */
final class DivertsXml {
    private static final Set<String> CHILDREN = Set.of("transformer-class-name", "transformer", "exclusive", "routing-name", "address",
        "forwarding-address", "filter", "routing-type");

    /** The settings among them, to check their types. */
    private record Values(
        @Setting(name = "exclusive", value = "false", text = "the original doesn't go on") boolean exclusive,
        @Setting(name = "routing-type", value = "STRIP", text = "routing type of the copy") DivertRouting routing,
        @Setting(name = "address", check = Check.NOT_EMPTY, text = "source") String address,
        @Setting(name = "forwarding-address", check = Check.NOT_EMPTY, text = "target") String forwardingAddress,
        @Setting(name = "routing-name", text = "name among the bindings") String routingName) {
    }

    private DivertsXml() {
    }

    static DivertRouting routing(String text) {
        return (DivertRouting) Schema.of(Values.class).require("routing-type").parse(text);
    }

    static void diverts(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("divert"));
        for (XmlElement element : section.children) {
            element.accepts(Set.of("name"), CHILDREN);
            DivertConfig divert = divert(element, context);
            if (context.draft().diverts.putIfAbsent(divert.name(), divert) != null) {
                throw element.wrong("a divert's name may be used once, found a second '" + divert.name() + "'");
            }
        }
    }

    private static DivertConfig divert(XmlElement element, XmlContext context) {
        String name = element.requireAttribute("name");
        Map<String, Object> values = new LinkedHashMap<>();
        String filter = "";
        DivertConfig.Transformer transformer = DivertConfig.Transformer.NONE;
        for (XmlElement child : element.children) {
            switch (child.name) {
                case "filter" -> filter = child.requireAttribute("string");
                case "transformer-class-name" -> transformer = new DivertConfig.Transformer(child.text(), Map.of());
                case "transformer" -> transformer = transformer(child);
                default -> context.put(values, child, Schema.of(Values.class).require(child.name));
            }
        }
        for (String required : new String[] {"address", "forwarding-address"}) {
            if (!values.containsKey(required)) {
                throw element.wrong("divert '" + name + "' needs <" + required + ">");
            }
        }
        if (!transformer.known()) {
            throw element.wrong("divert '" + name + "': " + transformer.refusal());
        }
        Values read = Schema.of(Values.class).build(values);
        return new DivertConfig(name, read.routingName.isEmpty() ? name : read.routingName, read.address, read.forwardingAddress,
            read.exclusive, filter, read.routing, transformer);
    }

    private static DivertConfig.Transformer transformer(XmlElement element) {
        element.accepts(Set.of(), Set.of("class-name", "property"));
        Map<String, String> properties = new LinkedHashMap<>();
        for (XmlElement child : element.children) {
            if (child.name.equals("property")) {
                child.accepts(Set.of("key", "value"), Set.of());
                properties.put(child.requireAttribute("key"), child.attribute("value", ""));
            }
        }
        return new DivertConfig.Transformer(element.childText("class-name", ""), properties);
    }
}
