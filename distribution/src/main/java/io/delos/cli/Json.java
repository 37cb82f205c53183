package io.delos.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;

/** JSON to trees and back. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {
    }

    static JsonNode parse(String text) throws IOException {
        try {
            return MAPPER.readTree(text == null ? "null" : text);
        } catch (JsonProcessingException e) {
            throw new IOException("Not understood as JSON: " + text, e);
        }
    }

    /** An array of the given values. */
    static String array(Object... values) {
        return text(Arrays.asList(values));
    }

    /** Maps, lists, strings, numbers and booleans as JSON. */
    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
