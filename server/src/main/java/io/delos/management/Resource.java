package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One manageable thing: its attributes and operations as a table. Built by its owner, then immutable; any thread. Values are what JSON can
 * say: strings, numbers, booleans, lists, maps, null.
 */
public final class Resource {

    private final Map<String, Supplier<Object>> attributes = new LinkedHashMap<>();
    private final Map<String, Operation> operations = new LinkedHashMap<>();

    /** What an operation does; it may answer later, on any thread, and fails with a sentence for the user. */
    public interface Operation {
        CompletableFuture<Object> call(List<JsonNode> arguments);
    }

    /** Declares an attribute, named as JMX shows it: {@code MessageCount}. */
    Resource attribute(String name, Supplier<Object> value) {
        attributes.put(name.toLowerCase(java.util.Locale.ROOT), value);
        return this;
    }

    /** Declares an operation of this many arguments. */
    Resource operation(String name, int arguments, Operation operation) {
        operations.put(name + "/" + arguments, operation);
        return this;
    }

    /** Declares an operation that answers at once. */
    Resource immediate(String name, int arguments, java.util.function.Function<List<JsonNode>, Object> answer) {
        return operation(name, arguments, given -> CompletableFuture.completedFuture(answer.apply(given)));
    }

    /** The attribute's value now; empty if there is none of that name. The first letter's case does not matter, nor a get or is in front. */
    public Optional<Supplier<Object>> attribute(String name) {
        String key = name.toLowerCase(java.util.Locale.ROOT);
        Supplier<Object> found = attributes.get(key);
        if (found == null && key.startsWith("get")) {
            found = attributes.get(key.substring(3));
        }
        if (found == null && key.startsWith("is")) {
            found = attributes.get(key.substring(2));
        }
        return Optional.ofNullable(found);
    }

    /** The operation of that name and number of arguments; reading an attribute by its getter is one too. */
    public Optional<Operation> operation(String name, int arguments) {
        Operation found = operations.get(name + "/" + arguments);
        if (found == null && arguments == 0 && (name.startsWith("get") || name.startsWith("is"))) {
            return attribute(name).map(value -> given -> CompletableFuture.completedFuture(value.get()));
        }
        return Optional.ofNullable(found);
    }
}
