package io.delos.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results as Markdown tables and as JSON. */
final class Report {
    /** The rows that have tables of their own. */
    private static final List<String> KINDS = List.of("latency", "backlog", "start", "after", "stop");

    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Report(Results results) {
        this.results = results;
    }

    /** A column pair: a figure of both sides, and their ratio. */
    private record Column(String figure, String title, int digits) { }

    static String markdown(Results results) {
        Report report = new Report(results);
        report.throughput();
        report.table("Latency at 2,000 messages per second, ms", "latency", List.of(
                new Column("p50", "p50", 2), new Column("p99", "p99", 2), new Column("p999", "p99.9", 2), new Column("cpu", "CPU", 1)));
        report.table("Backlog", "backlog", List.of(
                new Column("fill-rate", "written/s", 0), new Column("fill-cpu", "CPU", 1), new Column("fill-written", "bytes written", 0),
                new Column("disk", "bytes on disk", 0), new Column("fill-resident", "resident then, MiB", 0)));
        report.table("Backlog: restart and drain", "backlog", List.of(
                new Column("accept-ms", "accepts, ms", 0), new Column("active-ms", "active, ms", 0),
                new Column("first-ms", "first message, ms", 0), new Column("drain-rate", "drained/s", 0),
                new Column("drain-peak", "peak, MiB", 0)));
        report.table("An empty instance", "start", List.of(
                new Column("accept-ms", "accepts, ms", 0), new Column("active-ms", "active, ms", 0),
                new Column("idle-resident", "resident, MiB", 0), new Column("idle-threads", "threads", 0)));
        report.table("After all rows but the backlog", "after", List.of(
                new Column("resident", "resident, MiB", 0), new Column("peak", "peak, MiB", 0), new Column("threads", "threads", 0)));
        report.failures();
        return report.text.toString();
    }

    /** Every figure of every round. */
    static String json(Results results) {
        return results.rows().stream().map(row -> "  " + quote(row) + ": {" + results.sides().stream()
                        .filter(side -> !results.of(row, side).isEmpty())
                        .map(side -> "\n    " + quote(side) + ": [" + results.of(row, side).stream()
                                .map(Report::json).collect(Collectors.joining(", ")) + "]")
                        .collect(Collectors.joining(",")) + "\n  }")
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    }

    private void throughput() {
        List<String> rows = results.rows().stream()
                .filter(row -> KINDS.stream().noneMatch(row::contains)).toList();
        if (rows.isEmpty()) {
            return;
        }
        head("Throughput", List.of(new Column("rate", "messages/s", 0), new Column("cpu", "CPU", 1),
                new Column("written", "bytes written", 0)), " lost / twice / out of order |");
        for (String row : rows) {
            text.append("| ").append(row).append(" |");
            both(row, new Column("rate", "", 0));
            both(row, new Column("cpu", "", 1));
            both(row, new Column("written", "", 0));
            text.append(faults(row)).append('\n');
        }
    }

    private void table(String title, String kind, List<Column> columns) {
        List<String> rows = results.rows().stream().filter(row -> row.contains(kind)).toList();
        if (rows.isEmpty()) {
            return;
        }
        boolean counted = rows.stream().anyMatch(row -> results.sides().stream().anyMatch(side -> !faults(row, side).equals("–")));
        head(title, columns, counted ? " lost / twice / out of order |" : "");
        for (String row : rows) {
            text.append("| ").append(row).append(" |");
            columns.forEach(column -> both(row, column));
            if (counted) {
                text.append(faults(row));
            }
            text.append('\n');
        }
    }

    private void head(String title, List<Column> columns, String more) {
        text.append("\n### ").append(title).append("\n\n| row |");
        StringBuilder rule = new StringBuilder("|---|");
        for (Column column : columns) {
            for (String side : results.sides()) {
                text.append(' ').append(column.title()).append(' ').append(side).append(" |");
                rule.append("---:|");
            }
            if (results.sides().size() == 2) {
                text.append(" ratio |");
                rule.append("---:|");
            }
        }
        text.append(more).append('\n').append(rule).append(more.isEmpty() ? "" : "---|").append('\n');
    }

    private void both(String row, Column column) {
        double[] values = results.sides().stream()
                .mapToDouble(side -> results.median(row, side, column.figure()).orElse(Double.NaN)).toArray();
        for (double value : values) {
            text.append(' ').append(Double.isNaN(value) ? "–" : format(value, column.digits())).append(" |");
        }
        if (values.length == 2) {
            double ratio = values[0] / values[1];
            text.append(Double.isFinite(ratio) ? String.format(Locale.ROOT, " **%.2f** |", ratio) : " – |");
        }
    }

    private static String format(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    private String faults(String row) {
        return results.sides().stream().map(side -> faults(row, side)).collect(Collectors.joining("; ", " ", " |"));
    }

    private String faults(String row, String side) {
        OptionalDouble lost = results.sum(row, side, "lost");
        if (lost.isEmpty()) {
            return "–";
        }
        return String.format(Locale.ROOT, "%,.0f / %,.0f / %,.0f", lost.getAsDouble(),
                results.sum(row, side, "duplicated").orElse(0), results.sum(row, side, "disordered").orElse(0));
    }

    private void failures() {
        for (String row : results.rows()) {
            for (String side : results.sides()) {
                for (Figures figures : results.of(row, side)) {
                    figures.failure().ifPresent(why -> text.append("\n**").append(side).append(" failed in ").append(row).append("**: ")
                            .append(why).append('\n'));
                }
            }
        }
    }

    private static String json(Figures figures) {
        Stream<String> failure = figures.failure().stream().map(why -> "\"failure\": " + quote(why));
        Stream<String> values = figures.values().entrySet().stream().map(Report::json);
        return Stream.concat(failure, values).collect(Collectors.joining(", ", "{", "}"));
    }

    private static String json(Map.Entry<String, Double> entry) {
        return quote(entry.getKey()) + ": " + String.format(Locale.ROOT, "%.3f", entry.getValue());
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
