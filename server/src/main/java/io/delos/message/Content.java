package io.delos.message;

import java.util.List;
import java.util.Map;

/** The body of a message, whatever the dialect. Values inside maps and lists are boxed primitives, String, byte[], null, and for AMQP nested maps and lists. */
public sealed interface Content {

    /** No body. */
    record Empty() implements Content { }

    /** Text. */
    record Text(String text) implements Content { }

    /** Opaque bytes. */
    record Bytes(byte[] bytes) implements Content { }

    /** Names and values, in their order. */
    record Mapping(Map<String, Object> entries) implements Content { }

    /** A sequence of values: a JMS stream message. */
    record Sequence(List<Object> values) implements Content { }

    /** A serialised Java object; the broker never looks inside. */
    record Serialized(byte[] bytes) implements Content { }
}
