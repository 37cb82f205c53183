package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, and who may do what. */
class AmqpSecurityIT {

    private static final String MANAGER = "org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager";
    private static final long WAIT = 60_000;

    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Map<Permission, Set<String>> everything = new EnumMap<>(Permission.class);
        for (Permission permission : Permission.values()) {
            everything.put(permission, Set.of("users"));
        }
        everything.put(Permission.MANAGE, Set.of("managers"));
        Files.writeString(directory.resolve("users"), "alice = secret\ncarol = other\n");
        Files.writeString(directory.resolve("roles"), "users = alice,carol\nmanagers = alice\n");
        Map<Permission, Set<String>> nothing = Map.of(Permission.CREATE_ADDRESS, Set.of("users"),
                Permission.CREATE_DURABLE_QUEUE, Set.of("users"));
        Map<Permission, Set<String>> looking = Map.of(Permission.VIEW, Set.of("users"));
        SecuritySettings rights = new SecuritySettings(Map.of("#", everything, "forbidden.#", nothing, "mops.broker.destroyQueue", looking), Map.of());
        Login login = Login.ofManager(MANAGER, Map.of("bootstrapUserFile", "users", "bootstrapRoleFile", "roles"), directory);
        server = TestServer.secured(directory, config -> config.withSecuritySettings(rights).with("management-message-rbac", true)
                .withAddressSettings("forbidden.direct.#", Map.of("direct", "true")), login);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** With a session of a user's. */
    private static WirePeer peer(String user, String password) throws IOException {
        WirePeer peer = new WirePeer(server.port());
        peer.write(WirePeer.SASL_HEADER);
        peer.read(8);
        peer.expectSasl(WirePeer.MECHANISMS);
        peer.write(WirePeer.sasl(WirePeer.INIT, Symbol.valueOf("PLAIN"), ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8)));
        peer.expectSasl(WirePeer.OUTCOME);
        peer.write(WirePeer.PLAIN_HEADER);
        peer.read(8);
        peer.send(WirePeer.opening("peer of " + user));
        peer.expect(Open.class);
        peer.begin();
        return peer;
    }

    private static Connection connect(String user, String password) throws JMSException {
        return new JmsConnectionFactory(user, password, "amqp://127.0.0.1:" + server.port()).createConnection();
    }

    @Test
    void directAddressesTakeTheSameRights() throws IOException {
        try (WirePeer peer = peer("alice", "secret")) {
            peer.send(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target("forbidden.direct.a", "queue")));
            peer.expect(Attach.class);
            assertThat(peer.detached()).isEqualTo("amqp:unauthorized-access");
            peer.receiver(1, WirePeer.source("forbidden.direct.a", "queue"));
            assertThat(peer.detached()).isEqualTo("amqp:unauthorized-access");
            peer.sender(2, WirePeer.target(null));
            Message message = Message.Factory.create();
            message.setAddress("forbidden.direct.a");
            peer.put(2, Encoded.of(message));
            Rejected rejected = (Rejected) peer.expect(Disposition.class).getState();
            assertThat(rejected.getError().getCondition().toString()).isEqualTo("amqp:unauthorized-access");
        }
    }

    @Test
    void theRightPasswordOpensTheDoorAndAWrongOneDoesNot() throws JMSException {
        assertThatThrownBy(() -> connect("alice", "guess").start()).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> connect("nobody", "secret").start()).isInstanceOf(JMSSecurityException.class);
        try (Connection connection = connect("alice", "secret")) {
            connection.start();
            Session session = connection.createSession();
            session.createProducer(session.createQueue("open.q")).send(session.createTextMessage("in"));
            assertThat(((TextMessage) session.createConsumer(session.createQueue("open.q")).receive(WAIT)).getText()).isEqualTo("in");
        }
    }

    @Test
    void whoeverIsNobodyLearnsItWhenOpening() throws IOException {
        try (WirePeer peer = new WirePeer(server.port())) {
            peer.write(WirePeer.SASL_HEADER);
            peer.read(8);
            peer.readFrame();
            AmqpWriter out = new AmqpWriter(64).put32(0).put32(0x0201_0000).descriptor(0x41);
            int list = out.beginList();
            out.symbol("ANONYMOUS").end(list, 1);
            out.set32(0, out.length());
            peer.write(out.toBytes());
            byte[] outcome = peer.readFrame();
            assertThat(outcome[outcome.length - 1]).isZero();
            peer.write(WirePeer.PLAIN_HEADER);
            peer.read(8);
            peer.send(WirePeer.opening("me"));
            Open open = peer.expect(Open.class);
            assertThat(open.getContainerId()).isEmpty();
            assertThat(open.getProperties()).containsEntry(Symbol.valueOf("amqp:connection-establishment-failed"), true);
            Close close = peer.expect(Close.class);
            assertThat(close.getError().getCondition().toString()).isEqualTo("amqp:unauthorized-access");
            assertThat(close.getError().getDescription()).startsWith("AMQ229031: Unable to validate user from");
        }
    }

    @Test
    void withoutSaslAStrangerIsShownTheWay() throws IOException {
        try (WirePeer peer = new WirePeer(server.port())) {
            peer.write(WirePeer.PLAIN_HEADER);
            assertThat(peer.rest()).isEqualTo("AMQP\3\1\0\0");
        }
    }

    @Test
    void missingRightsAreToldWhereTheyAreMissing() throws JMSException {
        try (Connection connection = connect("alice", "secret")) {
            connection.start();
            Session session = connection.createSession();
            assertThatThrownBy(() -> session.createProducer(session.createQueue("forbidden.q"))).isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("AMQ119017: not authorized to create producer").hasMessageContaining("SEND");
            assertThatThrownBy(() -> session.createConsumer(session.createQueue("forbidden.q"))).isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("AMQ119015: not authorized to create consumer").hasMessageContaining("CONSUME");
            assertThatThrownBy(() -> session.createConsumer(session.createTopic("forbidden.t"))).isInstanceOf(JMSException.class)
                    .hasMessageContaining("AMQ119001: error creating temporary queue, AMQ119016");
            MessageProducer anonymous = session.createProducer(null);
            assertThatThrownBy(() -> anonymous.send(session.createQueue("forbidden.q"), session.createTextMessage("x")))
                    .isInstanceOf(JMSSecurityException.class).hasMessageContaining("SEND");
        }
    }

    @Test
    void managementAnswersInAmqp() throws JMSException {
        try (Connection connection = connect("alice", "secret")) {
            connection.start();
            Session session = connection.createSession();
            jakarta.jms.Queue answers = session.createTemporaryQueue();
            TextMessage request = session.createTextMessage("[]");
            request.setStringProperty("_AMQ_ResourceName", "broker");
            request.setStringProperty("_AMQ_Attribute", "Name");
            request.setJMSReplyTo(answers);
            session.createProducer(session.createQueue("activemq.management")).send(request);
            MessageConsumer consumer = session.createConsumer(answers);
            TextMessage answer = (TextMessage) consumer.receive(WAIT);
            assertThat(answer).isNotNull();
            assertThat(answer.getText()).isEqualTo("[\"test\"]");
            assertThat(answer.getBooleanProperty("_AMQ_OperationSucceeded")).isTrue();
            assertThat(answer.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }

    @Test
    void theManagementNodeIsForManagers() throws IOException {
        try (WirePeer alice = peer("alice", "secret"); WirePeer carol = peer("carol", "other")) {
            assertThat(alice.sender(0, WirePeer.target("$management")).getLinkCredit().intValue()).isPositive();
            carol.send(WirePeer.attaching("requests", 0, Role.SENDER, new Source(), WirePeer.target("$management")));
            carol.expect(Attach.class);
            assertThat(carol.detached()).isEqualTo("amqp:unauthorized-access");
            assertThat(carol.receiver(1, WirePeer.source("$management")).getSource()).isNull();
            assertThat(carol.detached()).isEqualTo("amqp:unauthorized-access");
        }
    }

    private static int ask(WirePeer peer, String operation, String type, String name) throws IOException {
        Message request = Message.Factory.create();
        request.setMessageId(operation);
        request.setAddress("$management");
        request.setReplyTo("here");
        request.setApplicationProperties(new ApplicationProperties(Map.of("operation", operation, "type", type, "name", name)));
        peer.put(0, Encoded.of(request));
        int status = 0;
        // the outcome, the answer, and credit for the next one
        for (int left = 3; left > 0; left--) {
            Object frame = peer.next().getBody();
            assertThat(frame).isInstanceOfAny(Disposition.class, Transfer.class, Flow.class);
            if (frame instanceof Transfer) {
                status = (Integer) peer.payload().getApplicationProperties().getValue().get("statusCode");
            }
        }
        return status;
    }

    @Test
    void rightsForSingleOperationsCountAtTheManagementNode() throws IOException {
        try (WirePeer alice = peer("alice", "secret")) {
            alice.sender(0, WirePeer.target("$management"));
            alice.send(WirePeer.attaching("answers", 1, Role.RECEIVER, WirePeer.source("$management"), WirePeer.target("here")));
            alice.expect(Attach.class);
            alice.credit(1, 10, 0, false);
            assertThat(ask(alice, "CREATE", "queue", "rbac.q")).isEqualTo(201);
            assertThat(ask(alice, "READ", "queue", "rbac.q")).isEqualTo(200);
            assertThat(ask(alice, "DELETE", "queue", "rbac.q")).isEqualTo(403);
            assertThat(server.broker().findQueue("rbac.q")).isPresent();
        }
    }

    @Test
    void anAnonymousSenderMayAskTheManagementNodeIfItIsAManagers() throws IOException {
        try (WirePeer carol = peer("carol", "other")) {
            carol.sender(0, WirePeer.target(null));
            Message request = Message.Factory.create();
            request.setAddress("$management");
            request.setReplyTo("here");
            carol.put(0, Encoded.of(request));
            assertThat(((Rejected) carol.expect(Disposition.class).getState()).getError().getCondition().toString())
                    .isEqualTo("amqp:unauthorized-access");
        }
    }
}
