package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, and what a refusal looks like in each version. */
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
        grants.put(Permission.CREATE_DURABLE_QUEUE, Set.of("admins", "readers"));
        grants.put(Permission.CREATE_NON_DURABLE_QUEUE, Set.of("admins", "readers"));
        grants.put(Permission.CREATE_ADDRESS, Set.of("admins", "readers", "writers"));
        grants.put(Permission.SEND, Set.of("admins", "writers"));
        return config.withSecuritySettings(new SecuritySettings(Map.of("#", grants), Map.of())).withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"),
                AcceptorConfig.of("lenient", "tcp://127.0.0.1:0?closeMqttConnectionOnPublishAuthorizationFailure=false")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WireClient.Packet login(WireClient client, int level, String user, String password) throws Exception {
        byte[] head = level == 5 ? WireClient.body("MQTT", 5, 0xC2, (short) 60, 0)
                : level == 4 ? WireClient.body("MQTT", 4, 0xC2, (short) 60) : WireClient.body("MQIsdp", 3, 0xC2, (short) 60);
        client.raw(WireClient.packet(0x10, WireClient.body(head, "client-" + user, user, password)));
        return client.expect(2);
    }

    private static WireClient open(int level, String user, String password) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(login(client, level, user, password).hex()).startsWith("0000");
        return client;
    }

    @Test
    void wrongPasswordsAreRefusedInEachVersionsWords() throws Exception {
        String[] answers = {"0005", "0005", "0086"};
        for (int level = 3; level <= 5; level++) {
            try (WireClient client = new WireClient(server.port())) {
                assertThat(login(client, level, "all", "wrong").hex()).startsWith(answers[level - 3]);
                client.expectClosed();
            }
        }
        try (WireClient nobody = new WireClient(server.port())) {
            assertThat(nobody.connect4("nobody", true).hex()).isEqualTo("0005");
            nobody.expectClosed();
        }
    }

    @Test
    void refusedPublishing() throws Exception {
        try (WireClient five = open(5, "reader", "r")) {
            five.publish5("t", "x", 0, 0, "").publish5("t", "x", 1, 1, "");
            assertThat(five.expect(4).hex()).startsWith("000187").contains("1f00");
            assertThat(five.publish5("t", "x", 2, 2, "").expect(5).hex()).startsWith("000287");
            five.raw(WireClient.packet(0x33, WireClient.body("t", (short) 3, 0, "kept".getBytes())));
            assertThat(five.expect(4).hex()).startsWith("000387");
            assertThat(server.broker().shelf().find("mqtt.retain/t")).isEmpty();
        }
        try (WireClient four = open(4, "reader", "r")) {
            four.publish4("t", "x", 1, 1, 0).expectClosed();
        }
        try (WireClient three = open(3, "reader", "r")) {
            assertThat(three.publish4("t", "x", 1, 1, 0).expect(4).hex()).isEqualTo("0001");
        }
        try (WireClient lenient = new WireClient(server.server().port("lenient"))) {
            login(lenient, 4, "reader", "r");
            assertThat(lenient.publish4("t", "x", 1, 1, 0).expect(4).hex()).isEqualTo("0001");
        }
    }

    @Test
    void refusedLargePayloadsAreReadPast() throws Exception {
        String large = "0123456789".repeat(150_000);
        try (WireClient five = open(5, "reader", "r")) {
            five.publish5("t", large, 0, 0, "").publish5("t", large, 1, 1, "");
            assertThat(five.expect(4).hex()).startsWith("000187");
            assertThat(five.publish5("t", large, 2, 2, "").expect(5).hex()).startsWith("000287");
            assertThat(five.publish5("t", "x", 2, 2, "").expect(5).hex()).startsWith("000287");
        }
        try (WireClient three = open(3, "reader", "r")) {
            assertThat(three.publish4("t", large, 1, 1, 0).expect(4).hex()).isEqualTo("0001");
        }
        try (WireClient four = open(4, "reader", "r")) {
            four.publish4("t", large, 1, 1, 0).expectClosed();
        }
    }

    @Test
    void refusedSubscribing() throws Exception {
        try (WireClient five = open(5, "writer", "w"); WireClient four = open(4, "writer", "w")) {
            five.expect(14);
            assertThat(four.subscribe4("s", 1).hex()).isEqualTo("000180");
            four.expectNothing();
        }
        try (WireClient three = open(3, "writer", "w")) {
            assertThat(three.subscribe4("s", 1).hex()).isEqualTo("000101");
        }
        try (WireClient five = open(5, "writer", "w")) {
            assertThat(five.subscribe5("s", 1, "").hex()).startsWith("0001").endsWith("87");
        }
    }

    @Test
    void aReaderGetsRetainedMessagesAndItsQueuesAreCleanedUp() throws Exception {
        try (WireClient writer = open(4, "writer", "w")) {
            writer.publish4("ret/a", "kept", 1, 1, 1).expect(4);
        }
        try (WireClient reader = open(4, "reader", "r")) {
            reader.subscribe4("ret/+", 1);
            assertThat(reader.expect(3).text()).isEqualTo("kept");
            assertThat(server.broker().findQueue("client-reader.ret.*")).isPresent();
        }
        await().until(() -> server.broker().findQueue("client-reader.ret.*").isEmpty());
    }

    @Test
    void aWillIsPublishedWithTheClientsRights() throws Exception {
        try (WireClient watcher = open(4, "all", "secret")) {
            watcher.subscribe4("wills/+", 0);
            for (String user : List.of("reader r", "writer w")) {
                String[] parts = user.split(" ");
                try (WireClient client = new WireClient(server.port())) {
                    client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 4, 0xC6, (short) 60, "will-" + parts[0],
                            "wills/" + parts[0], "dead", parts[0], parts[1])));
                    client.expect(2);
                }
            }
            assertThat(watcher.expect(3).topic()).isEqualTo("wills/writer");
            watcher.expectNothing();
        }
    }
}
