package io.delos.bench;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Results as JSON: every figure of every round, by row and side. */
final class Json {
    private Json() { }

    static String of(Results results) {
        return results.rows().stream().map(row -> "  " + quote(row) + ": {" + results.sides().stream()
                        .filter(side -> !results.of(row, side).isEmpty())
                        .map(side -> "\n    " + quote(side) + ": [" + results.of(row, side).stream()
                                .map(Json::of).collect(Collectors.joining(", ")) + "]")
                        .collect(Collectors.joining(",")) + "\n  }")
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    }

    private static String of(Figures figures) {
        Stream<String> failure = figures.failure().stream().map(why -> "\"failure\": " + quote(why));
        Stream<String> values = figures.values().entrySet().stream()
                .map(each -> quote(each.getKey()) + ": " + String.format(Locale.ROOT, "%.3f", each.getValue()));
        return Stream.concat(failure, values).collect(Collectors.joining(", ", "{", "}"));
    }

    private static String quote(String string) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : string.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
