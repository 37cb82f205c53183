package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.Permission;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import io.delos.queue.Queue;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The addresses a session sends to, as it found them: looked up once, until some route changes. What a message needs and isn't there is made here
 * too. Owned by the session's loop.
 */
final class Targets {

    private static final int KNOWN_LIMIT = 1024;

    private final Session session;
    private final Broker broker;
    private final Map<String, Target> known = new HashMap<>();
    private final Map<String, Produced> produced = new HashMap<>(2);
    private long knownVersion = -1;
    private boolean appears = true;
    private boolean topicsPass;

    /** A resolved address this user may send to; {@code only} is present when the address is an FQQN. */
    record Target(Route route, Optional<Queue> only, boolean wild, Produced produced) {

        /** Whether what is sent here is passed through, and not kept. */
        boolean passes() {
            return route.direct().isPresent() && (only.isEmpty() || only.get().outlet().isPresent());
        }

        /** Whether the message asks for a kind of queue that isn't there: it is made, or the message refused. */
        boolean lacks(Message message) {
            if (message.routing() == Message.ROUTE_BOTH || only.isPresent()) {
                return false;
            }
            RoutingType type = RoutingType.ofCode(message.routing()).orElse(RoutingType.MULTICAST);
            return !route.types().contains(type) || type == RoutingType.ANYCAST && !route.hasAnycast();
        }
    }

    Targets(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    /** From now on no address appears because of a message without a routing type. */
    void noAddressForUntyped() {
        appears = false;
    }

    /** From now on a multicast address need not be there. */
    void letTopicsPass() {
        topicsPass = true;
    }

    /** Where this session has sent to, for management. */
    Collection<Produced> produced() {
        return List.copyOf(produced.values());
    }

    /** The address, if it is there; otherwise null. */
    Target find(String address) {
        long version = broker.routes().version();
        if (version != knownVersion || known.size() > KNOWN_LIMIT) {
            known.clear();
            knownVersion = version;
        }
        Target target = known.get(address);
        return target != null ? target : lookUp(address);
    }

    /** Whether this user may send there; if not, {@code done} is told. */
    boolean permitted(String address, Reply<?> done) {
        return known.containsKey(address) || session.permitted(Permission.SEND, address, done);
    }

    /** Whether the address is a pattern, to which nobody sends. */
    boolean isWild(String address) {
        return broker.config().wildcards().routingEnabled() && broker.config().wildcards().isPattern(address);
    }

    /** Whether a message for an address that isn't there is to find no queue, as if it were. */
    boolean vanishes(Message message) {
        return !appears && message.routing() == Message.ROUTE_BOTH && !broker.diverts().cover(message.address());
    }

    /** Makes what the message needs; answered with null if it has gone again already. */
    void make(Message message, Reply<Target> done) {
        String address = message.address();
        RoutingType kind = RoutingType.ofCode(message.routing()).orElseGet(() -> broker.settingsFor(address).creation().addressRoutingType());
        if (topicsPass && kind == RoutingType.MULTICAST && !address.contains("::") && broker.routes().find(address).isEmpty()) {
            session.resources().passNow(address, Reply.of(route -> done.done(know(address, route, Optional.empty())),
                    refusal -> done.failed(missing(refusal))));
        } else {
            session.resources().ensureNow(address, Optional.of(kind), kind == RoutingType.ANYCAST || address.contains("::"),
                    Reply.of(info -> done.done(find(address)), refusal -> done.failed(missing(refusal))));
        }
    }

    /** To who sends, an address that lacks what it needs is none. */
    static BrokerException missing(BrokerException refusal) {
        boolean lacks = refusal.reason() == Reason.QUEUE_NOT_FOUND || refusal.reason() == Reason.ROUTING_TYPE_MISMATCH;
        return lacks ? new BrokerException(Reason.ADDRESS_NOT_FOUND, refusal.getMessage()) : refusal;
    }

    /** A target that exists; not kept when the right to send there is missing, for which {@link #permitted} then asks. */
    private Target lookUp(String address) {
        int separator = address.indexOf("::");
        String name = separator < 0 ? address : address.substring(0, separator);
        Optional<Route> route = broker.routes().find(name);
        if (route.isEmpty() && topicsPass && separator < 0) {
            route = broker.routes().passing(name);
        }
        if (route.isEmpty()) {
            return null;
        }
        Optional<Queue> only = Optional.empty();
        if (separator >= 0) {
            only = broker.routes().queue(address.substring(separator + 2)).filter(queue -> queue.address().equals(name));
            if (only.isEmpty()) {
                return null;
            }
        }
        return know(address, route.get(), only);
    }

    private Target know(String address, Route route, Optional<Queue> only) {
        Target target = new Target(route, only, only.isEmpty() && isWild(route.address()), produced(address));
        if (broker.refusal(session, Permission.SEND, address).isEmpty()) {
            known.put(address, target);
        }
        return target;
    }

    private Produced produced(String address) {
        if (produced.size() > KNOWN_LIMIT) {
            produced.clear();
        }
        return produced.computeIfAbsent(address, name -> new Produced(broker.nextConsumer(), name, session.loop().now()));
    }
}
