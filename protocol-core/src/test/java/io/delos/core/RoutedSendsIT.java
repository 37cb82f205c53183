package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.Permission;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.config.SecuritySettings;
import io.delos.message.Content;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages whose sender says to which queues they are to go, as importers do. */
class RoutedSendsIT {
    @TempDir
    static Path directory;
    private static TestServer server;
    private static CoreClient client;
    private static CoreClientSession session;

    @BeforeAll
    static void start() throws Exception {
        Login login = TestUsers.login(directory, "all=secret\nclerk=c\n", "admins=all\nclerks=clerk\n");
        Map<Permission, Set<String>> grants = TestUsers.everythingTo("admins");
        grants.put(Permission.SEND, Set.of("admins", "clerks"));
        server = TestServer.secured(directory.resolve("data"),
                config -> config.withSecuritySettings(new SecuritySettings(Map.of("#", grants), Map.of())), login);
        client = CoreClient.connect(CoreClient.Options.of("127.0.0.1", server.port(), "all", "secret"));
        session = client.openSession(false);
        session.createQueue(QueueRequest.of("red", "colours", RoutingType.MULTICAST).with("filter", "colour = 'red'"));
        session.createQueue(QueueRequest.of("all", "colours", RoutingType.MULTICAST));
        session.createQueue(QueueRequest.of("other", "colours", RoutingType.MULTICAST));
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        server.close();
    }

    private static long id(String queue) throws Exception {
        try (CoreManagement management = CoreManagement.open(client)) {
            return management.attribute("queue." + queue, "ID").asLong();
        }
    }

    private static RawMessage raw(int size) {
        return new RawMessage(RawMessage.Kind.BYTES, true, 7, 0, 1795219249960L, Optional.of(UUID.randomUUID()),
                Map.of("colour", "green", "by", (byte) 3), new byte[size]);
    }

    private static List<Long> counts() throws Exception {
        return List.of(session.queryQueue("red").messages(), session.queryQueue("all").messages(), session.queryQueue("other").messages());
    }

    private static ReceivedMessage next(String queue) throws Exception {
        try (CoreClientConsumer consumer = session.consume(queue, "")) {
            ReceivedMessage message = consumer.receive(Duration.ofSeconds(10)).orElseThrow();
            session.acknowledge(message);
            return message;
        }
    }

    @Test
    void goExactlyThere() throws Exception {
        CoreClientSession transacted = client.openSession(true);
        long[] ids = {id("red"), id("other")};
        for (RawMessage message : List.of(raw(10), raw(300_000).asLarge(300_000))) {
            transacted.sendTo("colours", ids, message);
            assertThat(counts()).containsExactly(0L, 0L, 0L);
            transacted.commit();
            assertThat(counts()).containsExactly(1L, 0L, 1L);
            for (String queue : List.of("red", "other")) {
                ReceivedMessage received = next(queue);
                assertThat(received.message().properties()).containsOnlyKeys("colour", "by").containsEntry("by", (byte) 3);
                assertThat(received.message().header().address()).isEqualTo("colours");
                assertThat(received.message().header().messageId()).isEqualTo("ID:" + message.userId().orElseThrow());
                assertThat(received.message().header().priority()).isEqualTo(7);
                assertThat(received.message().header().timestamp()).isEqualTo(1795219249960L);
                assertThat(received.message().content()).isInstanceOfSatisfying(Content.Bytes.class,
                        content -> assertThat(content.bytes()).isEqualTo(message.body()));
            }
        }
        transacted.close();
    }

    @Test
    void nothingOfATransactionComesIfOneQueueIsNotThere() throws Exception {
        CoreClientSession transacted = client.openSession(true);
        transacted.sendTo("colours", new long[] {id("all")}, raw(1));
        transacted.sendTo("colours", new long[] {id("all"), 987654321}, raw(2));
        assertThatThrownBy(transacted::commit).isInstanceOf(CoreClientException.class).hasMessageContaining("987654321");
        assertThat(counts()).containsExactly(0L, 0L, 0L);
        transacted.close();
    }

    @Test
    void theRightToManageIsNeeded() throws Exception {
        byte[] ids = ByteBuffer.allocate(8).putLong(id("red")).array();
        try (ServerLocator locator = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + server.port() + "?callTimeout=10000");
                ClientSessionFactory factory = locator.createSessionFactory()) {
            try (ClientSession clerk = factory.createSession("clerk", "c", false, true, true, false, 1)) {
                ClientProducer producer = clerk.createProducer("colours");
                ClientMessage message = clerk.createMessage(true);
                message.putBytesProperty("_AMQ_ROUTE_TO", ids);
                assertThatThrownBy(() -> producer.send(message)).isInstanceOf(ActiveMQException.class).hasMessageContaining("MANAGE");
                assertThat(counts()).containsExactly(0L, 0L, 0L);
                ClientMessage betweenBrokers = clerk.createMessage(true);
                betweenBrokers.putBytesProperty("_AMQ_ROUTE_TOelsewhere", ids);
                producer.send(betweenBrokers);
                assertThat(counts()).containsExactly(0L, 1L, 1L);
                assertThat(next("all").message().properties()).isEmpty();
                next("other");
            }
            try (ClientSession admin = factory.createSession("all", "secret", false, true, true, false, 1)) {
                ClientMessage message = admin.createMessage(true);
                message.putBytesProperty("_AMQ_ROUTE_TO", ids);
                admin.createProducer("colours").send(message);
                assertThat(counts()).containsExactly(1L, 0L, 0L);
                next("red");
            }
        }
    }
}
