package io.delos.amqp;

import io.delos.config.RoutingType;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.engine.Sender;

/**
 * What a client's receiver asks for (AMQP document, section 6).
 *
 * @param name     an address or {@code address::queue}, without prefix and parameters
 * @param type     what the client said of its kind; empty if nothing
 * @param durable  whether a topic subscription is to outlive the link
 * @param priority the consumer's priority
 */
record SourceTerms(String name, Optional<RoutingType> type, boolean durable, boolean shared, boolean global, Filters filters, int priority,
                   Source asked) {

    private static final String PRIORITY_PARAMETER = "consumer-priority=";
    private static final Symbol PRIORITY = Symbol.valueOf("priority");
    private static final Symbol COPY = Symbol.valueOf("copy");

    static SourceTerms of(Sender link, Prefixes prefixes) {
        Source source = (Source) link.getRemoteSource();
        String address = source.getAddress() == null ? "" : source.getAddress();
        int question = address.indexOf('?');
        Prefixes.Stripped stripped = prefixes.strip(question < 0 ? address : address.substring(0, question));
        Optional<RoutingType> said = Capabilities.type(source.getCapabilities());
        boolean durable = TerminusDurability.UNSETTLED_STATE.equals(source.getDurable())
                || TerminusDurability.CONFIGURATION.equals(source.getDurable());
        return new SourceTerms(stripped.name(), said.isPresent() ? said : stripped.type(), durable,
                Capabilities.contains(source.getCapabilities(), Capabilities.SHARED),
                Capabilities.contains(source.getCapabilities(), Capabilities.GLOBAL),
                Filters.of(source.getFilter()), priority(link, question < 0 ? "" : address.substring(question + 1)), source);
    }

    private static int priority(Sender link, String parameters) {
        Object property = link.getRemoteProperties() == null ? null : link.getRemoteProperties().get(PRIORITY);
        if (property instanceof Number) {
            return ((Number) property).intValue();
        }
        for (String parameter : parameters.split("&")) {
            if (parameter.startsWith(PRIORITY_PARAMETER)) {
                try {
                    return Integer.parseInt(parameter.substring(PRIORITY_PARAMETER.length()));
                } catch (NumberFormatException notANumber) {
                    return 0;
                }
            }
        }
        return 0;
    }

    boolean saysTopic() {
        return type.equals(Optional.of(RoutingType.MULTICAST));
    }

    boolean saysQueue() {
        return type.equals(Optional.of(RoutingType.ANYCAST));
    }

    boolean browsing() {
        return COPY.equals(asked.getDistributionMode());
    }

    /** Whether what was made for this link alone stays until the connection ends. */
    boolean endsWithConnection() {
        return asked.getExpiryPolicy() == TerminusExpiryPolicy.CONNECTION_CLOSE || asked.getExpiryPolicy() == TerminusExpiryPolicy.NEVER;
    }
}
