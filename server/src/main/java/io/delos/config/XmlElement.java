package io.delos.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One element of a configuration file, with where it stands. Filled by {@link XmlReader}, then only read. */
final class XmlElement {
    final String namespace;
    final String name;
    final Place place;
    final Map<String, String> attributes = new LinkedHashMap<>();
    final List<XmlElement> children = new ArrayList<>();
    final StringBuilder rawText = new StringBuilder();

    XmlElement(String namespace, String name, Place place) {
        this.namespace = namespace;
        this.name = name;
        this.place = place;
    }

    /** The element's own text, trimmed. */
    String text() {
        return rawText.toString().trim();
    }

    String attribute(String attribute, String otherwise) {
        return attributes.getOrDefault(attribute, otherwise).trim();
    }

    String requireAttribute(String attribute) {
        String value = attribute(attribute, "");
        if (value.isEmpty()) {
            throw wrong("needs the attribute '" + attribute + "'");
        }
        return value;
    }

    /** The text of the child, or the fallback when there is none. */
    String childText(String child, String otherwise) {
        for (XmlElement candidate : children) {
            if (candidate.name.equals(child)) {
                return candidate.text();
            }
        }
        return otherwise;
    }

    /** Complains about the first attribute, and the first child, that isn't among these. */
    void accepts(Set<String> knownAttributes, Set<String> knownChildren) {
        for (String attribute : attributes.keySet()) {
            if (!knownAttributes.contains(attribute)) {
                throw wrong("has no attribute '" + attribute + "'; " + choice(knownAttributes));
            }
        }
        for (XmlElement child : children) {
            if (!knownChildren.contains(child.name)) {
                throw child.wrong("unknown inside <" + name + ">; " + choice(knownChildren));
            }
        }
    }

    private static String choice(Set<String> known) {
        return known.isEmpty() ? "none is expected" : "expected one of " + new java.util.TreeSet<>(known);
    }

    /** A complaint about this element. */
    ConfigException wrong(String expectation) {
        return new ConfigException(place, "<" + name + ">", expectation);
    }
}
