package io.delos.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.zip.Adler32;

/**
 * Overrides from one place (broker.xml section 20), applied after the file.
 *
 * @param name file name, or the prefix of the system properties
 * @param entries path to value, in the order in which they stand there
 * @param fileChecksum Adler-32 of the file's bytes; 0 when there is no file
 * @param loadError why nothing could be read, or empty
 */
public record PropertySource(String name, Map<String, String> entries, long fileChecksum, String loadError) {
    public PropertySource {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** Overrides that come from nowhere in particular. */
    public static PropertySource of(String name, Map<String, String> entries) {
        return new PropertySource(name, entries, 0, "");
    }

    /** The system properties that start with the prefix, without it, in alphabetical order. */
    public static PropertySource ofSystem(String prefix) {
        Map<String, String> entries = new TreeMap<>();
        Properties all = System.getProperties();
        for (String key : all.stringPropertyNames()) {
            if (key.startsWith(prefix) && key.length() > prefix.length()) {
                entries.put(key.substring(prefix.length()), all.getProperty(key));
            }
        }
        return of("system-" + prefix, entries);
    }

    /** Adler-32 over all entries as {@code key=value}, nothing between them: lets an operator see whether a change was taken over. */
    public long checksum() {
        Adler32 sum = new Adler32();
        entries.forEach((key, value) -> sum.update((key + "=" + value).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        return sum.getValue();
    }
}
