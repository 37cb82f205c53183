package io.delos.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the section readers of broker.xml fill: the draft, and the warnings. One thread. */
record XmlContext(ConfigDraft draft, List<String> warnings) {
    XmlContext() {
        this(new ConfigDraft(), new ArrayList<>());
    }

    void warn(Place place, String sentence) {
        warnings.add(place + ": " + sentence);
    }

    void noEffect(XmlElement element) {
        warn(element.place, "<" + element.name + "> has no effect");
    }

    /** Puts the element's text into the map as the value of that setting; the first of several counts. */
    void put(Map<String, Object> values, XmlElement element, Declaration declaration) {
        if (!element.children.isEmpty()) {
            throw element.children.get(0).wrong("unknown inside <" + element.name + ">, which holds only text");
        }
        Object value = parsed(element, declaration, element.text());
        if (values.putIfAbsent(declaration.name(), value) != null) {
            warn(element.place, "<" + element.name + "> was given before; the first one counts");
        }
        if (declaration.aliases().contains(element.name)) {
            warn(element.place, "<" + element.name + "> is the old name of <" + declaration.name() + ">");
        }
    }

    /** Fills the map from a section whose children are settings of one record. */
    void putAll(Map<String, Object> values, XmlElement section, Class<? extends Record> settings) {
        for (XmlElement child : section.children) {
            put(values, child, Settings.find(settings, child.name)
                .orElseThrow(() -> child.wrong("unknown inside <" + section.name + ">; expected one of " + names(settings))));
        }
    }

    static List<String> names(Class<? extends Record> settings) {
        List<String> names = new ArrayList<>();
        Settings.declarations(settings).forEach(declaration -> names.add(declaration.name()));
        return names;
    }

    /** Reads a text that stands in this element; a complaint points there. */
    static Object parsed(XmlElement element, Declaration declaration, String text) {
        try {
            return declaration.parse(text);
        } catch (ConfigException wrong) {
            throw located(element, wrong);
        }
    }

    static ConfigException located(XmlElement element, ConfigException wrong) {
        String what = wrong.element().isEmpty() || wrong.element().equalsIgnoreCase(element.name)
            ? "<" + element.name + ">" : "<" + element.name + "> " + wrong.element();
        return new ConfigException(element.place, what, wrong.expectation());
    }
}
