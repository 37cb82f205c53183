package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import jakarta.jms.Connection;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, and what they may do. */
class CoreSecurityIT {
    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        Login login = TestUsers.login(directory, "all=secret\nreader=r\nlooker=l\n", "admins=all\nreaders=reader\nlookers=looker\n");
        Map<Permission, Set<String>> grants = TestUsers.everythingTo("admins");
        grants.put(Permission.CONSUME, Set.of("admins", "readers"));
        Map<Permission, Set<String>> managing = new EnumMap<>(grants);
        managing.put(Permission.MANAGE, Set.of("admins", "lookers"));
        managing.put(Permission.SEND, Set.of("admins", "lookers"));
        Map<Permission, Set<String>> answering = new EnumMap<>(grants);
        for (Permission permission : Permission.values()) {
            answering.put(permission, Set.of("admins", "lookers"));
        }
        SecuritySettings settings = new SecuritySettings(Map.of("#", grants, "activemq.management", managing, "management.#", answering,
                "mops.broker.#", Map.of(Permission.VIEW, Set.of("admins", "lookers"), Permission.EDIT, Set.of("admins"))), Map.of());
        server = TestServer.secured(directory.resolve("data"),
                config -> config.withSecuritySettings(settings).with("management-message-rbac", true), login);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ActiveMQConnectionFactory factory() {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port() + "?callTimeout=10000");
    }

    @Test
    void wrongOrMissingCredentialsAreRefused() {
        assertThatThrownBy(() -> factory().createConnection("all", "wrong")).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> factory().createConnection("nobody", "secret")).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> factory().createConnection()).isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void whoMayOnlyReadMayOnlyRead() throws Exception {
        try (Connection admin = factory().createConnection("all", "secret"); Connection reader = factory().createConnection("reader", "r")) {
            Session writing = admin.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = writing.createQueue("secured");
            writing.createProducer(queue).send(writing.createTextMessage("readable"));
            reader.start();
            Session reading = reader.createSession(false, Session.AUTO_ACKNOWLEDGE);
            assertThat(reading.createConsumer(queue).receive(10_000)).isNotNull();
            MessageProducer producer = reading.createProducer(queue);
            assertThatThrownBy(() -> producer.send(reading.createTextMessage("no"))).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> reading.createBrowser(queue).getEnumeration()).isInstanceOf(Exception.class);
            assertThatThrownBy(reading::createTemporaryQueue).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> reading.createConsumer(reading.createQueue("another"))).isInstanceOf(JMSSecurityException.class);
        }
    }

    /** Sessions of one connection may be different users'. */
    @Test
    void addressesAndQueuesAreMadeAndRemovedByWhoMay() throws Exception {
        try (ServerLocator locator = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + server.port());
             ClientSessionFactory factory = locator.createSessionFactory();
             ClientSession admin = factory.createSession("all", "secret", false, true, true, false, 0);
             ClientSession reader = factory.createSession("reader", "r", false, true, true, false, 0)) {
            admin.createQueue(QueueConfiguration.of("guarded.q").setAddress("guarded").setRoutingType(RoutingType.MULTICAST));
            refused(() -> reader.createAddress(SimpleString.of("guarded.new"), RoutingType.ANYCAST, false));
            refused(() -> reader.createAddress(SimpleString.of("guarded"), RoutingType.ANYCAST, false));
            refused(() -> reader.createQueue(QueueConfiguration.of("guarded.2").setAddress("guarded").setRoutingType(RoutingType.MULTICAST)));
            refused(() -> reader.createQueue(QueueConfiguration.of("guarded.3").setAddress("guarded").setRoutingType(RoutingType.MULTICAST)
                    .setDurable(false)));
            refused(() -> reader.createSharedQueue(QueueConfiguration.of("guarded.4").setAddress("guarded").setRoutingType(RoutingType.MULTICAST)
                    .setDurable(false)));
            refused(() -> reader.deleteQueue("guarded.q"));
            reader.createConsumer("guarded.q").close();
            admin.deleteQueue("guarded.q");
        }
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ActiveMQException.class,
                e -> assertThat(e.getType()).isEqualTo(ActiveMQExceptionType.SECURITY_EXCEPTION));
    }

    @Test
    void oneSendTooManySpoilsTheTransaction() throws Exception {
        try (Connection admin = factory().createConnection("all", "secret"); Connection reader = factory().createConnection("reader", "r")) {
            Session writing = admin.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = writing.createQueue("spoiled");
            writing.createProducer(queue).send(writing.createTextMessage("readable"));
            Session reading = reader.createSession(true, Session.SESSION_TRANSACTED);
            reading.createProducer(queue).send(reading.createTextMessage("no"));
            assertThatThrownBy(reading::commit).isInstanceOf(JMSSecurityException.class);
            reading.commit();
        }
    }

    @Test
    void whoMayLookAtTheBrokerMayNotChangeIt() throws Exception {
        CoreClient.Options plain = CoreClient.Options.of("127.0.0.1", server.port(), "looker", "l");
        try (CoreClient client = CoreClient.connect(plain); CoreManagement looking = CoreManagement.open(client)) {
            assertThat(looking.attribute("broker", "Version").asText()).isNotEmpty();
            assertThat(looking.invoke("broker", "getQueueNames").isArray()).isTrue();
            assertThatThrownBy(() -> looking.invoke("broker", "createAddress", "not", "ANYCAST")).hasMessageContaining("EDIT");
            assertThatThrownBy(() -> looking.attribute("queue.DLQ", "MessageCount")).hasMessageContaining("VIEW");
        }
        try (CoreClient client = CoreClient.connect(CoreClient.Options.of("127.0.0.1", server.port(), "all", "secret"));
                CoreManagement managing = CoreManagement.open(client)) {
            assertThat(managing.invoke("broker", "createAddress", "made", "ANYCAST").asText()).contains("name=made");
            assertThat(managing.invoke("broker", "getRoles", "activemq.management").size()).as("admins, readers and lookers").isEqualTo(3);
        }
    }

    @Test
    void ourOwnClientHearsTheSame() throws Exception {
        try (CoreClient client = CoreClient.connect(CoreClient.Options.of("127.0.0.1", server.port(), "all", "wrong"))) {
            assertThatThrownBy(() -> client.openSession(false))
                    .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(105));
        }
    }
}
