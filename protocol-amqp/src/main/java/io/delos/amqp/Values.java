package io.delos.amqp;

import io.delos.message.Readable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** AMQP values brought to those that all dialects have. Stateless. */
final class Values {

    private Values() { }

    /** A property's value: boxed primitives, Character, String, byte[] or null; anything else as text, maps and lists as JSON. */
    static Object plain(Object value) {
        return value instanceof List || value instanceof Map ? Readable.json(nested(value)) : value instanceof UUID ? value.toString() : value;
    }

    /** A value inside a map or list, where maps and lists may nest. */
    static Object nested(Object value) {
        if (value instanceof Map) {
            return mapping((Map<?, ?>) value);
        }
        if (value instanceof List) {
            return sequence((List<?>) value);
        }
        return value instanceof UUID ? value.toString() : value;
    }

    static Map<String, Object> mapping(Map<?, ?> entries) {
        Map<String, Object> names = new LinkedHashMap<>();
        entries.forEach((key, value) -> names.put(String.valueOf(key), nested(value)));
        return names;
    }

    static List<Object> sequence(List<?> values) {
        return values.stream().map(Values::nested).collect(Collectors.toList());
    }
}
