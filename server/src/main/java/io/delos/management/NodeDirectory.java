package io.delos.management;

import io.delos.broker.ManagementRequest;
import io.delos.broker.ManagementRequest.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What the management node says of itself: which types of things there are, what they have and can do, and which things match a question
 * (OASIS AMQP Management 1.0, working draft 11, §3.3). Stateless; any thread.
 */
final class NodeDirectory {

    /** So many things one answer tells of at most. */
    static final int MOST = 1000;

    private static final String SELF = "self";
    private static final String NODE_TYPE = "org.amqp.management";
    private static final List<String> IDENTITY = List.of("name", "identity", "type");
    private static final Set<String> SHOWN = Set.of("String", "String[]", "int", "long", "boolean", "double", "float", "Integer", "Long", "Boolean", "Map");
    private static final Map<String, List<String>> STANDARD = Map.of("READ", List.of());
    private static final Map<String, List<String>> CHANGEABLE = Map.of("CREATE", List.of(), "READ", List.of(), "UPDATE", List.of(), "DELETE", List.of());
    private static final int OK = 200;

    private final Catalogue catalogue;

    NodeDirectory(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** Whether the node itself is asked. */
    static boolean isNode(ManagementRequest request) {
        return request.type().equals(NODE_TYPE) || request.type().isEmpty() && (request.name().isEmpty() || request.name().equals(SELF));
    }

    static String resource(String type, String name) {
        return type.equals("broker") ? type : type + "." + name;
    }

    boolean hasType(String type) {
        return types().contains(type);
    }

    private static List<String> types() {
        return Catalogue.tables().stream().<String>map(Table::kind).toList();
    }

    private static List<String> types(ManagementRequest request) {
        Object only = request.properties().get("entityType");
        return only == null || only.toString().isEmpty() ? types() : types().stream().filter(only.toString()::equals).toList();
    }

    private static Table<?> table(String type) {
        return Catalogue.tables().stream().filter(table -> table.kind().equals(type)).findFirst().orElseThrow();
    }

    /** The attributes of a type's things that can be told. */
    List<String> attributes(String type) {
        Set<String> names = new LinkedHashSet<>(IDENTITY);
        table(type).attributes().stream().filter(attribute -> SHOWN.contains(attribute.type())).forEach(attribute -> names.add(attribute.name()));
        return List.copyOf(names);
    }

    /** Answers what is asked of the node itself; empty for an operation that it has not. */
    Optional<CompletableFuture<Answer>> answer(ManagementRequest request, ManagementNode.Rights rights) {
        return switch (request.operation()) {
            case "QUERY" -> Optional.of(query(request, rights));
            case "GET-TYPES" -> told(request, type -> List.of());
            case "GET-ATTRIBUTES" -> told(request, this::attributes);
            case "GET-OPERATIONS" -> told(request, NodeDirectory::operations);
            case "GET-MGMT-NODES" -> Optional.of(CompletableFuture.completedFuture(Answer.of(OK, List.of())));
            default -> Optional.empty();
        };
    }

    /** What is to be told of a type. */
    private interface Telling {
        Object of(String type);
    }

    private static Optional<CompletableFuture<Answer>> told(ManagementRequest request, Telling telling) {
        Map<String, Object> body = new LinkedHashMap<>();
        types(request).forEach(type -> body.put(type, telling.of(type)));
        return Optional.of(CompletableFuture.completedFuture(Answer.of(OK, body)));
    }

    /** With the names of the arguments; of several operations of one name, those of the longest. */
    private static Map<String, List<String>> operations(String type) {
        Map<String, List<String>> operations = new LinkedHashMap<>(type.equals("queue") || type.equals("address") ? CHANGEABLE : STANDARD);
        for (Table.Operation<?> operation : table(type).operations()) {
            List<String> arguments = operation.signature().parameters().stream().map(Signature.Parameter::name).toList();
            operations.merge(operation.signature().name(), arguments, (one, other) -> one.size() >= other.size() ? one : other);
        }
        return operations;
    }

    /** One thing that a question may be about. */
    private record Thing(String type, String name) { }

    private CompletableFuture<Answer> query(ManagementRequest request, ManagementNode.Rights rights) {
        List<Thing> things = new ArrayList<>();
        types(request).forEach(type -> catalogue.names(type).forEach(name -> things.add(new Thing(type, name))));
        int from = (int) Math.min(things.size(), number(request, "offset", 0));
        int to = (int) Math.min(things.size(), from + Math.min(MOST, number(request, "count", MOST)));
        List<String> attributes = asked(request);
        return catalogue.whenApplied("broker", () -> rows(things.subList(from, to), attributes, rights)).thenApply(rows -> {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("attributeNames", attributes);
            body.put("results", rows);
            return new Answer(OK, "OK", Map.of("count", rows.size()), body);
        });
    }

    private static long number(ManagementRequest request, String property, long otherwise) {
        return request.properties().get(property) instanceof Number number ? Math.max(0, number.longValue()) : otherwise;
    }

    /** The attributes that are named, or all that any of the types has. */
    private List<String> asked(ManagementRequest request) {
        Set<String> names = new LinkedHashSet<>();
        if (request.body() instanceof Map<?, ?> body && body.get("attributeNames") instanceof List<?> given) {
            given.forEach(name -> names.add(String.valueOf(name)));
        }
        if (names.isEmpty()) {
            types(request).forEach(type -> names.addAll(attributes(type)));
        }
        return List.copyOf(names);
    }

    private CompletableFuture<List<List<Object>>> rows(List<Thing> things, List<String> attributes, ManagementNode.Rights rights) {
        List<CompletableFuture<List<Object>>> rows = things.stream().map(thing -> values(thing.type(), thing.name(), attributes, rights)).toList();
        return CompletableFuture.allOf(rows.toArray(CompletableFuture[]::new)).thenApply(all -> rows.stream().map(CompletableFuture::join).toList());
    }

    /** A thing's attributes; null for what it has not, what may not be seen, and what can't be told now. */
    CompletableFuture<List<Object>> values(String type, String name, List<String> attributes, ManagementNode.Rights rights) {
        Optional<Resource> found = catalogue.find(resource(type, name));
        List<CompletableFuture<Object>> values = attributes.stream().map(attribute -> switch (attribute) {
            case "name", "identity" -> CompletableFuture.<Object>completedFuture(name);
            case "type" -> CompletableFuture.<Object>completedFuture(type);
            default -> value(found, resource(type, name), attribute, rights);
        }).toList();
        return CompletableFuture.allOf(values.toArray(CompletableFuture[]::new)).thenApply(all -> {
            List<Object> row = new ArrayList<>();
            values.forEach(value -> row.add(value.join()));
            return row;
        });
    }

    private static CompletableFuture<Object> value(Optional<Resource> found, String resource, String attribute, ManagementNode.Rights rights) {
        boolean seen = found.isPresent() && found.get().attributes().stream().anyMatch(has -> has.name().equals(attribute) && SHOWN.contains(has.type()));
        return seen && rights.refusal(resource, "get" + attribute).isEmpty()
                ? found.get().read(attribute).thenApply(NodeDirectory::plain).exceptionally(untold -> null) : CompletableFuture.completedFuture(null);
    }

    /** A value as AMQP has values. */
    static Object plain(Object value) {
        if (value instanceof Object[] array) {
            return plain(Arrays.asList(array));
        } else if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>();
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((key, element) -> plain.put(String.valueOf(key), plain(element)));
            return plain;
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
