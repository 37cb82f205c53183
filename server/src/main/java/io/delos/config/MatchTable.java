package io.delos.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Things looked up by address through patterns, the most specific first (address model 6.2). Immutable; any thread. A lookup walks all
 * patterns, so whoever asks often keeps the answer.
 */
public final class MatchTable<T> {
    private final Map<String, T> exact = new LinkedHashMap<>();
    private final TreeMap<AddressPattern, T> wild = new TreeMap<>();

    /**
     * @param literalMarkers two characters that make the match between them literal, or empty
     * @throws ConfigException when a match isn't well formed
     */
    public MatchTable(WildcardSyntax syntax, String literalMarkers, Map<String, T> entries) {
        entries.forEach((match, value) -> add(pattern(syntax, literalMarkers, match), value));
    }

    static AddressPattern pattern(WildcardSyntax syntax, String literalMarkers, String match) {
        boolean literal = literalMarkers.length() == 2 && match.length() >= 2
            && match.charAt(0) == literalMarkers.charAt(0) && match.charAt(match.length() - 1) == literalMarkers.charAt(1);
        return literal
            ? AddressPattern.literal(match.substring(1, match.length() - 1), syntax)
            : AddressPattern.ofMatch(match, syntax);
    }

    private void add(AddressPattern pattern, T value) {
        if (pattern.isWild()) {
            wild.putIfAbsent(pattern, value);
        } else {
            exact.putIfAbsent(pattern.text(), value);
        }
    }

    /** What the match with exactly this text holds; wildcards aren't looked at. */
    public Optional<T> exact(String address) {
        return Optional.ofNullable(exact.get(address));
    }

    /** What the most specific match holds. */
    public Optional<T> first(String address) {
        T own = exact.get(address);
        if (own != null) {
            return Optional.of(own);
        }
        for (Map.Entry<AddressPattern, T> entry : wild.entrySet()) {
            if (entry.getKey().matches(address)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    /** What all matches hold, the most specific first. */
    public List<T> all(String address) {
        List<T> found = new ArrayList<>();
        T own = exact.get(address);
        if (own != null) {
            found.add(own);
        }
        wild.forEach((pattern, value) -> {
            if (pattern.matches(address)) {
                found.add(value);
            }
        });
        return found;
    }
}
