package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** How an operation is declared: {@code int moveMessages(String filter, String otherQueueName)}. Immutable. */
public record Signature(String returns, String name, List<Parameter> parameters) {

    /** One parameter; the type as JMX's users know it, without its package. */
    public record Parameter(String type, String name) {

        boolean accepts(JsonNode given) {
            return switch (type) {
                case "boolean" -> given.isBoolean();
                case "int", "long", "double" -> given.isNumber();
                case "Boolean" -> given.isNull() || given.isBoolean();
                case "Integer", "Long" -> given.isNull() || given.isNumber();
                case "Map" -> given.isNull() || given.isObject();
                default -> given.isNull() || given.isTextual();
            };
        }
    }

    public Signature {
        parameters = List.copyOf(parameters);
    }

    static Signature parse(String declaration) {
        int open = declaration.indexOf('(');
        String[] head = declaration.substring(0, open).split(" ");
        List<Parameter> parameters = new ArrayList<>();
        for (String parameter : declaration.substring(open + 1, declaration.length() - 1).split(", ")) {
            if (!parameter.isEmpty()) {
                String[] words = parameter.split(" ");
                parameters.add(new Parameter(words[0], words[1]));
            }
        }
        return new Signature(head[0], head[1], parameters);
    }

    /** Whether these can be its arguments. */
    boolean accepts(List<JsonNode> given) {
        if (given.size() != parameters.size()) {
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            if (!parameters.get(i).accepts(given.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        List<String> texts = parameters.stream().map(parameter -> parameter.type() + " " + parameter.name()).toList();
        return returns + " " + name + "(" + String.join(", ", texts) + ")";
    }
}
