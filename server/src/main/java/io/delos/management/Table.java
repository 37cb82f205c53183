package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What one kind of manageable thing has: its attributes and operations, each declared once. Filled when the class that declares it is
 * loaded, then immutable; any thread. Values are what JSON can say: texts, numbers, booleans, lists, maps, null.
 */
final class Table<T> {

    private final String kind;
    private final Map<String, Attribute<T>> attributes = new LinkedHashMap<>();
    private final List<Operation<T>> operations = new ArrayList<>();

    /** One attribute, whose value may be a {@link CompletableFuture}; {@code change} is empty for one that is only read. */
    record Attribute<T>(String type, String name, Function<T, Object> value, Optional<Change<T>> change) { }

    /** One operation. */
    record Operation<T>(Signature signature, Action<T> action) { }

    /** What an operation does; it may answer later, on any thread, and fails with a sentence for the user. */
    interface Action<T> {
        CompletableFuture<Object> call(T target, Arguments given);
    }

    /** Gives an attribute another value. */
    interface Change<T> {
        void set(T target, JsonNode value);
    }

    /** A table for things of this kind, as resources are named: {@code queue}. */
    Table(String kind) {
        this.kind = kind;
    }

    String kind() {
        return kind;
    }

    /** Declares an attribute: {@code "long MessageCount"}. */
    Table<T> attribute(String declaration, Function<T, Object> value) {
        return attribute(declaration, value, Optional.empty());
    }

    /** Declares one that can be changed. */
    Table<T> attribute(String declaration, Function<T, Object> value, Change<T> change) {
        return attribute(declaration, value, Optional.of(change));
    }

    private Table<T> attribute(String declaration, Function<T, Object> value, Optional<Change<T>> change) {
        String[] words = declaration.split(" ");
        attributes.put(words[1].toLowerCase(Locale.ROOT), new Attribute<>(words[0], words[1], value, change));
        return this;
    }

    /** Declares an operation: {@code "int removeMessages(String filter)"}. Of two with equally many parameters the first whose types fit is called. */
    Table<T> operation(String signature, Action<T> action) {
        operations.add(new Operation<>(Signature.parse(signature), action));
        return this;
    }

    /** Declares an operation that answers at once. */
    Table<T> immediate(String signature, BiFunction<T, Arguments, Object> answer) {
        return operation(signature, (target, given) -> CompletableFuture.completedFuture(answer.apply(target, given)));
    }

    Collection<Attribute<T>> attributes() {
        return attributes.values();
    }

    List<Operation<T>> operations() {
        return operations;
    }

    /** The attribute of that name. The letters' case does not matter, nor a get or is in front. */
    Optional<Attribute<T>> attribute(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        Attribute<T> found = attributes.get(key);
        if (found == null && key.startsWith("get")) {
            found = attributes.get(key.substring(3));
        }
        if (found == null && key.startsWith("is")) {
            found = attributes.get(key.substring(2));
        }
        return Optional.ofNullable(found);
    }
}
