package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.core.CoreClient;
import io.delos.core.CoreClientConsumer;
import io.delos.core.CoreClientException;
import io.delos.core.CoreClientSession;
import io.delos.core.CoreManagement;
import io.delos.core.ReceivedMessage;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** Speaks CORE through our own small client, doing what JMS clients do on top of it: creating what is missing, naming subscriptions. */
final class CoreMessaging implements Messaging {

    private static final Pattern OWN_REPLIES = Pattern.compile("(activemq\\.)?management\\.[0-9a-f-]{36}");
    private static final Duration FOREVER = Duration.ofDays(365);

    private final CoreClient client;
    private final String clientId;
    /** The session that proved the login, for whoever asks first. */
    private final AtomicReference<CoreClientSession> spare;

    private CoreMessaging(CoreClient client, String clientId, CoreClientSession spare) {
        this.client = client;
        this.clientId = clientId;
        this.spare = new AtomicReference<>(spare);
    }

    /** Tries the servers of the URL in order; only not reaching one leads to the next. */
    static CoreMessaging connect(BrokerUrl url, Login login) throws IOException {
        IOException unreachable = null;
        for (BrokerUrl.Server server : url.servers()) {
            CoreClient client;
            try {
                client = CoreClient.connect(options(url, server, login));
            } catch (IOException e) {
                unreachable = new IOException("Cannot connect to " + server.host() + ":" + server.port() + ": " + e.getMessage(), e);
                continue;
            }
            try {
                return new CoreMessaging(client, login.clientId().orElse(""), client.openSession(false));
            } catch (IOException refused) {
                client.close();
                throw refused;
            }
        }
        throw unreachable;
    }

    private static CoreClient.Options options(BrokerUrl url, BrokerUrl.Server server, Login login) throws IOException {
        CoreClient.Options plain = CoreClient.Options.of(server.host(), server.port(), login.user().orElse(""), login.password().orElse(""))
                .withClientId(login.clientId().orElse(""));
        return url.tls() ? plain.withTls(TlsSettings.of(url.parameters())) : plain;
    }

    @Override
    public Line open(boolean transacted) throws IOException {
        CoreClientSession opened = transacted ? null : spare.getAndSet(null);
        return new CoreLine(opened == null ? client.openSession(transacted) : opened, clientId);
    }

    /** A session whose sends count with its commit, for what only CORE can say. */
    CoreClientSession transactedSession() throws IOException {
        return client.openSession(true);
    }

    @Override
    public Management management() throws IOException {
        return new CoreDesk(CoreManagement.open(client));
    }

    @Override
    public String label(Place place) {
        return (place.topic() ? "ActiveMQTopic[" : "ActiveMQQueue[") + place.name() + "]";
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException lost) {
            // closing is all that was wanted
        }
    }

    private record CoreDesk(CoreManagement management) implements Management {

        @Override
        public JsonNode call(String resource, String operation, Object... arguments) throws IOException, ManagementException {
            try {
                return management.invoke(resource, operation, arguments);
            } catch (CoreClientException e) {
                throw refusal(e);
            }
        }

        @Override
        public JsonNode read(String resource, String attribute) throws IOException, ManagementException {
            try {
                return management.attribute(resource, attribute);
            } catch (CoreClientException e) {
                throw refusal(e);
            }
        }

        @Override
        public boolean isOwn(String address) {
            return OWN_REPLIES.matcher(address).matches();
        }

        private static ManagementException refusal(CoreClientException e) throws CoreClientException {
            if (e.code() != CoreClientException.MANAGEMENT) {
                throw e;
            }
            return new ManagementException(e.getMessage());
        }

        @Override
        public void close() throws IOException {
            management.close();
        }
    }

    private record CoreLine(CoreClientSession session, String clientId) implements Line {

        @Override
        public Outbox outbox(Place place) throws IOException {
            if (place.topic()) {
                if (!session.queryAddress(place.address()).exists()) {
                    session.createAddress(place.address(), Set.of(RoutingType.MULTICAST));
                }
            } else {
                ensureQueue(place);
            }
            return new CoreOutbox(session, place.name(), place.topic() ? Message.ROUTE_MULTICAST : Message.ROUTE_ANYCAST);
        }

        private void ensureQueue(Place place) throws IOException {
            if (session.queryQueue(place.queue()).exists()) {
                return;
            }
            try {
                session.createQueue(QueueRequest.of(place.queue(), place.address(), RoutingType.ANYCAST).with("auto-created", true));
            } catch (IOException refused) {
                // another thread, or another client, may have been quicker
                if (!session.queryQueue(place.queue()).exists()) {
                    throw refused;
                }
            }
        }

        @Override
        public Inbox inbox(Place place, Wish wish) throws IOException {
            String filter = wish.filter().orElse("");
            if (!place.topic() || !place.queue().equals(place.name())) {
                if (!place.topic()) {
                    ensureQueue(place);
                }
                return new CoreInbox(session, session.consume(place.queue(), filter), Optional.empty());
            }
            return wish.subscription().isPresent() ? subscribed(place, wish, filter) : temporary(place, filter);
        }

        private Inbox subscribed(Place place, Wish wish, String filter) throws IOException {
            String name = wish.subscription().get();
            // so the real client calls them: what others share with us must have the same name
            String queue = (wish.durable() ? "" : "nonDurable.") + (clientId.isEmpty() ? "" : escaped(clientId) + ".") + escaped(name);
            QueueRequest request = QueueRequest.of(queue, place.address(), RoutingType.MULTICAST).with("filter", filter).with("durable", wish.durable());
            if (wish.shared()) {
                session.createSharedQueue(request);
            } else if (!session.queryQueue(queue).exists()) {
                session.createQueue(request);
            }
            return new CoreInbox(session, session.consume(queue, ""), Optional.empty());
        }

        private static String escaped(String part) {
            return part.replace("\\", "\\\\").replace(".", "\\.");
        }

        private Inbox temporary(Place place, String filter) throws IOException {
            String queue = UUID.randomUUID().toString();
            session.createQueue(QueueRequest.of(queue, place.address(), RoutingType.MULTICAST)
                    .with("filter", filter).with("durable", false).with("temporary", true));
            return new CoreInbox(session, session.consume(queue, ""), Optional.of(queue));
        }

        @Override
        public Inbox browse(Place queue, Optional<String> filter) throws IOException {
            ensureQueue(queue);
            return new CoreBrowser(session.browse(queue.queue(), filter.orElse("")));
        }

        @Override
        public void commit() throws IOException {
            session.commit();
        }

        @Override
        public void close() throws IOException {
            session.close();
        }
    }

    private record CoreOutbox(CoreClientSession session, String address, byte routing) implements Outbox {

        @Override
        public void send(NeutralMessage letter) throws IOException {
            NeutralMessage.Header h = letter.header();
            session.send(new NeutralMessage(new NeutralMessage.Header(address, routing, h.durable(), h.priority(), h.expiration(),
                    h.timestamp(), h.deliverAt(), h.messageId(), h.correlationId(), h.replyTo(), h.type(), h.group(), h.groupSequence(),
                    h.contentType(), h.userId()), letter.properties(), letter.content()));
        }

        @Override
        public void close() {
            // a producer is nothing but its session
        }
    }

    private static final class CoreInbox implements Inbox {

        private final CoreClientSession session;
        private final CoreClientConsumer consumer;
        private final Optional<String> queueToDelete;
        private Optional<ReceivedMessage> last = Optional.empty();

        CoreInbox(CoreClientSession session, CoreClientConsumer consumer, Optional<String> queueToDelete) {
            this.session = session;
            this.consumer = consumer;
            this.queueToDelete = queueToDelete;
        }

        @Override
        public Optional<NeutralMessage> receive(long millis) throws IOException {
            last = millis == 0 ? consumer.receiveNow() : consumer.receive(millis < 0 ? FOREVER : Duration.ofMillis(millis));
            return last.map(ReceivedMessage::message);
        }

        @Override
        public void acknowledge() throws IOException {
            if (last.isPresent()) {
                session.acknowledge(last.get());
                last = Optional.empty();
            }
        }

        @Override
        public void close() throws IOException {
            consumer.close();
            if (queueToDelete.isPresent()) {
                session.deleteQueue(queueToDelete.get());
            }
        }
    }

    private record CoreBrowser(CoreClientConsumer consumer) implements Inbox {

        @Override
        public Optional<NeutralMessage> receive(long millis) throws IOException {
            return consumer.receiveNow().map(ReceivedMessage::message);
        }

        @Override
        public void acknowledge() {
            // a browser leaves everything where it is
        }

        @Override
        public void close() throws IOException {
            consumer.close();
        }
    }
}
