package io.delos.cli;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.core.CoreClientSession;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings addresses, queues and messages into a running broker: each message, as it is, into exactly those of its queues, in transactions. What
 * is missing there is made. One thread.
 */
final class Importer {

    private static final int MOST_MESSAGES = 1000;
    private static final long MOST_BYTES = 32 << 20;

    private final CoreClientSession session;
    private final Management management;
    private final Map<String, Home> homes = new HashMap<>();
    private final Set<String> addresses = new HashSet<>();
    private long committed;
    private long pending;
    private long bytes;
    private long last;
    private long lastCommitted;
    private boolean committing;

    /** Where a queue is, and what the broker calls it. */
    private record Home(String address, long id) {
    }

    /** {@code session} is a transacted one, of the same broker. */
    Importer(CoreClientSession session, Management management) {
        this.session = session;
        this.management = management;
    }

    /** Sees to it that there is an address that routes so. */
    void address(String name, Set<RoutingType> types) throws IOException {
        CoreClientSession.AddressState there = session.queryAddress(name);
        Set<RoutingType> wanted = EnumSet.noneOf(RoutingType.class);
        wanted.addAll(types);
        wanted.addAll(there.exists() ? there.routingTypes() : Set.of());
        if (!there.exists() || !there.routingTypes().containsAll(wanted)) {
            session.createAddress(name, wanted);
        }
        addresses.add(name);
    }

    /** Sees to it that there is a queue there; one that is there is left as it is. */
    void queue(String name, String address, String filter, RoutingType type) throws IOException, CliException {
        CoreClientSession.QueueState there = session.queryQueue(name);
        if (there.exists() && !there.address().equals(address)) {
            throw new CliException("The queue " + name + " is there already, but at the address " + there.address() + ", not " + address);
        }
        if (!there.exists()) {
            session.createQueue(QueueRequest.of(name, address, type).with("filter", filter));
        }
        homes.put(name, home(name, address));
    }

    private Home home(String name, String address) throws IOException, CliException {
        try {
            return new Home(address, management.read("queue." + name, "ID").asLong());
        } catch (ManagementException refused) {
            throw new CliException("The id of queue " + name + " can't be read: " + refused.getMessage(), refused);
        }
    }

    /** Adds a message; {@code queues} and {@code address} are named as they are here. */
    void message(ExportedMessage message, List<String> queues, Optional<String> address) throws IOException, CliException {
        if (queues.isEmpty()) {
            throw new CliException("The message " + message.id() + " is in no queue, so it would be lost");
        }
        long[] ids = new long[queues.size()];
        for (int i = 0; i < ids.length; i++) {
            String queue = queues.get(i);
            if (!homes.containsKey(queue)) {
                queue(queue, queue, "", RoutingType.ANYCAST);
            }
            ids[i] = homes.get(queue).id();
        }
        String target = address.filter(addresses::contains).orElse(homes.get(queues.get(0)).address());
        if (message.body().isPresent()) {
            try (InputStream body = message.body().get().open()) {
                session.sendTo(target, ids, message.message(), body, message.bodyLength());
            }
        } else {
            session.sendTo(target, ids, message.message());
        }
        pending++;
        last = message.id();
        bytes += message.bodyLength();
        if (pending == MOST_MESSAGES || bytes >= MOST_BYTES) {
            commit();
        }
    }

    /** Makes true what was added. */
    void commit() throws IOException {
        committing = true;
        session.commit();
        committing = false;
        committed += pending;
        lastCommitted = last;
        pending = 0;
        bytes = 0;
    }

    /** Forgets what was added and is not true yet, if the broker can still be told; it forgets by itself when the connection ends. */
    void giveUp() {
        try {
            session.rollback();
        } catch (IOException gone) {
            // the session's end does the same
        }
    }

    /** Messages that are in the broker for good. */
    long committed() {
        return committed;
    }

    /** How many queues messages were for. */
    int queues() {
        return homes.size();
    }

    /** What is there after a failure, in a sentence; {@code skipped} messages were passed over before. */
    String account(long skipped, boolean refused) {
        String sure = committed == 0 ? "No message was imported." : committed + " messages were imported, up to the one with the id "
                + lastCommitted + ".";
        long next = skipped + committed;
        if (committing && !refused) {
            return sure + " Whether the next " + pending + " were is not known, because the answer to their commit did not come: look at the queues,"
                    + " then go on with --skip " + next + " if they were not, with --skip " + (next + pending) + " if they were.";
        }
        return sure + " Nothing behind was; to go on: --skip " + next + ".";
    }
}
