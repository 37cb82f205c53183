package io.delos.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file of an instance with places to fill: {@code @{name}}.
 *
 * <p>A place alone on its line may take several lines, which get its indentation; filled with nothing, the line goes.
 */
final class Template {

    private static final Pattern LINE = Pattern.compile("(?m)^([ \\t]*)@\\{(\\w+)}[ \\t]*\\R");
    private static final Pattern PLACE = Pattern.compile("@\\{(\\w+)}");

    private Template() {
    }

    /** Reads a template by its path below the instance and fills it. */
    static String fill(String path, Map<String, String> values) {
        return fillText(read(path), values);
    }

    private static String read(String path) {
        try (InputStream in = Template.class.getResourceAsStream("instance/" + path)) {
            if (in == null) {
                throw new IllegalArgumentException("No template " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String fillText(String text, Map<String, String> values) {
        String blocks = LINE.matcher(text).replaceAll(match -> {
            String value = value(values, match.group(2));
            String indented = value.isEmpty() ? "" : value.lines()
                    .map(line -> line.isEmpty() ? "" : match.group(1) + line).collect(Collectors.joining("\n", "", "\n"));
            return Matcher.quoteReplacement(indented);
        });
        return PLACE.matcher(blocks).replaceAll(match -> Matcher.quoteReplacement(value(values, match.group(1))))
                .replaceAll("\n{3,}", "\n\n");
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("Nothing for @{" + name + "}");
        }
        return value;
    }

    /** Text as it may stand in XML, in an element or an attribute. */
    static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** Text as one word of a shell script, whatever it contains. */
    static String shell(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
