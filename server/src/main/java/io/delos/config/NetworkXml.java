package io.delos.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads {@code acceptors} and {@code connectors} (broker.xml section 7). */
final class NetworkXml {
    private NetworkXml() {
    }

    static void acceptors(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("acceptor"));
        for (XmlElement element : section.children) {
            element.accepts(Set.of("name", "lock-coordinator"), Set.of());
            String name = element.attribute("name", "");
            AcceptorConfig acceptor;
            try {
                acceptor = AcceptorConfig.of(name.isEmpty() ? element.text() : name, element.text());
            } catch (ConfigException wrong) {
                throw new ConfigException(element.place, "<acceptor>", wrong.element() + ": " + wrong.expectation());
            }
            if (acceptor.scheme().equals("vm")) {
                context.warn(element.place, "<acceptor> with a vm:// URL has no effect");
            }
            if (!element.attribute("lock-coordinator", "").isEmpty()) {
                context.warn(element.place, "attribute 'lock-coordinator' of <acceptor> has no effect");
            }
            if (context.draft().acceptors.putIfAbsent(acceptor.name(),
                acceptor.lockedBy(element.attribute("lock-coordinator", ""))) != null) {
                throw element.wrong("an acceptor's name may be used once, found a second '" + acceptor.name() + "'");
            }
        }
    }

    static void connectors(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("connector"));
        for (XmlElement element : section.children) {
            element.accepts(Set.of("name"), Set.of());
            String name = element.attribute("name", "");
            if (name.isEmpty()) {
                context.warn(element.place, "<connector> without a name is skipped");
                continue;
            }
            try {
                if (context.draft().connectors.putIfAbsent(name, ConnectorConfig.of(name, element.text())) != null) {
                    context.warn(element.place, "<connector> '" + name + "' was given before and is skipped");
                }
            } catch (ConfigException wrong) {
                throw new ConfigException(element.place, "<connector>", wrong.element() + ": " + wrong.expectation());
            }
        }
    }

    /** Of cluster connections only who they name is looked at. */
    static void clusters(XmlElement section, XmlContext context) {
        for (XmlElement element : section.children) {
            if (element.name.equals("cluster-connection")) {
                List<String> references = new ArrayList<>();
                references.add(element.childText("connector-ref", ""));
                element.children.stream().filter(child -> child.name.equals("static-connectors")).flatMap(list -> list.children.stream())
                    .filter(child -> child.name.equals("connector-ref")).forEach(child -> references.add(child.text()));
                context.draft().clusters.put(element.attribute("name", ""), references);
            }
        }
        context.warn(section.place, "<cluster-connections> has no effect, but for OpenWire clients, who may be told of the connectors it names");
    }
}
