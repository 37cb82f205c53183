package io.delos.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks the broker's management address (section 13). One request at a time; any thread. A refusal is a {@link CoreClientException} with
 * {@link CoreClientException#MANAGEMENT} and the broker's sentence.
 */
public final class CoreManagement implements AutoCloseable {
    /** Where requests go unless the broker is configured otherwise. */
    public static final String ADDRESS = "activemq.management";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CoreClientSession session;
    private final CoreClientConsumer replies;
    private final String replyAddress;
    private final String address;
    private final Duration timeout;

    private CoreManagement(CoreClientSession session, CoreClientConsumer replies, String replyAddress, String address, Duration timeout) {
        this.session = session;
        this.replies = replies;
        this.replyAddress = replyAddress;
        this.address = address;
        this.timeout = timeout;
    }

    /** Opens a session with a temporary queue for the replies. */
    public static CoreManagement open(CoreClient client) throws IOException {
        CoreClientSession session = client.openSession(false);
        String name = "management." + UUID.randomUUID();
        session.createQueue(QueueRequest.of(name, name, RoutingType.ANYCAST).with("durable", false).with("temporary", true));
        return new CoreManagement(session, session.consume(name, ""), name, ADDRESS, client.timeout());
    }

    /**
     * Reads an attribute.
     *
     * @param resource {@code broker}, {@code queue.<name>}, {@code address.<name>} …
     * @param name     as JMX shows it, the first letter in either case
     */
    public JsonNode attribute(String resource, String name) throws IOException {
        return ask(Map.of("_AMQ_ResourceName", resource, "_AMQ_Attribute", name), new Content.Empty());
    }

    /** Calls an operation, chosen by name and number of arguments. Its result is {@link NullNode} when it has none. */
    public JsonNode invoke(String resource, String operation, Object... arguments) throws IOException {
        return ask(Map.of("_AMQ_ResourceName", resource, "_AMQ_OperationName", operation),
                new Content.Text(JSON.writeValueAsString(arguments)));
    }

    private synchronized JsonNode ask(Map<String, Object> properties, Content body) throws IOException {
        String correlation = UUID.randomUUID().toString();
        NeutralMessage.Header header = new NeutralMessage.Header(address, io.delos.message.Message.ROUTE_BOTH, false, 4, 0,
                System.currentTimeMillis(), 0, "", correlation, new Destination(replyAddress, Destination.Kind.TEMPORARY_QUEUE), "", "", 0,
                "", "");
        session.send(new NeutralMessage(header, properties, body));
        while (true) {
            Optional<ReceivedMessage> reply = replies.receive(timeout);
            ReceivedMessage received = reply.orElseThrow(() -> new IOException("no answer from management within " + timeout));
            session.acknowledge(received);
            if (received.message().header().correlationId().equals(correlation)) {
                return result(received.message());
            }
        }
    }

    private static JsonNode result(NeutralMessage reply) throws IOException {
        JsonNode result = reply.content() instanceof Content.Text text ? element(text.text()) : NullNode.getInstance();
        if (Boolean.FALSE.equals(reply.properties().get("_AMQ_OperationSucceeded"))) {
            throw new CoreClientException(CoreClientException.MANAGEMENT, result.asText());
        }
        return result;
    }

    private static JsonNode element(String json) throws IOException {
        try {
            JsonNode array = JSON.readTree(json);
            return array.isArray() && array.size() == 1 ? array.get(0) : array;
        } catch (JsonProcessingException e) {
            throw new IOException("management answered with something else than JSON", e);
        }
    }

    @Override
    public void close() throws IOException {
        replies.close();
        session.deleteQueue(replyAddress);
        session.close();
    }
}
