package io.delos.amqp;

import io.delos.config.RoutingType;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;

/** What a terminus says of itself: its capabilities, and the two parts of its name. */
final class Capabilities {

    static final Symbol TOPIC = Symbol.valueOf("topic");
    static final Symbol SHARED = Symbol.valueOf("shared");
    static final Symbol GLOBAL = Symbol.valueOf("global");
    private static final String SEPARATOR = "::";

    private Capabilities() { }

    /** The routing type that capabilities mean; empty if they mean none. */
    static Optional<RoutingType> type(Symbol[] capabilities) {
        if (capabilities != null) {
            for (Symbol capability : capabilities) {
                switch (String.valueOf(capability)) {
                    case "queue": case "temporary-queue": return Optional.of(RoutingType.ANYCAST);
                    case "topic": case "temporary-topic": return Optional.of(RoutingType.MULTICAST);
                    default: break;
                }
            }
        }
        return Optional.empty();
    }

    static boolean contains(Symbol[] capabilities, Symbol wanted) {
        if (capabilities != null) {
            for (Symbol capability : capabilities) {
                if (wanted.equals(capability)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The address in {@code address::queue}, or the whole name. */
    static String addressOf(String name) {
        int separator = name.indexOf(SEPARATOR);
        return separator < 0 ? name : name.substring(0, separator);
    }

    /** The queue in {@code address::queue}; empty if there is none. */
    static Optional<String> queueOf(String name) {
        int separator = name.indexOf(SEPARATOR);
        return separator < 0 ? Optional.empty() : Optional.of(name.substring(separator + SEPARATOR.length()));
    }
}
