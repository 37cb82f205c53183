package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.ManagementDoor;
import io.delos.broker.ManagementRequest;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.config.BrokerSettings;
import io.delos.config.Permission;
import io.delos.message.Content;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Management by messages (management, section 8): a request in any dialect, an answer in the same. Called on the sessions' loops. */
public final class ManagementMessages implements ManagementDoor {

    private static final Logger LOG = LogManager.getLogger(ManagementMessages.class);

    private final Broker broker;
    private final Catalogue catalogue;
    private final ManagementNode node;

    public ManagementMessages(Broker broker, Catalogue catalogue) {
        this.broker = broker;
        this.catalogue = catalogue;
        this.node = new ManagementNode(catalogue);
    }

    @Override
    public void request(Session session, ManagementRequest request, Consumer<ManagementRequest.Answer> answer) {
        node.carryOut(request, (resource, operation) -> refusal(session, resource, operation))
                .thenAccept(result -> session.post(() -> answer.accept(result)));
    }

    @Override
    public void request(Session session, Message message, Reply<Void> done) {
        done.done(null);
        NeutralMessage request;
        CompletableFuture<Object> answer;
        try {
            request = broker.formats().of(message.format()).read(message);
            answer = carryOut(session, request);
        } catch (MalformedMessageException malformed) {
            LOG.warn("A management message could not be read: {}", malformed.getMessage());
            return;
        }
        if (request.header().replyTo().present()) {
            answer.whenComplete((result, failure) -> session.post(() -> reply(session, message.format(), request, result, failure)));
        }
    }

    private CompletableFuture<Object> carryOut(Session session, NeutralMessage request) {
        String resource = text(request, "_AMQ_ResourceName");
        String attribute = text(request, "_AMQ_Attribute");
        String operation = text(request, "_AMQ_OperationName");
        if (attribute.isEmpty() && operation.isEmpty()) {
            return CompletableFuture.failedFuture(new ManagementException("neither _AMQ_Attribute nor _AMQ_OperationName is set"));
        }
        Optional<BrokerException> refusal = refusal(session, resource, attribute.isEmpty() ? operation : "get" + attribute);
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new ManagementException(refusal.get().getMessage()));
        }
        if (!attribute.isEmpty()) {
            return catalogue.read(resource, attribute);
        }
        try {
            return catalogue.call(resource, operation, arguments(request.content()));
        } catch (ManagementException malformed) {
            return CompletableFuture.failedFuture(malformed);
        }
    }

    /** With rights for single operations: view or edit on {@code mops.queue.name.operation}. */
    private Optional<BrokerException> refusal(Session session, String resource, String operation) {
        BrokerSettings.Management settings = broker.config().management();
        if (!settings.messageRbac()) {
            return Optional.empty();
        }
        Permission needed = settings.viewPattern().matcher(operation).matches() ? Permission.VIEW : Permission.EDIT;
        return session.refusal(needed, settings.rbacPrefix() + "." + resource + "." + operation);
    }

    private static String text(NeutralMessage request, String property) {
        Object value = request.properties().get(property);
        return value == null ? "" : value.toString();
    }

    private static List<JsonNode> arguments(Content content) {
        String text = content instanceof Content.Text body ? body.text() : "";
        List<JsonNode> arguments = new ArrayList<>();
        if (!text.isBlank()) {
            Json.read(text).forEach(arguments::add);
        }
        return arguments;
    }

    private void reply(Session session, byte format, NeutralMessage request, Object result, Throwable failure) {
        boolean succeeded = failure == null;
        Object shown = succeeded ? plain(result) : sentence(failure);
        Message envelope = Message.of(format, new byte[0]).address(request.header().replyTo().name()).priority(0).build();
        Object correlation = request.header().correlationId();
        NeutralMessage answer = NeutralMessage.from(envelope)
                .correlationId("".equals(correlation) ? idOf(format, request) : correlation)
                .replyTo(request.header().replyTo())
                .property("_AMQ_OperationSucceeded", succeeded)
                .content(new Content.Text(Json.text(Arrays.asList(shown)))).build();
        MessageFormat dialect = broker.formats().of(format);
        session.send(envelope.toBuilder().encoded(format, dialect.write(answer)).build(),
                Reply.of(sent -> { }, refusal -> LOG.warn("The answer to a management message could not be sent: {}", refusal.getMessage())));
    }

    /** A request's own id, as answers repeat it: CORE does so without its prefix. */
    private static String idOf(byte format, NeutralMessage request) {
        String id = request.header().messageId();
        return format == MessageFormat.CORE && id.startsWith("ID:") ? id.substring("ID:".length()) : id;
    }

    private static Object plain(Object result) {
        boolean open = result instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof CompositeData;
        return open ? OpenMessage.forMessages((List<?>) result) : result;
    }

    private static String sentence(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof ManagementException)) {
            LOG.warn("A management operation failed", cause);
        }
        return String.valueOf(cause.getMessage());
    }
}
