package io.delos.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** All figures so far: of each row on each side, one set per round. Used by one thread. */
final class Results {
    private record Key(String row, String side) { }

    private final Map<Key, List<Figures>> rounds = new LinkedHashMap<>();

    void add(String row, String side, Figures figures) {
        rounds.computeIfAbsent(new Key(row, side), key -> new ArrayList<>()).add(figures);
    }

    List<Figures> of(String row, String side) {
        return rounds.getOrDefault(new Key(row, side), List.of());
    }

    Set<String> rows() {
        return rounds.keySet().stream().map(Key::row).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    Set<String> sides() {
        return rounds.keySet().stream().map(Key::side).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The median over the rounds that have the figure. */
    OptionalDouble median(String row, String side, String figure) {
        double[] sorted = of(row, side).stream().map(each -> each.get(figure)).filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble).sorted().toArray();
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    /** The sum over all rounds, for what must be nought in each. */
    OptionalDouble sum(String row, String side, String figure) {
        double[] all = of(row, side).stream().map(each -> each.get(figure)).filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble).toArray();
        return all.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(java.util.Arrays.stream(all).sum());
    }
}
