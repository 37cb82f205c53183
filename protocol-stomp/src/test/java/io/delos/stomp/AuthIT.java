package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.BrokerConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and what a refusal looks like. */
class AuthIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        Login login = TestUsers.login(directory, "all=secret\nreader=r\nwriter=w\n", "admins=all\nreaders=reader\nwriters=writer\n");
        server = TestServer.secured(directory.resolve("data"), AuthIT::configured, login);
    }

    private static BrokerConfig configured(BrokerConfig config) {
        Map<Permission, Set<String>> grants = TestUsers.everythingTo("admins");
        grants.put(Permission.CONSUME, Set.of("admins", "readers"));
        grants.put(Permission.CREATE_NON_DURABLE_QUEUE, Set.of("admins", "readers"));
        grants.put(Permission.CREATE_ADDRESS, Set.of("admins", "readers", "writers"));
        grants.put(Permission.SEND, Set.of("admins", "writers"));
        return config.with("populate-validated-user", true).withSecuritySettings(new SecuritySettings(Map.of("#", grants), Map.of()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"login:all\npasscode:wrong\n", "login:nobody\npasscode:secret\n", ""})
    void whoIsNotKnownIsToldAndClosed(String credentials) throws Exception {
        String user = credentials.isEmpty() ? "" : credentials.substring(6, credentials.indexOf('\n'));
        for (String version : new String[] {"1.0", "1.1", "1.2"}) {
            try (RawClient client = new RawClient(server.port())) {
                client.raw("CONNECT\naccept-version:" + version + "\n" + credentials + "\n\0SEND\ndestination:q\n\nx\0");
                RawClient.Reply reply = client.expect("ERROR");
                String colon = version.equals("1.0") ? ":" : "\\c";
                assertThat(reply.header("message")).isEqualTo("Security Error occurred" + colon + " User name [" + user + "] or password is invalid");
                assertThat(reply.header("content-type")).isEqualTo("text/plain");
                assertThat(reply.text()).isEqualTo("Security Error occurred: User name [" + user + "] or password is invalid");
                client.expectEnd();
            }
        }
        assertThat(server.broker().routes().find("q")).isEmpty();
    }

    @Test
    void framesThatFollowTheLoginWaitForIt() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.raw("CONNECT\naccept-version:1.2\nlogin:all\npasscode:secret\n\n\0SEND\ndestination:early\nreceipt:1\n\nx\0");
            client.expect("CONNECTED");
            assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("1");
        }
    }

    @Test
    void rightsAreAskedFor() throws Exception {
        try (RawClient reader = RawClient.connected(server.port(), "1.0", "login:reader", "passcode:r");
                RawClient writer = RawClient.connected(server.port(), "1.0", "login:writer", "passcode:w")) {
            reader.sendAndWait("SUBSCRIBE", "", "destination:rights", "id:s", "subscription-type:MULTICAST");
            RawClient.Reply refusedSend = reader.send("SEND", "x", "destination:rights", "receipt:5").expect("ERROR");
            assertThat(refusedSend.header("message")).startsWith("AMQ339011 Error sending message");
            assertThat(refusedSend.header("receipt-id")).isEqualTo("5");
            RawClient.Reply refusedSubscribe = writer.send("SUBSCRIBE", "", "destination:rights", "id:7", "receipt:6").expect("ERROR");
            assertThat(refusedSubscribe.header("message")).isEqualTo("AMQ339016 Error creating subscription 7");
            assertThat(refusedSubscribe.header("receipt-id")).isEqualTo("6");
            writer.send("SEND", "x", "destination:rights");
            assertThat(reader.expect("MESSAGE").header("JMSXUserID")).isEqualTo("writer");
        }
    }

    @Test
    void whoHasNoRightIsToldAndClosed() throws Exception {
        try (RawClient reader = RawClient.connected(server.port(), "1.1", "login:reader", "passcode:r")) {
            reader.send("SEND", "x", "destination:rights").expect("ERROR");
            reader.expectEnd();
        }
        try (RawClient writer = RawClient.connected(server.port(), "1.1", "login:writer", "passcode:w")) {
            writer.send("SUBSCRIBE", "", "destination:rights", "id:7").expect("ERROR");
            writer.expectEnd();
        }
    }

    /** A client can't write somebody else's name on its messages. */
    @Test
    void theBrokerNamesTheSender() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2", "login:all", "passcode:secret")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:named", "id:s");
            client.send("SEND", "x", "destination:named", "_AMQ_VALIDATED_USER:admin");
            assertThat(client.expect("MESSAGE").headers()).contains("JMSXUserID:all").noneMatch(line -> line.endsWith(":admin"));
        }
    }
}
