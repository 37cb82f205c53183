package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The {@code list…(options, page, pageSize)} operations (management, section 6): filters, sorts and cuts rows. Stateless. */
final class PagedList {

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,15}");

    /** What is shown of one thing, and what it can be filtered by beside that. */
    record Row(Map<String, Object> shown, Map<String, Object> more) {

        static Row of(Map<String, Object> shown) {
            return new Row(shown, Map.of());
        }

        String field(String name) {
            Object value = shown.containsKey(name) ? shown.get(name) : more.getOrDefault(name, "");
            return value == null ? "" : value.toString();
        }

        /** The field as this row spells it: MESSAGE_COUNT is messageCount; the name itself if there is none such. */
        String spelled(String name) {
            String plain = name.replace("_", "");
            return Stream.concat(shown.keySet().stream(), more.keySet().stream()).filter(plain::equalsIgnoreCase).findFirst().orElse(name);
        }
    }

    private PagedList() {
    }

    /** The answer's text: the page's rows and how many there are in all. */
    static String of(List<Row> rows, Arguments given, String sortDefault) {
        JsonNode options = given.text(0).isBlank() ? Json.read("{\"field\":\"\",\"operation\":\"\"}") : Json.read(given.text(0));
        if (!options.has("field") || !options.has("operation")) {
            throw new ManagementException("the options need a field and an operation, if only empty ones");
        }
        List<Row> chosen = new ArrayList<>(rows);
        filter(chosen, options);
        String sort = options.path("sortField").asText(options.path("sortColumn").asText(""));
        String by = rows.isEmpty() ? "" : rows.get(0).spelled(sort.isEmpty() ? sortDefault : sort);
        chosen.sort("desc".equalsIgnoreCase(options.path("sortOrder").asText("")) ? order(by).reversed() : order(by));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("data", page(chosen, (int) given.number(1), (int) given.number(2)).stream().map(Row::shown).toList());
        answer.put("count", chosen.size());
        return Json.text(answer);
    }

    private static void filter(List<Row> rows, JsonNode options) {
        String wanted = options.path("field").asText("");
        String operation = options.path("operation").asText("");
        if (wanted.isEmpty() || operation.isEmpty() || rows.isEmpty()) {
            return;
        }
        String field = rows.get(0).spelled(wanted);
        if (!rows.get(0).shown().containsKey(field) && !rows.get(0).more().containsKey(field)) {
            throw new ManagementException("there is no field " + wanted);
        }
        String value = options.path("value").asText("");
        rows.removeIf(row -> !matches(operation, row.field(field), value));
    }

    /** Numbers by their size and before texts. */
    private static Comparator<Row> order(String field) {
        Comparator<Row> texts = Comparator.comparing(row -> row.field(field));
        return Comparator.<Row>comparingDouble(row -> WHOLE.matcher(row.field(field)).matches() ? number(row.field(field)) : Double.MAX_VALUE)
                .thenComparing(texts);
    }

    private static <T> List<T> page(List<T> rows, int page, int size) {
        if (page < 1 || size < 1) {
            return rows;
        }
        int from = (int) Math.min(rows.size(), (long) (page - 1) * size);
        return rows.subList(from, (int) Math.min(rows.size(), (long) from + size));
    }

    private static boolean matches(String operation, String actual, String wanted) {
        return switch (operation) {
            case "CONTAINS" -> actual.contains(wanted);
            case "NOT_CONTAINS" -> !actual.contains(wanted);
            case "EQUALS" -> actual.equals(wanted);
            case "NOT_EQUALS" -> !actual.equals(wanted);
            case "GREATER_THAN" -> number(actual) > number(wanted);
            case "LESS_THAN" -> number(actual) < number(wanted);
            default -> throw new ManagementException("no filter operation " + operation);
        };
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notOne) {
            return Double.NaN;
        }
    }
}
