package io.delos.config;

import java.util.Set;

/** The old {@code jms} sibling of {@code core}: its queues and topics become addresses. */
final class JmsXml {
    private JmsXml() {
    }

    static void read(XmlElement jms, XmlContext context) {
        context.warn(jms.place, "<jms> is an old form; its queues and topics are made as addresses");
        for (XmlElement child : jms.children) {
            if (child.name.equals("queue")) {
                queue(child, context);
            } else if (child.name.equals("topic")) {
                child.accepts(Set.of("name"), Set.of("entry"));
                context.draft().address(child.requireAttribute("name")).routingTypes.add(RoutingType.MULTICAST);
            } else if (child.name.equals("jmx-domain")) {
                context.noEffect(child);
            } else {
                throw child.wrong("unknown inside <jms>; expected one of [jmx-domain, queue, topic]");
            }
        }
    }

    private static void queue(XmlElement queue, XmlContext context) {
        queue.accepts(Set.of("name"), Set.of("entry", "selector", "durable"));
        String name = queue.requireAttribute("name");
        QueueRequest request = QueueRequest.of(name, name, RoutingType.ANYCAST);
        for (XmlElement child : queue.children) {
            if (child.name.equals("selector")) {
                request = request.with("filter", child.attribute("string", child.text()));
            } else if (child.name.equals("durable")) {
                request = request.with("durable", XmlContext.parsed(child, Schema.of(QueueConfig.class).require("durable"), child.text()));
            }
        }
        AddressesXml.add(queue, request, context);
    }
}
