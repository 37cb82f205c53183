package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.address.Route;
import io.delos.broker.Broker;
import io.delos.broker.BrokerEvent;
import io.delos.config.DivertConfig;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import io.delos.spi.SessionDirectory;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * All manageable things by the names that management messages use: {@code broker}, {@code queue.<name>}, {@code address.<name>},
 * {@code divert.<name>}, {@code acceptor.<name>}, {@code protocol.<name>}. Each kind is declared once, in a {@link Table}. Any thread.
 */
public final class Catalogue {

    private static final String QUEUE = "queue.";
    private static final String ADDRESS = "address.";
    private static final String ACCEPTOR = "acceptor.";
    private static final String DIVERT = "divert.";
    private static final String PROTOCOL = "protocol.";

    private final Desk desk;
    private final Map<String, SessionDirectory> sessions;

    /**
     * A catalogue of everything.
     *
     * @param loop      where answers that need one are awaited
     * @param acceptors what listens, or will; a live view
     * @param sessions  of the protocols that have such, by the protocols' names
     */
    public Catalogue(Broker broker, Loop loop, BrokerFacts facts, List<ManagedAcceptor> acceptors, Map<String, SessionDirectory> sessions) {
        this.desk = new Desk(broker, loop, facts, acceptors, new KeptSettings(broker, loop), new MessageCounters(broker, loop));
        this.sessions = Map.copyOf(sessions);
    }

    /** Before anybody can connect: what was set by management before the last stop counts again. */
    public void begin() {
        desk.settings().restore();
        desk.broker().listen(event -> {
            if (event instanceof BrokerEvent.QueueAdded added) {
                desk.settings().pauseIfKept(added.queue());
            } else if (event instanceof BrokerEvent.QueueRemoved removed) {
                desk.settings().queueGone(removed.queue().name());
            } else if (event instanceof BrokerEvent.AddressRemoved removed) {
                desk.settings().addressGone(removed.address());
            }
        });
    }

    /** The thing of this name; empty if there is none. */
    public Optional<Resource> find(String name) {
        if (name.equals("broker")) {
            return Optional.of(Resource.of(BrokerTable.TABLE, desk));
        } else if (name.startsWith(QUEUE)) {
            return desk.broker().findQueue(name.substring(QUEUE.length())).map(queue -> Resource.of(QueueTable.TABLE, new QueueTarget(desk, queue)));
        } else if (name.startsWith(ADDRESS)) {
            return desk.broker().routes().find(name.substring(ADDRESS.length()))
                    .map(route -> Resource.of(AddressTable.TABLE, new AddressTarget(desk, route)));
        } else if (name.startsWith(DIVERT)) {
            return desk.broker().diverts().find(name.substring(DIVERT.length())).map(divert -> Resource.of(DivertTable.TABLE, divert));
        } else if (name.startsWith(ACCEPTOR)) {
            return desk.acceptors().stream().filter(acceptor -> acceptor.name().equals(name.substring(ACCEPTOR.length()))).findFirst()
                    .map(acceptor -> Resource.of(AcceptorTable.TABLE, new AcceptorTable.Target(desk, acceptor)));
        } else if (name.startsWith(PROTOCOL)) {
            String protocol = name.substring(PROTOCOL.length());
            return Optional.ofNullable(sessions.get(protocol))
                    .map(found -> Resource.of(ProtocolTable.TABLE, new ProtocolTable.Target(desk, protocol, found)));
        }
        return Optional.empty();
    }

    /** The names of all things of a kind, in order. */
    List<String> names(String kind) {
        Stream<String> names = switch (kind) {
            case "queue" -> desk.broker().routes().queues().stream().map(Queue::name);
            case "address" -> desk.broker().routes().all().stream().map(Route::address);
            case "divert" -> desk.broker().diverts().all().stream().map(DivertConfig::name);
            case "acceptor" -> desk.acceptors().stream().map(ManagedAcceptor::name);
            case "protocol" -> sessions.keySet().stream();
            default -> Stream.of("broker");
        };
        return names.sorted().toList();
    }

    /** Whether an address that does not say so is to be for queues or for topics. */
    String usualRoutingType(String address) {
        return desk.broker().settingsFor(address).creation().addressRoutingType().name();
    }

    /** What is declared, for documents and surfaces that show everything. */
    static List<Table<?>> tables() {
        return List.of(BrokerTable.TABLE, AddressTable.TABLE, QueueTable.TABLE, DivertTable.TABLE, AcceptorTable.TABLE, ProtocolTable.TABLE);
    }

    /** An attribute's value; fails with the sentence that Artemis's users know. */
    CompletableFuture<Object> read(String resource, String attribute) {
        return find(resource).map(found -> whenApplied(resource, () -> found.read(attribute)))
                .orElseGet(() -> CompletableFuture.failedFuture(new ManagementException("Problem while retrieving attribute " + attribute)));
    }

    /** An operation's result; fails with a sentence. */
    CompletableFuture<Object> call(String resource, String operation, List<JsonNode> arguments) {
        return find(resource).map(found -> whenApplied(resource, () -> found.call(operation, arguments))).orElseGet(() ->
                CompletableFuture.failedFuture(new ManagementException("AMQ229067: Cannot find resource with name " + resource)));
    }

    /** Asks when the queues it is about have come to everything that was confirmed before: on the loop of one of them. */
    <V> CompletableFuture<V> whenApplied(String resource, Supplier<CompletableFuture<V>> question) {
        Set<Loop> loops = new HashSet<>();
        queues(resource).forEach(queue -> loops.add(queue.loop()));
        CompletableFuture<?>[] there = loops.stream().map(loop -> Asking.on(loop::post, () -> null)).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(there).thenCompose(all -> question.get());
    }

    private Collection<Queue> queues(String resource) {
        if (resource.startsWith(QUEUE)) {
            return desk.broker().findQueue(resource.substring(QUEUE.length())).map(List::of).orElse(List.of());
        } else if (resource.startsWith(ADDRESS)) {
            return desk.broker().routes().find(resource.substring(ADDRESS.length())).map(Route::queues).orElse(List.of());
        }
        return resource.equals("broker") ? desk.broker().routes().queues() : List.of();
    }
}
