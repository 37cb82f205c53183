package io.delos.bench;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was measured of one row on one broker in one round, by name; or why it failed, and then what is known of it. */
final class Figures {
    private final SortedMap<String, Double> values = new TreeMap<>();
    private String failure = "";

    static Figures failed(String why) {
        Figures figures = new Figures();
        figures.fail(why);
        return figures;
    }

    Figures put(String name, double value) {
        values.put(name, value);
        return this;
    }

    void fail(String why) {
        failure = failure.isEmpty() ? why : failure;
    }

    OptionalDouble get(String name) {
        Double value = values.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    Map<String, Double> values() {
        return values;
    }

    Optional<String> failure() {
        return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
    }

    Figures addAll(Figures other) {
        values.putAll(other.values);
        other.failure().ifPresent(this::fail);
        return this;
    }

    /** One line, read by {@link #parse}. */
    String line() {
        StringBuilder line = new StringBuilder("failure=").append(URLEncoder.encode(failure, StandardCharsets.UTF_8));
        values.forEach((name, value) -> line.append(' ').append(name).append('=').append(String.format(Locale.ROOT, "%.3f", value)));
        return line.toString();
    }

    static Figures parse(String line) {
        Figures figures = new Figures();
        for (String pair : line.split(" ")) {
            String[] parts = pair.split("=", 2);
            if (parts[0].equals("failure")) {
                figures.failure = URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
            } else {
                figures.put(parts[0], Double.parseDouble(parts[1]));
            }
        }
        return figures;
    }
}
