package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.broker.BrokerException;
import io.delos.broker.ManagementRequest;
import io.delos.broker.ManagementRequest.Answer;
import io.delos.broker.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Management as AMQP knows it (OASIS AMQP Management 1.0, working draft 11): typed things with attributes, made, read, changed, deleted and
 * asked for, over the same {@link Catalogue} as all other management. Stateless; any thread.
 */
final class ManagementNode {

    private static final Logger LOG = LogManager.getLogger(ManagementNode.class);
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int FAULT = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String BROKER = "broker";
    private static final String QUEUE = "queue";
    private static final String ADDRESS = "address";

    private final Catalogue catalogue;
    private final NodeDirectory directory;

    ManagementNode(Catalogue catalogue) {
        this.catalogue = catalogue;
        this.directory = new NodeDirectory(catalogue);
    }

    /** Who may do what, where rights are given for single operations. */
    interface Rights {
        Optional<BrokerException> refusal(String resource, String operation);
    }

    /** A request that is refused with a code of its own. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String sentence) {
            super(sentence, null, false, false);
            this.status = status;
        }
    }

    /** Does what is asked; the answer never fails. */
    CompletableFuture<Answer> carryOut(ManagementRequest request, Rights rights) {
        CompletableFuture<Answer> answer;
        try {
            answer = NodeDirectory.isNode(request) ? directory.answer(request, rights).orElseThrow(() -> unknown(request)) : onThing(request, rights);
        } catch (RuntimeException refusal) {
            answer = CompletableFuture.failedFuture(refusal);
        }
        return answer.exceptionally(ManagementNode::refusal);
    }

    private static Refused unknown(ManagementRequest request) {
        return new Refused(request.operation().isEmpty() ? BAD_REQUEST : NOT_IMPLEMENTED,
                request.operation().isEmpty() ? "the property 'operation' is missing" : "there is no operation " + request.operation());
    }

    private CompletableFuture<Answer> onThing(ManagementRequest request, Rights rights) {
        if (!directory.hasType(request.type())) {
            throw new Refused(request.type().isEmpty() ? BAD_REQUEST : NOT_FOUND,
                    request.type().isEmpty() ? "the property 'type' is missing" : "there are no things of type " + request.type());
        }
        if (request.name().isEmpty() && !request.type().equals(BROKER)) {
            throw new Refused(BAD_REQUEST, "the property 'name' is missing");
        }
        return switch (request.operation()) {
            case "CREATE" -> create(request, rights);
            case "READ" -> read(request, rights, OK);
            case "UPDATE" -> update(request, rights);
            case "DELETE" -> delete(request, rights);
            default -> call(request, rights);
        };
    }

    private static String resource(ManagementRequest request) {
        return NodeDirectory.resource(request.type(), request.name());
    }

    private Resource there(ManagementRequest request) {
        return catalogue.find(resource(request)).orElseThrow(() -> new Refused(NOT_FOUND, "there is no " + request.type() + " " + request.name()));
    }

    private CompletableFuture<Answer> read(ManagementRequest request, Rights rights, int status) {
        there(request);
        List<String> attributes = directory.attributes(request.type());
        return catalogue.whenApplied(resource(request), () -> directory.values(request.type(), request.name(), attributes, rights))
                .thenApply(values -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    for (int i = 0; i < attributes.size(); i++) {
                        body.put(attributes.get(i), values.get(i));
                    }
                    return Answer.of(status, body);
                });
    }

    private CompletableFuture<Answer> create(ManagementRequest request, Rights rights) {
        if (catalogue.find(resource(request)).isPresent()) {
            throw new Refused(CONFLICT, "there is a " + request.type() + " " + request.name());
        }
        CompletableFuture<Object> made = switch (request.type()) {
            case QUEUE -> ask(rights, "createQueue", queue(request));
            case ADDRESS -> ask(rights, "createAddress", request.name(), routingTypes(request).orElse(catalogue.usualRoutingType(request.name())));
            default -> throw new Refused(NOT_IMPLEMENTED, "a " + request.type() + " can't be created here");
        };
        return made.thenCompose(done -> read(request, rights, CREATED));
    }

    private CompletableFuture<Answer> update(ManagementRequest request, Rights rights) {
        there(request);
        CompletableFuture<Object> changed = switch (request.type()) {
            case QUEUE -> ask(rights, "updateQueue", queue(request));
            case ADDRESS -> ask(rights, "updateAddress", request.name(),
                    routingTypes(request).orElseThrow(() -> new Refused(BAD_REQUEST, "of an address nothing but routing-types can be changed")));
            default -> throw new Refused(NOT_IMPLEMENTED, "a " + request.type() + " can't be changed here");
        };
        return changed.thenCompose(done -> read(request, rights, OK));
    }

    private CompletableFuture<Answer> delete(ManagementRequest request, Rights rights) {
        there(request);
        CompletableFuture<Object> gone = switch (request.type()) {
            case QUEUE -> ask(rights, "destroyQueue", request.name());
            case ADDRESS -> ask(rights, "deleteAddress", request.name());
            default -> throw new Refused(NOT_IMPLEMENTED, "a " + request.type() + " can't be deleted here");
        };
        return gone.thenApply(done -> Answer.of(NO_CONTENT, Map.of()));
    }

    /** An operation of the broker's own. */
    private CompletableFuture<Object> ask(Rights rights, String operation, String... arguments) {
        permitted(rights, BROKER, operation);
        List<JsonNode> nodes = new ArrayList<>();
        for (String argument : arguments) {
            nodes.add(Json.node(argument));
        }
        return catalogue.call(BROKER, operation, nodes);
    }

    private static void permitted(Rights rights, String resource, String operation) {
        rights.refusal(resource, operation).ifPresent(refusal -> {
            throw new ManagementException(refusal);
        });
    }

    /** Something that a thing of this type can do beside; its arguments are a list. */
    private CompletableFuture<Answer> call(ManagementRequest request, Rights rights) {
        if (there(request).operations().stream().noneMatch(signature -> signature.name().equals(request.operation()))) {
            throw unknown(request);
        }
        if (!(request.body() == null || request.body() instanceof List)) {
            throw new Refused(BAD_REQUEST, "the arguments of " + request.operation() + " are to be a list");
        }
        permitted(rights, resource(request), request.operation());
        List<JsonNode> arguments = new ArrayList<>();
        if (request.body() instanceof List<?> given) {
            given.forEach(argument -> arguments.add(Json.node(argument)));
        }
        return catalogue.call(resource(request), request.operation(), arguments).thenApply(result -> Answer.of(OK, NodeDirectory.plain(result)));
    }

    private static Map<?, ?> attributes(ManagementRequest request) {
        if (request.body() instanceof Map<?, ?> given) {
            return given;
        } else if (request.body() == null) {
            return Map.of();
        }
        throw new Refused(BAD_REQUEST, "attributes are to be a map");
    }

    /** A queue as JSON describes it; attributes may be named as broker.xml does, or as reading shows them. */
    private static String queue(ManagementRequest request) {
        Map<String, Object> json = new LinkedHashMap<>();
        attributes(request).forEach((name, value) -> json.put(spelled(String.valueOf(name)), value));
        json.put("name", request.name());
        return Json.text(json);
    }

    /** {@code MaxConsumers} is max-consumers. */
    private static String spelled(String name) {
        return name.isEmpty() ? name : QueueJson.attribute(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
    }

    private static Optional<String> routingTypes(ManagementRequest request) {
        for (Map.Entry<?, ?> attribute : attributes(request).entrySet()) {
            if (spelled(String.valueOf(attribute.getKey())).equals("routing-types")) {
                Object value = attribute.getValue();
                return Optional.of(value instanceof List<?> list ? String.join(",", list.stream().map(String::valueOf).toList()) : String.valueOf(value));
            }
        }
        return Optional.empty();
    }

    private static Answer refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refused refused) {
            return Answer.refusal(refused.status, refused.getMessage());
        } else if (cause instanceof ManagementException refused) {
            return Answer.refusal(refused.reason().map(ManagementNode::status).orElse(BAD_REQUEST), refused.getMessage());
        }
        LOG.warn("A management operation failed", cause);
        return Answer.refusal(FAULT, String.valueOf(cause.getMessage()));
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case NOT_PERMITTED -> FORBIDDEN;
            case QUEUE_NOT_FOUND, ADDRESS_NOT_FOUND -> NOT_FOUND;
            case QUEUE_EXISTS, ADDRESS_EXISTS, QUEUE_IN_USE, ADDRESS_IN_USE, ROUTING_TYPE_MISMATCH -> CONFLICT;
            case INTERNAL -> FAULT;
            default -> BAD_REQUEST;
        };
    }
}
