package io.delos.dist;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A message as every protocol can tell it.
 *
 * @param body        a String or a byte array
 * @param correlation empty without one
 * @param replyTo     the name of a destination; empty without one
 * @param durable     null where the protocol doesn't tell
 * @param priority    null where the protocol doesn't tell
 * @param expires     milliseconds since 1970, 0 for never; what MQTT tells in seconds is told from the moment of asking
 */
record Letter(Object body, Map<String, Object> properties, String correlation, String replyTo, Boolean durable, Integer priority, long expires) {

    /** Text and nothing else, to be confirmed by the broker. */
    static Letter of(String text) {
        return new Letter(text, Map.of(), "", "", true, 4, 0);
    }

    /** The body as text, whatever it came as. */
    String text() {
        return body instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : (String) body;
    }
}
