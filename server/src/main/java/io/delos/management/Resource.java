package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One manageable thing: what its table declares, of one target. Immutable; any thread. */
public final class Resource {

    private final Bound<?> bound;

    /**
     * An attribute as surfaces show it.
     *
     * @param type the value's type, as in {@link Signature}
     */
    public record AttributeInfo(String type, String name, boolean writable) { }

    private record Bound<T>(Table<T> table, T target) {

        private CompletableFuture<Object> call(String name, List<JsonNode> given) {
            for (Table.Operation<T> operation : table.operations()) {
                if (operation.signature().name().equals(name) && operation.signature().accepts(given)) {
                    return operation.action().call(target, new Arguments(given));
                }
            }
            return accessor(name, given).orElseThrow(() -> new ManagementException("AMQ229069: no operation " + name + "/" + given.size()));
        }

        /** Reading an attribute by its getter, and changing it by its setter, are operations too. */
        private Optional<CompletableFuture<Object>> accessor(String name, List<JsonNode> given) {
            if (given.isEmpty() && (name.startsWith("get") || name.startsWith("is"))) {
                return table.attribute(name).map(this::value);
            }
            if (given.size() == 1 && name.startsWith("set")) {
                return table.attribute(name.substring(3)).flatMap(Table.Attribute::change).map(change -> {
                    change.set(target, given.get(0));
                    return CompletableFuture.completedFuture(null);
                });
            }
            return Optional.empty();
        }

        /** Some attributes have to be asked of another thread. */
        private CompletableFuture<Object> value(Table.Attribute<T> attribute) {
            Object value = attribute.value().apply(target);
            return value instanceof CompletableFuture<?> later ? later.thenApply(answer -> (Object) answer) : CompletableFuture.completedFuture(value);
        }

        private CompletableFuture<Object> read(String name) {
            return table.attribute(name).map(this::value)
                    .orElseThrow(() -> new ManagementException("Problem while retrieving attribute " + name));
        }
    }

    private Resource(Bound<?> bound) {
        this.bound = bound;
    }

    static <T> Resource of(Table<T> table, T target) {
        return new Resource(new Bound<>(table, target));
    }

    /** Its attributes, in the order of their declaration. */
    public List<AttributeInfo> attributes() {
        return bound.table().attributes().stream().map(a -> new AttributeInfo(a.type(), a.name(), a.change().isPresent())).toList();
    }

    /** Its operations, in the order of their declaration. */
    public List<Signature> operations() {
        return bound.table().operations().stream().<Signature>map(Table.Operation::signature).toList();
    }

    /** An attribute's value now. Fails with a sentence for the user. */
    public CompletableFuture<Object> read(String attribute) {
        return failing(() -> bound.read(attribute));
    }

    /** Calls an operation. Fails with a sentence for the user. */
    public CompletableFuture<Object> call(String operation, List<JsonNode> arguments) {
        return failing(() -> bound.call(operation, arguments));
    }

    private interface Attempt {
        CompletableFuture<Object> make();
    }

    private static CompletableFuture<Object> failing(Attempt attempt) {
        try {
            return attempt.make();
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
