package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What an operation is called with; the types were checked. Immutable. */
final class Arguments {

    private final List<JsonNode> nodes;

    Arguments(List<JsonNode> nodes) {
        this.nodes = nodes;
    }

    int count() {
        return nodes.size();
    }

    /** A text; empty for null. */
    String text(int i) {
        return nodes.get(i).isNull() ? "" : nodes.get(i).asText();
    }

    long number(int i) {
        return nodes.get(i).asLong();
    }

    boolean flag(int i) {
        return nodes.get(i).asBoolean();
    }

    /** Whether it is there, and true. */
    boolean isTrue(int i) {
        return i < nodes.size() && flag(i);
    }

    JsonNode node(int i) {
        return nodes.get(i);
    }
}
