package io.delos.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The results as Markdown tables. */
final class Report {
    private final Results results;
    private final List<Trial> trials;
    private final StringBuilder text = new StringBuilder();

    private Report(Results results, List<Trial> trials) {
        this.results = results;
        this.trials = trials;
    }

    /** @param trials those whose tables are wanted, in that order */
    static String markdown(Results results, List<Trial> trials) {
        Report report = new Report(results, trials.stream().filter(trial -> results.rows().contains(trial.name())).toList());
        report.trials.stream().flatMap(trial -> trial.tables().stream()).distinct().forEach(report::table);
        report.failures();
        return report.text.toString();
    }

    private void table(Table table) {
        List<Trial> rows = trials.stream().filter(trial -> trial.tables().contains(table)).toList();
        List<String> sides = results.sides().stream()
                .filter(side -> rows.stream().anyMatch(trial -> !results.of(trial.name(), side).isEmpty())).toList();
        boolean aimed = sides.size() > 1 && rows.stream().anyMatch(trial -> trial.target(table).isPresent());
        head(table, sides, aimed);
        for (Trial trial : rows) {
            List<String> cells = new ArrayList<>(List.of(trial.name()));
            table.columns().forEach(column -> cells.addAll(cells(trial.name(), sides, column)));
            if (table.counted()) {
                cells.add(sides.stream().map(side -> faults(trial.name(), side)).collect(Collectors.joining("; ")));
            }
            if (aimed) {
                cells.add(trial.target(table).map(target -> met(target, trial.name())).orElse(""));
            }
            line(cells);
        }
        rows.stream().flatMap(trial -> trial.target(table).stream()).map(Target::text).distinct()
                .forEach(target -> text.append("\nTarget: ").append(target).append('.'));
        text.append('\n');
    }

    private void head(Table table, List<String> sides, boolean aimed) {
        List<String> titles = new ArrayList<>(List.of("row"));
        for (Table.Column column : table.columns()) {
            for (String side : sides) {
                titles.add(column.title() + " " + side);
                if (side.equals(Side.ARTEMIS) && sides.contains(Side.DELOS)) {
                    titles.add("ratio");
                }
            }
        }
        List<String> rule = new ArrayList<>(titles.stream().map(title -> "---:").toList());
        rule.set(0, "---");
        if (table.counted()) {
            titles.add("lost / twice / out of order");
            rule.add("---");
        }
        if (aimed) {
            titles.add("met");
            rule.add("---");
        }
        text.append("\n### ").append(table.title()).append("\n\n");
        line(titles);
        text.append('|').append(String.join("|", rule)).append("|\n");
    }

    private void line(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private List<String> cells(String row, List<String> sides, Table.Column column) {
        List<String> cells = new ArrayList<>();
        for (String side : sides) {
            OptionalDouble value = results.median(row, side, column.figure());
            cells.add(value.isEmpty() ? "–" : String.format(Locale.ROOT, "%,." + column.digits() + "f", value.getAsDouble()));
            if (side.equals(Side.ARTEMIS) && sides.contains(Side.DELOS)) {
                double ratio = results.median(row, Side.DELOS, column.figure()).orElse(Double.NaN) / value.orElse(Double.NaN);
                cells.add(Double.isFinite(ratio) ? String.format(Locale.ROOT, "**%.2f**", ratio) : "–");
            }
        }
        return cells;
    }

    private String met(Target target, String row) {
        return target.met(results, row).map(met -> met ? "yes" : "**no**").orElse("–");
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
}
