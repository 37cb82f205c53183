package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AUTH packets (MQTT 5, 3.15 and 4.12), byte by byte. */
class EnhancedAuthIT {

    private static final String METHOD = "SCRAM-SHA-256";

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = server(directory);
    }

    /** A broker that knows Anna, whose password is "secret", and Bob. */
    static TestServer server(Path directory) throws Exception {
        Login login = TestUsers.login(directory, "anna=secret\nbob=other\n", "users=anna,bob\n");
        Map<Permission, Set<String>> everything = TestUsers.everythingTo("users");
        return TestServer.secured(directory.resolve("data"), config -> config
                .withSecuritySettings(new SecuritySettings(Map.of("#", everything), Map.of())).withAcceptors(List.of(
                        AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"),
                        AcceptorConfig.of("none", "tcp://127.0.0.1:0?authenticationMethods="))), login);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] properties(String method, byte[] data) {
        byte[] both = WireClient.body(0x15, method, 0x16, (short) data.length, data);
        return WireClient.body(both.length, both);
    }

    private static WireClient connect(String acceptor, String method, byte[] data) throws Exception {
        WireClient client = new WireClient(server.server().port(acceptor));
        return client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) 60, properties(method, data), "enhanced")));
    }

    private static WireClient auth(WireClient client, int code, String method, byte[] data) throws Exception {
        return client.raw(WireClient.packet(0xF0, WireClient.body(code, properties(method, data))));
    }

    /** The data of an AUTH or CONNACK whose first bytes are these. */
    private static byte[] data(WireClient.Packet packet, String start) {
        assertThat(packet.hex()).startsWith(start);
        byte[] body = packet.body();
        byte[] method = WireClient.body(0x15, METHOD);
        int at = start.length() / 2 + 1 + method.length;
        assertThat(Arrays.copyOfRange(body, start.length() / 2 + 1, at)).isEqualTo(method);
        assertThat(body[at]).isEqualTo((byte) 0x16);
        return Arrays.copyOfRange(body, at + 3, at + 3 + packet.u16(at + 1));
    }

    private static WireClient loggedIn(ScramText scram) throws Exception {
        WireClient client = connect("artemis", METHOD, scram.first());
        auth(client, 0x18, METHOD, scram.last(data(client.expect(15), "18")));
        assertThat(new String(data(client.expect(2), "0000"), StandardCharsets.UTF_8)).isEqualTo(scram.signature());
        return client;
    }

    @Test
    void bothSidesProveThatTheyKnowThePassword() throws Exception {
        try (WireClient client = loggedIn(new ScramText("anna", "secret"))) {
            client.subscribe5("auth/t", 1, "");
            client.publish5("auth/t", "x", 1, 1, "");
            assertThat(Set.of(client.read().type(), client.read().type())).containsExactlyInAnyOrder(3, 4);
            assertThat(server.broker().clients().all()).anyMatch(each -> each.user().equals("anna"));
        }
    }

    @Test
    void whoCannotIsNotLetIn() throws Exception {
        for (ScramText scram : List.of(new ScramText("anna", "wrong"), new ScramText("nobody", "secret"))) {
            try (WireClient client = connect("artemis", METHOD, scram.first())) {
                auth(client, 0x18, METHOD, scram.last(data(client.expect(15), "18")));
                assertThat(client.expect(2).hex()).startsWith("0087");
                client.expectClosed();
            }
        }
        try (WireClient client = connect("artemis", METHOD, "not scram".getBytes(StandardCharsets.UTF_8))) {
            assertThat(client.expect(2).hex()).startsWith("0087");
            client.expectClosed();
        }
    }

    @Test
    void methodsThatAreNotOffered() throws Exception {
        try (WireClient unknown = connect("artemis", "GS2-KRB5", new byte[] {1}); WireClient none = connect("none", METHOD,
                new ScramText("anna", "secret").first())) {
            for (WireClient client : List.of(unknown, none)) {
                assertThat(client.expect(2).hex()).startsWith("008c");
                client.expectClosed();
            }
        }
    }

    @Test
    void nothingElseMayComeBeforeConnack() throws Exception {
        try (WireClient client = connect("artemis", METHOD, new ScramText("anna", "secret").first())) {
            client.expect(15);
            client.publish5("auth/early", "x", 0, 0, "");
            assertThat(client.expect(2).hex()).startsWith("0082");
            client.expectClosed();
        }
        try (WireClient client = connect("artemis", METHOD, new ScramText("anna", "secret").first())) {
            client.expect(15);
            client.raw("e000").expectClosed();
        }
    }

    @Test
    void anotherMethodOrReasonInTheMiddleIsOutOfTurn() throws Exception {
        try (WireClient client = connect("artemis", METHOD, new ScramText("anna", "secret").first())) {
            client.expect(15);
            auth(client, 0x18, "SCRAM-SHA-512", new byte[] {1});
            assertThat(client.expect(2).hex()).startsWith("0082");
            client.expectClosed();
        }
        try (WireClient client = connect("artemis", METHOD, new ScramText("anna", "secret").first())) {
            client.expect(15);
            auth(client, 0x19, METHOD, new ScramText("anna", "secret").first());
            assertThat(client.expect(2).hex()).startsWith("0082");
            client.expectClosed();
        }
    }

    @Test
    void aClientMayProveItselfAgainWhileMessagesFlow() throws Exception {
        ScramText again = new ScramText("anna", "secret");
        try (WireClient client = loggedIn(new ScramText("anna", "secret"))) {
            auth(client, 0x19, METHOD, again.first());
            byte[] challenge = data(client.expect(15), "18");
            client.publish5("auth/meanwhile", "x", 1, 1, "").expect(4);
            auth(client, 0x18, METHOD, again.last(challenge));
            assertThat(new String(data(client.expect(15), "00"), StandardCharsets.UTF_8)).isEqualTo(again.signature());
            client.publish5("auth/after", "x", 1, 2, "").expect(4);
        }
    }

    @Test
    void whoFailsTheSecondTimeOrBecomesAnotherIsOut() throws Exception {
        for (ScramText scram : List.of(new ScramText("anna", "wrong"), new ScramText("bob", "other"))) {
            try (WireClient client = loggedIn(new ScramText("anna", "secret"))) {
                auth(client, 0x19, METHOD, scram.first());
                WireClient.Packet answer = client.read();
                if (answer.type() == 15) {
                    auth(client, 0x18, METHOD, scram.last(data(answer, "18")));
                    answer = client.read();
                }
                assertThat(answer.type()).isEqualTo(14);
                assertThat(answer.hex()).startsWith("87");
                client.expectClosed();
            }
        }
    }

    @Test
    void authOutOfTurn() throws Exception {
        for (int code : new int[] {0x18, 0x19}) {
            try (WireClient client = loggedIn(new ScramText("anna", "secret"))) {
                auth(client, code, code == 0x18 ? METHOD : "SCRAM-SHA-512", new byte[] {1});
                assertThat(client.expect(14).hex()).startsWith("82");
                client.expectClosed();
            }
        }
    }

    @Test
    void withoutAMethodThereIsNoneInTheAnswer() throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 0xC2, (short) 60, 0, "plain", "anna", "secret")));
            assertThat(client.expect(2).hex()).isEqualTo("000008" + "22ffff" + "270fffffff");
        }
    }
}
