package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Property values written as a type's name and a text. */
final class TypedValues {

    private TypedValues() {
    }

    /** Reads {@code [{"type":"int","key":"k","value":"1"}]}. */
    static Map<String, Object> ofJson(String json) throws CliException {
        Map<String, Object> values = new LinkedHashMap<>();
        try {
            JsonNode array = Json.parse(json);
            for (JsonNode one : array.isArray() ? array : Json.parse("[" + json + "]")) {
                values.put(one.path("key").asText(), value(one.path("type").asText("string"), one.path("value").asText()));
            }
        } catch (IOException e) {
            throw new CliException("--properties: " + e.getMessage(), e);
        }
        return values;
    }

    /** One value of a named type. */
    static Object value(String type, String text) throws CliException {
        try {
            return switch (type) {
                case "boolean" -> Boolean.valueOf(text);
                case "byte" -> Byte.valueOf(text);
                case "short" -> Short.valueOf(text);
                case "int", "integer" -> Integer.valueOf(text);
                case "long" -> Long.valueOf(text);
                case "float" -> Float.valueOf(text);
                case "double" -> Double.valueOf(text);
                case "bytes" -> Base64.getUrlDecoder().decode(text);
                case "string", "simple-string" -> text;
                default -> throw new CliException("'" + type + "' is not a property type");
            };
        } catch (IllegalArgumentException e) {
            throw new CliException("'" + text + "' is not a value of type " + type, e);
        }
    }

    /** The name of a value's type in message files. */
    static String typeOf(Object value) {
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Integer) {
            return "integer";
        }
        if (value instanceof Number) {
            return value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
        return value instanceof byte[] ? "bytes" : "string";
    }

    /** A value as it stands in message files. */
    static String textOf(Object value) {
        return value instanceof byte[] bytes ? Base64.getUrlEncoder().encodeToString(bytes) : String.valueOf(value);
    }

    /** A text as Java's serialisation writes it; what object messages carry. */
    static byte[] serialisedText(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
