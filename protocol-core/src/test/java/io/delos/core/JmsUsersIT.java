package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.security.LoginConfig;
import io.delos.security.UserFiles;
import io.delos.server.TestServer;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and permissions as an operator changes them while the broker runs, and messages that are sent in the name of one. */
class JmsUsersIT {

    @TempDir
    static Path directory;
    private static TestServer server;
    private Operator operator;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("users.properties"), "# ours\nadmin=secret\n");
        Files.writeString(directory.resolve("roles.properties"), "amq=admin\n");
        LoginConfig config = LoginConfig.read(Files.writeString(directory.resolve("login.config"), """
                activemq {
                   org.apache.activemq.artemis.spi.core.security.jaas.PropertiesLoginModule required reload=true
                       org.apache.activemq.jaas.properties.user="users.properties" org.apache.activemq.jaas.properties.role="roles.properties";
                };
                """));
        Map<Permission, Set<String>> grants = new EnumMap<>(Permission.class);
        for (Permission permission : Permission.values()) {
            grants.put(permission, Set.of("amq"));
        }
        server = TestServer.secured(directory.resolve("data"), c -> c.withSecuritySettings(new SecuritySettings(Map.of("#", grants), Map.of())),
                Login.of(config, "activemq", directory), UserFiles.of(config, "activemq", directory).orElseThrow());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        operator = new Operator(server.port(), "admin", "secret");
    }

    @AfterEach
    void leave() throws Exception {
        operator.close();
    }

    private static void login(String user, String password) throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port())) {
            factory.createConnection(user, password).close();
        }
    }

    @Test
    void usersAreAddedListedResetAndRemoved() throws Exception {
        assertThat(operator.call("broker", "addUser", "bob", "b1", "guests,readers", false)).isNull();
        login("bob", "b1");
        assertThat(Files.readString(directory.resolve("users.properties"))).startsWith("# ours").contains("bob").doesNotContain("b1");
        assertThat(operator.call("broker", "listUser", "bob")).isEqualTo("[{\"username\":\"bob\",\"roles\":[\"guests\",\"readers\"]}]");
        assertThat(operator.call("broker", "listUser", "").toString()).contains("\"admin\"", "\"bob\"");
        assertThat(operator.call("broker", "listUser", "nobody")).isEqualTo("[{\"username\":\"nobody\",\"roles\":[]}]");
        assertThat(operator.refused("broker", "addUser", "bob", "x", "guests", true)).isEqualTo("AMQ229223: User bob already exists");
        operator.call("broker", "resetUser", "bob", "b2", "readers", true);
        assertThatThrownBy(() -> login("bob", "b1")).isInstanceOf(JMSSecurityException.class);
        login("bob", "b2");
        assertThat(operator.call("broker", "listUser", "bob")).isEqualTo("[{\"username\":\"bob\",\"roles\":[\"readers\"]}]");
        operator.call("broker", "resetUser", "bob", "b3", null);
        login("bob", "b3");
        operator.call("broker", "removeUser", "bob");
        assertThatThrownBy(() -> login("bob", "b3")).isInstanceOf(JMSSecurityException.class);
        assertThat(operator.refused("broker", "removeUser", "bob")).isEqualTo("AMQ229224: User bob does not exist");
        assertThat(operator.refused("broker", "resetUser", "bob", "x", "y", true)).isEqualTo("AMQ229224: User bob does not exist");
    }

    @Test
    void whatUsersAreAskedWithMustFit() throws Exception {
        assertThat(operator.refused("broker", "addUser", "x")).isEqualTo("AMQ229069: no operation addUser/1");
        assertThat(operator.refused("broker", "addUser", "x", "p", "r", "yes")).isEqualTo("AMQ229069: no operation addUser/4");
        assertThat(operator.refused("broker", "removeUser", 5)).isEqualTo("AMQ229069: no operation removeUser/1");
        assertThat(operator.refused("broker", "addUser", "a,b", "p", "r", true)).contains("hold a comma");
        assertThat(operator.refused("broker", "addUser", "", "p", "r", true)).contains("can't be empty");
    }

    @Test
    void aMessageIsSentWithTheRightsOfTheUserItIsSentAs() throws Exception {
        operator.call("broker", "addUser", "sender", "s", "senders", true);
        operator.call("broker", "addUser", "other", "o", "others", true);
        operator.call("broker", "createQueue", "{\"name\":\"made\",\"routing-type\":\"ANYCAST\"}");
        operator.call("broker", "addSecuritySettings", "made", "{\"send\":\"senders\",\"browse\":\"amq\",\"consume\":\"amq\"}");
        for (String resource : new String[] {"address.made", "queue.made"}) {
            Object[] begin = {Map.of("color", "red"), 3, "hi", true};
            assertThat(operator.call(resource, "sendMessage", with(begin, "sender", "s")).toString()).isNotEmpty();
            assertThat(operator.refused(resource, "sendMessage", with(begin, "other", "o"))).contains("User: other does not have permission='SEND'");
            assertThat(operator.refused(resource, "sendMessage", with(begin, "sender", "wrong"))).startsWith(
                    "AMQ229031: Unable to validate user from management. Username: sender; SSL certificate subject DN: unavailable");
            assertThat(operator.refused(resource, "sendMessage", with(begin, null, null))).contains("Username: null;");
            assertThat(operator.refused(resource, "sendMessage", with(begin, 7, "s"))).isEqualTo("AMQ229069: no operation sendMessage/6");
        }
        assertThat(operator.read("queue.made", "messageCount")).isEqualTo(2L);
        assertThat(((TextMessage) operator.session().createConsumer(operator.session().createQueue("made")).receive(10_000)).getText()).isEqualTo("hi");
        assertThat(operator.call("broker", "listConnections", "", 1, 100).toString()).doesNotContain("management\",\"remoteAddress");
    }

    private static Object[] with(Object[] begin, Object user, Object password) {
        return new Object[] {begin[0], begin[1], begin[2], begin[3], user, password};
    }

    @Test
    void permissionsAreSetShownKeptAndTakenBack() throws Exception {
        operator.call("broker", "addUser", "dora", "d", "doers", true);
        operator.call("broker", "createQueue", "{\"name\":\"deeds\",\"routing-type\":\"ANYCAST\"}");
        assertThatThrownBy(() -> send("dora", "d", "deeds")).isInstanceOf(JMSSecurityException.class);
        operator.call("broker", "addSecuritySettings", "deeds", "doers", "doers", "", "", "", "", "amq", "amq", "", "", "", "");
        assertThat(operator.call("broker", "getRolesAsJSON", "deeds").toString()).contains("{\"name\":\"doers\",\"send\":true,\"consume\":true,"
                + "\"createDurableQueue\":false");
        assertThat((Object[]) operator.call("broker", "getRoles", "deeds")).hasSize(2);
        assertThat(operator.read("address.deeds", "rolesAsJSON").toString()).contains("\"doers\"");
        send("dora", "d", "deeds");
        leave();
        server.restart();
        connect();
        send("dora", "d", "deeds");
        operator.call("broker", "removeSecuritySettings", "deeds");
        operator.call("broker", "removeSecuritySettings", "deeds");
        assertThatThrownBy(() -> send("dora", "d", "deeds")).isInstanceOf(JMSSecurityException.class);
        assertThat(operator.refused("broker", "addSecuritySettings", "deeds", "no json")).isNotEmpty();
        assertThat(operator.refused("broker", "addSecuritySettings", "deeds", "{\"fly\":\"amq\"}")).isEqualTo("there is no permission fly");
        assertThat(operator.refused("broker", "addSecuritySettings", "deeds", 5)).isEqualTo("AMQ229069: no operation addSecuritySettings/2");
        operator.call("broker", "clearAuthenticationCache");
        operator.call("broker", "clearAuthorizationCache");
        assertThat((Long) operator.read("broker", "authenticationCacheSize")).isZero();
        assertThat((Long) operator.read("broker", "authorizationFailureCount")).isPositive();
        assertThat((Long) operator.read("broker", "authenticationSuccessCount")).isPositive();
    }

    private static void send(String user, String password, String queue) throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port());
                jakarta.jms.Connection connection = factory.createConnection(user, password)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            producer.send(session.createTextMessage("done"));
        }
    }

    @Test
    void theStatusTellsWhatLoginsGoBy() throws Exception {
        assertThat(operator.read("broker", "status").toString()).containsPattern("\"jaas\":\\{\"properties\":\\{\"users.properties\":\\{\"reloadTime\":"
                + "\"\\d+\",\"Alder32\":\"\\d+\",\"Adler32\":\"\\d+\"},\"roles.properties\":\\{").contains("\"state\":\"STARTED\"");
    }
}
