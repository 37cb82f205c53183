package io.delos.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.zip.Adler32;

/**
 * Loads the property files that {@code artemis run --properties} names: a comma separated list of files, and of folders (ending in
 * {@code /}) of which every {@code .json} and {@code .properties} file counts, or those matching {@code ?filter=regex}.
 */
public final class PropertyFiles {
    private static final String FILTER = "?filter=";
    private static final Pattern USUAL = Pattern.compile(".*\\.(json|properties)");
    private static final int LARGEST_FILE = 16 << 20;

    private PropertyFiles() {
    }

    /** Never fails: a file that can't be read is a source with a load error. */
    public static List<PropertySource> load(String list) {
        List<PropertySource> sources = new ArrayList<>();
        for (String item : Declaration.list(list)) {
            int query = item.indexOf(FILTER);
            String path = query < 0 ? item : item.substring(0, query);
            if (path.endsWith("/")) {
                folder(path, query < 0 ? "" : item.substring(query + FILTER.length()), sources);
            } else {
                sources.add(file(Path.of(path)));
            }
        }
        return sources;
    }

    private static void folder(String path, String filter, List<PropertySource> sources) {
        try (var files = Files.list(Path.of(path))) {
            Pattern pattern = filter.isEmpty() ? USUAL : Pattern.compile(filter);
            TreeSet<Path> chosen = new TreeSet<>();
            files.filter(file -> pattern.matcher(file.getFileName().toString()).matches()).forEach(chosen::add);
            chosen.forEach(file -> sources.add(file(file)));
        } catch (IOException | java.io.UncheckedIOException | PatternSyntaxException unreadable) {
            sources.add(new PropertySource(path, Map.of(), 0, unreadable.toString()));
        }
    }

    private static PropertySource file(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            if (Files.size(file) > LARGEST_FILE) {
                return new PropertySource(name, Map.of(), 0, "larger than " + LARGEST_FILE + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            Adler32 sum = new Adler32();
            sum.update(bytes);
            return new PropertySource(name, entries(name, new String(bytes, StandardCharsets.UTF_8)), sum.getValue(), "");
        } catch (IOException | IllegalArgumentException unreadable) {
            return new PropertySource(name, Map.of(), 0, unreadable.toString());
        }
    }

    private static Map<String, String> entries(String name, String text) throws IOException {
        if (name.endsWith(".json")) {
            return json(text);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            throw new IOException("YAML isn't read; use .properties or .json");
        }
        Ordered properties = new Ordered();
        properties.load(new StringReader(text));
        return properties.entries;
    }

    private static Map<String, String> json(String text) throws IOException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IOException("not well-formed JSON: " + malformed.getOriginalMessage(), malformed);
        }
        if (!root.isObject()) {
            throw new IOException("expected a JSON object");
        }
        Map<String, String> entries = new LinkedHashMap<>();
        flatten("", root, entries);
        return entries;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> entries) {
        node.properties().forEach(field -> {
            String key = field.getKey();
            boolean quote = key.indexOf('.') >= 0 && key.indexOf('"') < 0;
            String path = prefix + (quote ? '"' + key + '"' : key);
            if (field.getValue().isObject()) {
                flatten(path + ".", field.getValue(), entries);
            } else {
                entries.put(path, field.getValue().asText());
            }
        });
    }

    /** Properties that remember the order of the file. */
    private static final class Ordered extends Properties {
        private static final long serialVersionUID = 1L;
        private final transient Map<String, String> entries = new LinkedHashMap<>();

        @Override public synchronized Object put(Object key, Object value) {
            entries.put((String) key, (String) value);
            return super.put(key, value);
        }
    }
}
