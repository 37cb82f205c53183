package io.delos.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under a header, in columns as wide as their longest value.
 *
 * <p>A value longer than the limit goes on in further lines of its row, each indented by two blanks.
 */
final class Table {

    private static final String INDENT = "  ";

    /**
     * A column.
     *
     * @param header its name, one entry per header line
     * @param left whether values stand on the left; else in the middle
     */
    record Column(List<String> header, boolean left) {
    }

    private final List<Column> columns;
    private final int limit;
    private final List<List<List<String>>> rows = new ArrayList<>();

    /** A table without rows; a limit of less than 3 means none, as a continued line must have room for something. */
    Table(List<Column> columns, int limit) {
        this.columns = List.copyOf(columns);
        this.limit = limit > INDENT.length() ? limit : Integer.MAX_VALUE;
    }

    void add(List<String> values) {
        rows.add(values.stream().map(this::pieces).toList());
    }

    private List<String> pieces(String value) {
        List<String> pieces = new ArrayList<>();
        int end = Math.min(limit, value.length());
        pieces.add(value.substring(0, end));
        while (end < value.length()) {
            int next = Math.min(value.length(), end + limit - INDENT.length());
            pieces.add(INDENT + value.substring(end, next));
            end = next;
        }
        return pieces;
    }

    /** The lines to print. */
    List<String> lines() {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            for (String line : columns.get(i).header()) {
                widths[i] = Math.max(widths[i], line.length());
            }
            for (List<List<String>> row : rows) {
                for (String piece : row.get(i)) {
                    widths[i] = Math.max(widths[i], piece.length());
                }
            }
        }
        List<String> lines = new ArrayList<>();
        addLines(lines, columns.stream().map(Column::header).toList(), widths);
        for (List<List<String>> row : rows) {
            addLines(lines, row, widths);
        }
        return lines;
    }

    private void addLines(List<String> lines, List<List<String>> cells, int[] widths) {
        int height = cells.stream().mapToInt(List::size).max().orElse(0);
        for (int line = 0; line < height; line++) {
            StringBuilder text = new StringBuilder("|");
            for (int i = 0; i < widths.length; i++) {
                String piece = line < cells.get(i).size() ? cells.get(i).get(line) : "";
                int free = widths[i] - piece.length();
                int before = columns.get(i).left() ? 0 : free / 2;
                text.append(" ".repeat(before)).append(piece).append(" ".repeat(free - before)).append('|');
            }
            lines.add(text.toString());
        }
    }
}
