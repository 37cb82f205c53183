package io.delos.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The tables of docs/interop.md: for each protocol that says something, a row for each thing it says, with what clients of each protocol hear.
 * They are what tests have seen, word for word.
 */
final class InteropTables {

    private static final String MARK = "<!-- what follows is what tests have seen -->\n";
    private static final Path DOCUMENT = Path.of("../docs/interop.md");

    private final Map<Speech, Map<String, Map<Speech, String>>> tables = new EnumMap<>(Speech.class);

    /** What a client of {@code to} heard of what one of {@code from} said. */
    void put(Speech from, String said, Speech to, String heard) {
        tables.computeIfAbsent(from, first -> new LinkedHashMap<>()).computeIfAbsent(said, first -> new EnumMap<>(Speech.class)).put(to, heard);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        tables.forEach((from, rows) -> {
            text.append("\n### ").append(name(from)).append(" says\n\n| |");
            Arrays.stream(Speech.values()).forEach(to -> text.append(" to ").append(name(to)).append(" |"));
            text.append("\n|---|").append("---|".repeat(Speech.values().length)).append('\n');
            rows.forEach((said, heard) -> {
                text.append("| ").append(said).append(" |");
                Arrays.stream(Speech.values()).forEach(to -> text.append(' ').append(heard.getOrDefault(to, "")).append(" |"));
                text.append('\n');
            });
        });
        return text.toString();
    }

    private static String name(Speech speech) {
        return switch (speech) {
            case OPENWIRE -> "OpenWire";
            case MQTT -> "MQTT 5";
            default -> speech.name();
        };
    }

    /** The lines in which the document says something else; as they should be in {@code target/interop.md}. */
    List<String> differences() throws IOException {
        String document = Files.readString(DOCUMENT);
        int mark = document.indexOf(MARK);
        String rules = mark < 0 ? document : document.substring(0, mark);
        String wanted = rules + MARK + text();
        Files.writeString(Path.of("target/interop.md"), wanted);
        List<String> written = document.lines().toList();
        List<String> seen = wanted.lines().toList();
        return seen.stream().filter(line -> !written.contains(line)).map(line -> "seen: " + line)
                .collect(Collectors.collectingAndThen(Collectors.toList(), missing -> {
                    written.stream().filter(line -> !seen.contains(line)).forEach(line -> missing.add("written: " + line));
                    return missing.isEmpty() && !document.equals(wanted) ? List.of("the order of the lines") : missing;
                }));
    }
}
