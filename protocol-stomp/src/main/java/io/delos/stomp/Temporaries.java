package io.delos.stomp;

import io.delos.broker.Reply;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Owned by the connection's loop: the temporary destinations of a client, for answers. It calls them {@code /temp-queue/name} and
 * {@code /temp-topic/name}, names that mean something on its connection alone; everybody else knows them by an address that nobody can guess.
 * A queue is made when it is first mentioned, so that no answer comes too early, and goes with the connection.
 */
final class Temporaries {

    private static final String QUEUE = "/temp-queue/";
    private static final String TOPIC = "/temp-topic/";
    private static final int MOST = 1000;

    private final Conversation conversation;
    private final Map<String, Destinations.Target> byName = new HashMap<>();

    Temporaries(Conversation conversation) {
        this.conversation = conversation;
    }

    /** Whether a destination of this name is one of these. */
    static boolean isName(String destination) {
        return destination.startsWith(QUEUE) || destination.startsWith(TOPIC);
    }

    /**
     * What this destination is, if it is one of these. A queue that has to be made for it is asked for now: what is asked of the session
     * later finds it there.
     */
    Optional<Destinations.Target> find(String destination, String receipt) throws StompException {
        if (!isName(destination)) {
            return Optional.empty();
        }
        Destinations.Target known = byName.get(destination);
        if (known != null) {
            return Optional.of(known);
        }
        if (byName.size() == MOST) {
            throw StompErrors.tooMany("temporary destinations", MOST);
        }
        boolean queue = destination.startsWith(QUEUE);
        RoutingType type = queue ? RoutingType.ANYCAST : RoutingType.MULTICAST;
        Destinations.Target made = new Destinations.Target(UUID.randomUUID().toString(), "", Optional.of(type));
        byName.put(destination, made);
        if (queue) {
            make(destination, made.address(), receipt);
        }
        return Optional.of(made);
    }

    private void make(String name, String address, String receipt) {
        QueueRequest request = QueueRequest.of(address, address, RoutingType.ANYCAST).with("durable", false).with("temporary", true);
        conversation.session().resources().createQueue(request, false, Reply.of(made -> { }, refusal -> {
            byName.remove(name);
            conversation.refuse(StompErrors.noTemporary(name, refusal), receipt);
        }));
    }

    /** As others know it: how CORE writes a destination for answers. */
    static String forOthers(Destinations.Target temporary) {
        return (temporary.type().equals(Optional.of(RoutingType.ANYCAST)) ? "temp-queue://" : "temp-topic://") + temporary.address();
    }
}
