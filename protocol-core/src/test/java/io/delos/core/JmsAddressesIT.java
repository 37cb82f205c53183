package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.DivertConfig;
import io.delos.config.DivertConfig.Transformer;
import io.delos.config.DivertRouting;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How addresses and queues appear and go, and where messages end up that do not just stay: what the real clients see of it. */
class JmsAddressesIT {
    private static final long WAIT = 60_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("", config -> config.with("address-queue-scan-period", 100)
            .withDiverts(List.of(
                    new DivertConfig("copy", "copy", "diverted", "copies,more", false, "", DivertRouting.STRIP,
                            new Transformer(Transformer.ADD_HEADERS, Map.of("color", "red"))),
                    new DivertConfig("away", "away", "away.#", "gone", true, "i > 1", DivertRouting.ANYCAST, Transformer.NONE)))
            .withAddressSettings("no.#", Map.of("auto-create-addresses", false, "auto-create-queues", false))
            .withAddressSettings("reaped", Map.of("auto-delete-queues", true, "auto-delete-addresses", true))
            .withAddressSettings("stays.#", Map.of("auto-delete-addresses-delay", 1_000_000))
            .withAddressSettings("unrouted.#", Map.of("send-to-dla-on-no-route", true, "dead-letter-address", "unrouted-letters",
                    "auto-create-dead-letter-resources", true)));

    private ServerLocator locator;
    private ClientSessionFactory sessions;
    private ClientSession core;
    private Connection connection;
    private Session session;

    @BeforeEach
    void connect() throws Exception {
        locator = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + SERVER.port());
        sessions = locator.createSessionFactory();
        core = sessions.createSession(true, true, 0);
        core.start();
        connection = SERVER.connect("");
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
        core.close();
        locator.close();
    }

    private void queue(String address, String name, RoutingType type) throws ActiveMQException {
        core.createQueue(QueueConfiguration.of(name).setAddress(address).setRoutingType(type));
    }

    private ClientSession.AddressQuery address(String name) throws ActiveMQException {
        return core.addressQuery(SimpleString.of(name));
    }

    private void sendCore(String address, Integer routing) throws ActiveMQException {
        try (ClientProducer producer = core.createProducer(address)) {
            ClientMessage message = core.createMessage(true);
            if (routing != null) {
                message.putByteProperty("_AMQ_ROUTING_TYPE", routing.byteValue());
            }
            producer.send(message);
        }
    }

    private static void refused(ActiveMQExceptionType type, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ActiveMQException.class, e -> assertThat(e.getType()).isEqualTo(type));
    }

    private static Map<String, Object> properties(Message message) throws JMSException {
        Map<String, Object> all = new TreeMap<>();
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
            String name = names.nextElement().toString();
            all.put(name, message.getObjectProperty(name));
        }
        return all;
    }

    @Test
    void aDivertSendsACopyWithWhereItCameFrom() throws Exception {
        queue("copies", "copies", RoutingType.ANYCAST);
        queue("more", "more", RoutingType.MULTICAST);
        TextMessage sent = session.createTextMessage("x");
        Queue source = session.createQueue("diverted");
        session.createProducer(source).send(sent);
        Message copy = session.createConsumer(session.createQueue("copies")).receive(WAIT);
        assertThat(copy.getBody(String.class)).isEqualTo("x");
        assertThat(properties(copy)).containsEntry("_AMQ_ORIG_ADDRESS", "diverted").containsEntry("_AMQ_ORIG_QUEUE", "copy")
                .containsEntry("_AMQ_ORIG_ROUTING_TYPE", (byte) 1).containsEntry("color", "red").containsKey("_AMQ_ORIG_MESSAGE_ID");
        assertThat(copy.getJMSDestination()).hasToString("ActiveMQQueue[copies]");
        assertThat(session.createConsumer(session.createTopic("more::more")).receive(WAIT)).isNotNull();
        Message original = session.createConsumer(source).receive(WAIT);
        assertThat(properties(original)).doesNotContainKeys("_AMQ_ORIG_QUEUE", "color");
    }

    @Test
    void anExclusiveDivertOfAWildcardTakesWhatItsFilterLikesAlsoInTransactions() throws Exception {
        queue("gone", "gone", RoutingType.ANYCAST);
        Queue source = session.createQueue("away.one");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        for (int i = 0; i < 4; i++) {
            Message message = transacted.createMessage();
            message.setIntProperty("i", i);
            transacted.createProducer(source).send(message);
        }
        MessageConsumer gone = session.createConsumer(session.createQueue("gone"));
        assertThat(gone.receiveNoWait()).isNull();
        transacted.commit();
        assertThat(gone.receive(WAIT).getIntProperty("i")).isEqualTo(2);
        assertThat(gone.receive(WAIT).getIntProperty("i")).isEqualTo(3);
        MessageConsumer rest = session.createConsumer(source);
        assertThat(rest.receive(WAIT).getIntProperty("i")).isZero();
        assertThat(rest.receive(WAIT).getIntProperty("i")).isEqualTo(1);
        assertThat(rest.receiveNoWait()).isNull();
    }

    @Test
    void whatFindsNoQueueIsADeadLetterIfSoConfigured() throws Exception {
        session.createProducer(session.createTopic("unrouted.a")).send(session.createTextMessage("x"));
        Message letter = session.createConsumer(session.createTopic("unrouted-letters::DLQ.unrouted.a")).receive(WAIT);
        assertThat(properties(letter)).containsEntry("_AMQ_ORIG_ADDRESS", "unrouted.a").containsEntry("_AMQ_ORIG_ROUTING_TYPE", (byte) 0);
        assertThat(letter.getStringProperty("_AMQ_ORIG_QUEUE")).isNull();
    }

    @Test
    void anAddressGoesWithTheLastQueueThatAClientDeletes() throws Exception {
        queue("goes", "goes", RoutingType.ANYCAST);
        core.deleteQueue("goes");
        assertThat(address("goes").isExists()).isFalse();
        queue("stays.a", "stays.a", RoutingType.ANYCAST);
        core.deleteQueue("stays.a");
        assertThat(address("stays.a").isExists()).isTrue();
        core.createAddress(SimpleString.of("made"), RoutingType.ANYCAST, false);
        queue("made", "made", RoutingType.ANYCAST);
        core.deleteQueue("made");
        assertThat(address("made").isExists()).isTrue();
    }

    @Test
    void aQueueThatAppearedIsRemovedWhenNobodyUsesItAndItsAddressAfterIt() throws Exception {
        Queue queue = session.createQueue("reaped");
        session.createProducer(queue).send(session.createTextMessage("x"));
        assertThat(core.queueQuery(SimpleString.of("reaped")).isExists()).isTrue();
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            assertThat(consumer.receive(WAIT)).isNotNull();
        }
        await().until(() -> !core.queueQuery(SimpleString.of("reaped")).isExists() && !address("reaped").isExists());
    }

    @Test
    void aSharedSubscriptionThatIsNotDurableGoesWithItsLastConsumer() throws Exception {
        Topic topic = session.createTopic("shared");
        MessageConsumer one = session.createSharedConsumer(topic, "sub");
        try (Connection other = SERVER.connect("")) {
            MessageConsumer two = other.createSession(false, Session.AUTO_ACKNOWLEDGE).createSharedConsumer(topic, "sub");
            one.close();
            ClientSession.QueueQuery query = core.queueQuery(SimpleString.of("nonDurable.sub"));
            assertThat(query.isExists()).isTrue();
            assertThat(query.isTemporary()).isTrue();
            assertThat(query.isDurable()).isFalse();
            two.close();
            assertThat(core.queueQuery(SimpleString.of("nonDurable.sub")).isExists()).isFalse();
        }
    }

    @Test
    void aTemporaryQueueBelongsToWhoAskedForItLast() throws Exception {
        QueueConfiguration temporary = QueueConfiguration.of("inherited").setAddress("inherited").setRoutingType(RoutingType.ANYCAST)
                .setDurable(false).setTemporary(true);
        ServerLocator elsewhere = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + SERVER.port());
        ClientSession first = elsewhere.createSessionFactory().createSession(true, true, 0);
        first.createQueue(temporary);
        try (CoreClient client = SERVER.client(); CoreClientSession second = client.openSession(false)) {
            // as a client does that comes back before the broker knows that it was gone
            second.write(new QueuePacket.CreateQueue("inherited", "inherited", Optional.empty(), false, true, false, false,
                    QueuePacket.ANYCAST, -1, false, QueueAttributes.NONE));
            assertThat(second.queryQueue("inherited").exists()).isTrue();
            int connected = SERVER.server().broker().clients().all().size();
            elsewhere.close();
            await().until(() -> SERVER.server().broker().clients().all().size() < connected);
            // goes the way of the deletion, behind it
            core.createAddress(SimpleString.of("behind"), RoutingType.ANYCAST, false);
            assertThat(core.queueQuery(SimpleString.of("inherited")).isExists()).isTrue();
        }
        await().until(() -> !core.queueQuery(SimpleString.of("inherited")).isExists() && !address("inherited").isExists());
    }

    @Test
    void sendingToWhatMayNotAppear() throws Exception {
        refused(ActiveMQExceptionType.ADDRESS_DOES_NOT_EXIST, () -> sendCore("no.address", 1));
        refused(ActiveMQExceptionType.ADDRESS_DOES_NOT_EXIST, () -> sendCore("no.address", 0));
        sendCore("no.address", null);
        sendCore("nothing.untyped", null);
        assertThat(address("nothing.untyped").isExists()).isFalse();
        core.createAddress(SimpleString.of("no.anycast"), RoutingType.ANYCAST, false);
        refused(ActiveMQExceptionType.ADDRESS_DOES_NOT_EXIST, () -> sendCore("no.anycast", 0));
        refused(ActiveMQExceptionType.ADDRESS_DOES_NOT_EXIST, () -> sendCore("no.anycast", 1));
        refused(ActiveMQExceptionType.ADDRESS_DOES_NOT_EXIST, () -> queue("no.queue", "no.queue", RoutingType.ANYCAST));
        assertThatThrownBy(() -> queue("no.anycast", "no.multicast", RoutingType.MULTICAST)).isInstanceOf(ActiveMQException.class);
        Topic topic = session.createTopic("no.anycast");
        assertThatThrownBy(() -> session.createProducer(topic)).isInstanceOf(InvalidDestinationException.class);
        refused(ActiveMQExceptionType.GENERIC_EXCEPTION, () -> sendCore("wild.#", 0));
        assertThatThrownBy(() -> session.createProducer(session.createTopic("wild.*")).send(session.createMessage()))
                .isInstanceOf(JMSException.class).hasMessageContaining("AMQ229260");
    }

    @Test
    void anAddressThatIsCreatedAgainServesWhatIsAskedForThen() throws Exception {
        core.createAddress(SimpleString.of("again"), RoutingType.ANYCAST, false);
        core.createAddress(SimpleString.of("again"), RoutingType.MULTICAST, false);
        assertThat(address("again").isSupportsAnycast()).isFalse();
        assertThat(address("again").isSupportsMulticast()).isTrue();
        queue("again", "again.q", RoutingType.MULTICAST);
        assertThatThrownBy(() -> core.createAddress(SimpleString.of("again"), RoutingType.ANYCAST, false)).isInstanceOf(ActiveMQException.class);
        assertThat(address("again").isSupportsMulticast()).isTrue();
    }

    @Test
    void errorsOfQueues() throws Exception {
        refused(ActiveMQExceptionType.QUEUE_DOES_NOT_EXIST, () -> core.createConsumer("nothing"));
        refused(ActiveMQExceptionType.QUEUE_DOES_NOT_EXIST, () -> core.deleteQueue("nothing"));
        queue("errors", "errors", RoutingType.ANYCAST);
        refused(ActiveMQExceptionType.QUEUE_EXISTS, () -> queue("errors", "errors", RoutingType.ANYCAST));
        refused(ActiveMQExceptionType.INVALID_FILTER_EXPRESSION, () -> core.createConsumer("errors", "no ("));
        core.createConsumer("errors");
        refused(ActiveMQExceptionType.ILLEGAL_STATE, () -> core.deleteQueue("errors"));
        queue("shared.errors", "shared.errors", RoutingType.MULTICAST);
        refused(ActiveMQExceptionType.INVALID_TRANSIENT_QUEUE_USE, () -> core.createSharedQueue(
                QueueConfiguration.of("shared.errors").setAddress("elsewhere").setRoutingType(RoutingType.MULTICAST)));
    }

    @Test
    void duplicatesOutsideAndInsideOfTransactions() throws Exception {
        Queue queue = session.createQueue("duplicates");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        for (int i = 0; i < 2; i++) {
            Message message = transacted.createMessage();
            message.setStringProperty("_AMQ_DUPL_ID", "same");
            transacted.createProducer(queue).send(message);
        }
        transacted.commit();
        Message late = session.createMessage();
        late.setStringProperty("_AMQ_DUPL_ID", "same");
        session.createProducer(queue).send(late);
        transacted.createProducer(queue).send(late);
        assertThatThrownBy(transacted::commit).isInstanceOf(JMSException.class).hasMessageContaining("Duplicate message detected");
        byte[] bytes = "bytes".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        for (int i = 0; i < 2; i++) {
            ClientMessage message = core.createMessage(true);
            message.putBytesProperty("_AMQ_DUPL_ID", bytes);
            core.createProducer("duplicates").send(message);
        }
        late.setStringProperty("_AMQ_DUPL_ID", "bytes");
        session.createProducer(queue).send(late);
        assertThat(core.queueQuery(SimpleString.of("duplicates")).getMessageCount()).isEqualTo(3);
    }
}
