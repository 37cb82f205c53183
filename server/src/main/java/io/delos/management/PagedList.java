package io.delos.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The {@code list…(options, page, pageSize)} operations (management, section 6): filters, sorts and cuts rows. Stateless. */
final class PagedList {

    private static final ObjectMapper JSON = new ObjectMapper();

    private PagedList() {
    }

    /** The answer's text: the page's rows and how many there are in all. */
    static String of(List<Map<String, Object>> rows, List<JsonNode> arguments, String sortDefault) {
        JsonNode options = options(arguments.get(0).asText(""));
        List<Map<String, Object>> chosen = new ArrayList<>(rows);
        String field = camelCase(options.path("field").asText(""));
        String operation = options.path("operation").asText("");
        if (!field.isEmpty() && !operation.isEmpty()) {
            String value = options.path("value").asText("");
            chosen.removeIf(row -> !matches(operation, String.valueOf(row.getOrDefault(field, "")), value));
        }
        String sort = options.path("sortField").asText(options.path("sortColumn").asText(""));
        String by = sort.isEmpty() ? sortDefault : camelCase(sort);
        Comparator<Map<String, Object>> order = Comparator.comparing(row -> String.valueOf(row.getOrDefault(by, "")));
        chosen.sort("desc".equalsIgnoreCase(options.path("sortOrder").asText("")) ? order.reversed() : order);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("data", page(chosen, arguments.get(1).asInt(-1), arguments.get(2).asInt(-1)));
        answer.put("count", chosen.size());
        return text(answer);
    }

    private static JsonNode options(String text) {
        try {
            return text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new ManagementException("the options are not JSON: " + malformed.getOriginalMessage());
        }
    }

    static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> List<T> page(List<T> rows, int page, int size) {
        if (page < 1 || size < 1) {
            return rows;
        }
        int from = (int) Math.min(rows.size(), (long) (page - 1) * size);
        return rows.subList(from, (int) Math.min(rows.size(), (long) from + size));
    }

    /** MESSAGE_COUNT becomes messageCount; a name in camel case stays. */
    private static String camelCase(String name) {
        if (!name.equals(name.toUpperCase(Locale.ROOT))) {
            return name;
        }
        StringBuilder text = new StringBuilder();
        for (String word : name.toLowerCase(Locale.ROOT).split("_")) {
            text.append(text.length() == 0 || word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return text.toString();
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
