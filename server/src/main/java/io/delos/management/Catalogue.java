package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.broker.Broker;
import io.delos.loop.Loop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** All manageable things by the names that management messages use: {@code broker}, {@code queue.<name>}, {@code address.<name>}. Any thread. */
public final class Catalogue {

    private final Broker broker;
    private final Resource brokerResource;

    /** {@code loop} is where answers that need one are awaited. */
    public Catalogue(Broker broker, Loop loop, BrokerFacts facts) {
        this.broker = broker;
        this.brokerResource = new BrokerResource(broker, loop, facts).resource();
    }

    /** The thing of this name; empty if there is none. */
    public Optional<Resource> find(String name) {
        if (name.equals("broker")) {
            return Optional.of(brokerResource);
        }
        if (name.startsWith("queue.")) {
            return broker.findQueue(name.substring("queue.".length())).map(queue -> QueueResource.of(queue, broker.administration()));
        }
        if (name.startsWith("address.")) {
            return broker.routes().find(name.substring("address.".length())).map(AddressResource::of);
        }
        return Optional.empty();
    }

    /** An attribute's value; fails with the sentence that Artemis's users know. */
    CompletableFuture<Object> read(String resource, String attribute) {
        return find(resource).flatMap(found -> found.attribute(attribute))
                .map(value -> CompletableFuture.completedFuture(value.get()))
                .orElseGet(() -> CompletableFuture.failedFuture(new ManagementException("Problem while retrieving attribute " + attribute)));
    }

    /** An operation's result; fails with a sentence. */
    CompletableFuture<Object> call(String resource, String operation, List<JsonNode> arguments) {
        Optional<Resource> found = find(resource);
        if (found.isEmpty()) {
            return CompletableFuture.failedFuture(new ManagementException("AMQ229067: Cannot find resource with name " + resource));
        }
        Optional<Resource.Operation> known = found.get().operation(operation, arguments.size());
        if (known.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new ManagementException("AMQ229069: no operation " + operation + "/" + arguments.size()));
        }
        try {
            return known.get().call(arguments);
        } catch (ManagementException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }
}
