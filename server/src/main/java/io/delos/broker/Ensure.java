package io.delos.broker;

import io.delos.address.Route;
import io.delos.address.Routes;
import io.delos.config.AddressSettings;
import io.delos.config.Permission;
import io.delos.config.RoutingType;
import java.util.Optional;

/**
 * The wish that an address, and perhaps a queue on it, can be used.
 *
 * @param address   the address
 * @param queue     the queue; the same as the address unless an FQQN was named
 * @param type      the routing type asked for; empty if any will do
 * @param queueToo  whether the queue is needed
 * @param qualified whether the name was an FQQN
 */
record Ensure(String address, String queue, Optional<RoutingType> type, boolean queueToo, boolean qualified) {

    static Ensure of(String name, Optional<RoutingType> type, boolean queueToo) {
        int separator = name.indexOf("::");
        if (separator < 0) {
            return new Ensure(name, name, type, queueToo, false);
        }
        String queue = name.substring(separator + 2);
        String address = separator == 0 ? queue : name.substring(0, separator);
        return new Ensure(address, queue, type, queueToo, true);
    }

    boolean fulfilled(Routes routes) {
        Optional<Route> route = routes.find(address);
        if (route.isEmpty()) {
            return false;
        }
        if (type.isPresent() && !route.get().types().contains(type.get())) {
            return qualified && routes.queue(queue).isPresent();
        }
        return !queueToo || routes.queue(queue).isPresent() || !qualified && route.get().hasAnycast();
    }

    /** Why this may not be made, by settings or rights; empty if it may. */
    Optional<BrokerException> missingRight(Broker broker, Session session) {
        AddressSettings.Creation rules = broker.settingsFor(address).creation();
        Optional<Route> route = broker.routes().find(address);
        boolean needsAddress = route.isEmpty();
        boolean needsType = !needsAddress && type.isPresent() && !route.get().types().contains(type.get());
        if (needsAddress || needsType) {
            if (!rules.createAddresses()) {
                return Optional.of(needsAddress
                        ? new BrokerException(Reason.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + address)
                        : new BrokerException(Reason.ROUTING_TYPE_MISMATCH,
                                "address " + address + " does not serve " + type.get() + " but " + route.get().types()));
            }
            Optional<BrokerException> refusal = broker.refusal(session, Permission.CREATE_ADDRESS, address);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        if (queueToo && broker.routes().queue(queue).isEmpty()) {
            if (!rules.createQueues()) {
                return Optional.of(new BrokerException(Reason.QUEUE_NOT_FOUND, "AMQ229017: Queue " + queue + " does not exist"));
            }
            return broker.refusal(session, Permission.CREATE_DURABLE_QUEUE, address + "::" + queue);
        }
        return Optional.empty();
    }
}
