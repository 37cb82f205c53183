package io.delos.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All address-settings: per match, the values given there by setting name. Resolving merges the matches of an address, the most specific
 * first, over the built-in defaults (address model 6.2). Immutable to its users; any thread. Addresses that match the same entries share
 * one answer, since there may be very many addresses.
 */
public final class AddressSettingsTable {
    /** No settings at all: every address has the defaults. */
    public static final AddressSettingsTable EMPTY = new AddressSettingsTable(WildcardSyntax.DEFAULT, "", Map.of(), Map.of());

    /** Answers kept at most. */
    private static final int MOST_KEPT = 1000;

    private final WildcardSyntax syntax;
    private final String literalMarkers;
    private final Map<String, Object> fallback;
    private final Map<String, Map<String, Object>> entries;
    private final MatchTable<Map<String, Object>> matches;
    /** Answers by the entries that matched. */
    private final Map<List<Map<String, Object>>, AddressSettings> resolved = new ConcurrentHashMap<>();

    /**
     * @param fallback values that replace built-in defaults, such as the global {@code id-cache-size}
     * @param entries match to the values given for it, by declared name and of the declared type
     */
    AddressSettingsTable(WildcardSyntax syntax, String literalMarkers, Map<String, Object> fallback,
                         Map<String, Map<String, Object>> entries) {
        this.syntax = syntax;
        this.literalMarkers = literalMarkers;
        this.fallback = Map.copyOf(fallback);
        this.entries = new LinkedHashMap<>(entries);
        this.matches = new MatchTable<>(syntax, literalMarkers, this.entries);
    }

    /** The settings that apply to an address. */
    public AddressSettings resolve(String address) {
        List<Map<String, Object>> found = matches.all(address);
        AddressSettings known = resolved.get(found);
        if (known != null) {
            return known;
        }
        Map<String, Object> values = new HashMap<>(fallback);
        values.putAll(merged(found));
        AddressSettings made = Schema.of(AddressSettings.class).build(values);
        if (resolved.size() < MOST_KEPT) {
            resolved.put(List.copyOf(found), made);
        }
        return made;
    }

    /** What the matching settings give for an address, merged, without the built-in defaults: what management shows. */
    public Map<String, Object> given(String address) {
        return merged(matches.all(address));
    }

    private static Map<String, Object> merged(List<Map<String, Object>> found) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = found.size() - 1; i >= 0; i--) {
            values.putAll(found.get(i));
        }
        return values;
    }

    /** What is given per match, in the order of the configuration: for management and for finding out what a reload changed. */
    public Map<String, Map<String, Object>> entries() {
        return java.util.Collections.unmodifiableMap(entries);
    }

    /**
     * A copy in which one match holds exactly these values; what management does.
     *
     * @param values by setting name; texts are read as in a file
     * @throws ConfigException when the match, a name or a value is wrong
     */
    public AddressSettingsTable with(String match, Map<String, ?> values) {
        Map<String, Object> accepted = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            Declaration declaration = Schema.of(AddressSettings.class).require(name);
            accepted.put(declaration.name(), declaration.accept(value));
        });
        Schema.of(AddressSettings.class).build(accepted);
        Map<String, Map<String, Object>> changed = new LinkedHashMap<>(entries);
        changed.put(match, Map.copyOf(accepted));
        return new AddressSettingsTable(syntax, literalMarkers, fallback, changed);
    }

    AddressSettingsTable rebuilt(WildcardSyntax other) {
        return new AddressSettingsTable(other, literalMarkers, fallback, entries);
    }

    /** A copy without the match. */
    public AddressSettingsTable without(String match) {
        Map<String, Map<String, Object>> changed = new LinkedHashMap<>(entries);
        changed.remove(match);
        return new AddressSettingsTable(syntax, literalMarkers, fallback, changed);
    }
}
