package io.delos.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes records whose components are declared with {@link Setting}. A component without a declaration must be such a
 * record itself: a group. Names are unique over all groups of a record. Stateless; any thread.
 */
public final class Settings {
    private Settings() {
    }

    /** The record with every setting at its default. */
    public static <R extends Record> R defaults(Class<R> type) {
        return Schema.of(type).build(Map.of());
    }

    /**
     * The record with the given values, the rest at their defaults. Names the record doesn't declare are ignored: a URL serves several
     * readers. Values may be texts, as in a file, or of the setting's own type.
     *
     * @throws ConfigException when a value is wrong
     */
    public static <R extends Record> R read(Class<R> type, Map<String, ?> values) {
        Schema<R> schema = Schema.of(type);
        Map<String, Object> accepted = new LinkedHashMap<>();
        for (Declaration declaration : schema.declarations()) {
            Optional<?> given = given(declaration, values);
            given.ifPresent(value -> accepted.put(declaration.name(), declaration.accept(value)));
        }
        return schema.build(accepted);
    }

    /**
     * A copy of the record with one setting changed.
     *
     * @throws ConfigException when there is no such setting or the value is wrong
     */
    @SuppressWarnings("unchecked")
    public static <R extends Record> R with(R record, String name, Object value) {
        Schema<R> schema = Schema.of((Class<R>) record.getClass());
        Map<String, Object> values = schema.values(record);
        Declaration declaration = schema.require(name);
        values.put(declaration.name(), declaration.accept(value));
        return schema.build(values);
    }

    /** Every setting of the record by name, in the order of their declaration. */
    @SuppressWarnings("unchecked")
    public static <R extends Record> Map<String, Object> values(R record) {
        return Schema.of((Class<R>) record.getClass()).values(record);
    }

    /** The settings of the record that are not at their defaults, as texts by name: what {@link #read} makes the same record of. */
    @SuppressWarnings("unchecked")
    public static <R extends Record> Map<String, String> given(R record) {
        Schema<R> schema = Schema.of((Class<R>) record.getClass());
        Map<String, Object> defaults = schema.defaults();
        Map<String, String> given = new LinkedHashMap<>();
        schema.values(record).forEach((name, value) -> {
            if (!value.equals(defaults.get(name))) {
                given.put(name, String.valueOf(value));
            }
        });
        return given;
    }

    /** The declarations of a record and its groups, in order: what there is to set, for documentation and management. */
    public static Collection<Declaration> declarations(Class<? extends Record> type) {
        return Schema.of(type).declarations();
    }

    /** The declaration of that name or alias. */
    public static Optional<Declaration> find(Class<? extends Record> type, String name) {
        return Schema.of(type).find(name);
    }

    private static Optional<?> given(Declaration declaration, Map<String, ?> values) {
        Object value = values.get(declaration.name());
        for (int i = 0; value == null && i < declaration.aliases().size(); i++) {
            value = values.get(declaration.aliases().get(i));
        }
        return Optional.ofNullable(value);
    }
}
