package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client should say: one ERROR that says what was wrong, the connection closed, and nobody else the worse for it. */
class MalformedIT {

    private static final int MOST_HEADERS = 4000;
    private static final int MOST_BODY = 20_000;

    @TempDir
    static Path directory;
    private static TestServer server;
    private static RawClient bystander;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(AcceptorConfig.of("artemis",
                "tcp://127.0.0.1:0?stompMinLargeMessageSize=" + MOST_HEADERS + ";stompMaxBodySize=" + MOST_BODY))));
        bystander = RawClient.connected(server.port(), "1.2").sendAndWait("SUBSCRIBE", "", "destination:bystander", "id:s");
    }

    @AfterAll
    static void stop() throws IOException {
        bystander.close();
        server.close();
    }

    @AfterEach
    void nobodyElseIsTheWorseForIt() throws IOException {
        bystander.send("SEND", "well", "destination:bystander");
        assertThat(bystander.expect("MESSAGE").text()).isEqualTo("well");
        Awaitility.await().pollInterval(Duration.ofMillis(3)).pollDelay(Duration.ZERO).untilAsserted(() -> assertThat(server.broker().clients().all()).hasSize(1));
    }

    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("an endless command", "A".repeat(10_000), "AMQ339023"),
                Arguments.of("an unknown command", "PUBLISH\ndestination:q\n\n\0", "AMQ339023"),
                Arguments.of("a command in small letters", "send\ndestination:q\n\n\0", "AMQ339023"),
                Arguments.of("a command of a server", "MESSAGE\ndestination:q\n\n\0", "AMQ339023"),
                Arguments.of("bytes between frames", "\n\n\0\n", "AMQ339023"),
                Arguments.of("an endless header", "SEND\nk:" + "v".repeat(MOST_HEADERS), "AMQ339028"),
                Arguments.of("an endless name", "SEND\n" + "k".repeat(MOST_HEADERS + 1), "AMQ339028"),
                Arguments.of("headers that never end", "SEND\n" + "k:v\n".repeat(MOST_HEADERS / 4 + 1), "AMQ339028"),
                Arguments.of("too many headers", "SEND\n" + headers(1001), "AMQ339028"),
                Arguments.of("a header without a colon", "SEND\ndestination\n\n\0", "AMQ339023"),
                Arguments.of("a header without a name", "SEND\n:q\n\n\0", "AMQ339023"),
                Arguments.of("an escape that isn't one", "SEND\ndestination:a\\tb\n\n\0", "AMQ339040"),
                Arguments.of("an escape without a letter", "SEND\ndestination:a\\\n\n\0", "AMQ339040"),
                Arguments.of("a length below nothing", "SEND\ndestination:q\ncontent-length:-1\n\n\0", "AMQ339023"),
                Arguments.of("a length that isn't one", "SEND\ndestination:q\ncontent-length:1e3\n\n\0", "AMQ339023"),
                Arguments.of("a length beyond numbers", "SEND\ndestination:q\ncontent-length:99999999999999999999\n\n\0", "AMQ339023"),
                Arguments.of("a length beyond the limit", "SEND\ndestination:q\ncontent-length:" + (MOST_BODY + 1) + "\n\n", "AMQ339023"),
                Arguments.of("a body beyond the limit", "SEND\ndestination:q\n\n" + "x".repeat(MOST_BODY + 1), "AMQ339023"),
                Arguments.of("no NUL behind a body", "SEND\ndestination:q\ncontent-length:2\n\nabc\0", "AMQ339023"),
                Arguments.of("an endless body where none belongs", "ACK\nid:1,1\n\n" + "x".repeat(1025), "AMQ339023"));
    }

    /** One letter, as many as fit, so that it is their number that counts. */
    private static String headers(int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append((char) (0x100 + i)).append(":\n");
        }
        return lines.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void nonsenseEndsItsOwnConnection(String what, String bytes, String code) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1")) {
            RawClient.Reply error = client.raw(bytes).expect("ERROR");
            assertThat(error.header("message")).startsWith(code);
            assertThat(error.header("content-type")).isEqualTo("text/plain");
            assertThat(error.body()).isNotEmpty();
            client.expectEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT\n" + "accept-version\n\n\0", "CONNECT\naccept-version:1.2\ncontent-length:1025\n\n", "CONNECT\naccept-version:1.9\n\n\0",
        "STOMP\n\n\0", "CONNECTED\n\n\0"})
    void aBadBeginningIsTheEnd(String bytes) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.raw(bytes).expect("ERROR");
            client.expectEnd();
        }
    }

    /** What makes sense as a frame and not as a request: 1.2 has the connection closed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ACK|id:0,7|AMQ339025 failed to ack because no message with id 0,7",
        "NACK|id:7,0|AMQ339025 failed to ack because no message with id 7,0",
        "ACK|id:seven|AMQ339018 Error acknowledging message seven",
        "ACK|id:,|AMQ339018 Error acknowledging message ,",
        "NACK||AMQ339039 No id header in ACK/NACK frame.",
        "BEGIN|transaction:t|Transaction already started\\c t",
        "SUBSCRIBE|id:s;destination:other|There already is a subscription for\\c s.",
        "SUBSCRIBE|id:u|AMQ339016 Error creating subscription u",
        "SUBSCRIBE|id:u;destination:q;ack:client;consumer-window-size:many|AMQ339016 Error creating subscription u",
        "UNSUBSCRIBE|id:u|Cannot unsubscribe as no subscription exists for id\\c u",
        "COMMIT|transaction:u|AMQ339013 Error committing u",
        "ABORT|transaction:u|No transaction started\\c u",
        "SEND|destination:q;transaction:u|No transaction started\\c u",
        "SEND|destination:q;AMQ_SCHEDULED_DELAY:soon|AMQ339031 Error handling send"})
    void aRequestThatMakesNoSenseEndsTheConnection(String command, String headers, String message) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:malformed", "id:s", "ack:client-individual");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.send(command, "", ((headers == null ? "" : headers + ";") + "receipt:r").split(";"));
            RawClient.Reply error = client.expect("ERROR");
            assertThat(error.header("message")).startsWith(message);
            assertThat(error.header("receipt-id")).isEqualTo("r");
            client.expectEnd();
        }
    }

    @Test
    void whatIsAcknowledgedTwiceIsUnknownTheSecondTime() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:twice", "id:s", "ack:client");
            client.send("SEND", "x", "destination:twice");
            String id = client.expect("MESSAGE").header("ack");
            client.sendAndWait("ACK", "", "id:" + id);
            assertThat(client.send("ACK", "", "id:" + id).expect("ERROR").header("message")).startsWith("AMQ339025");
            client.expectEnd();
        }
    }

    /** What a client had sent behind its fault is read over, so that it finds the ERROR; one that never ends is closed all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"NONSENSE\n\n\0", "SUBSCRIBE\nid:s\ndestination:q\nselector:a a a\n\n\0", "SEND\ndestination:q\npriority:high\n\n\0"})
    void whoGoesOnBehindAnErrorIsNotHeard(String fault) throws Exception {
        byte[] more = "SEND\ndestination:behind\n\nx\0".repeat(4000).getBytes(StandardCharsets.UTF_8);
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.raw(fault).raw(more).raw(more).expect("ERROR");
            assertThatThrownBy(() -> {
                while (true) {
                    client.raw(more);
                }
            }).isInstanceOf(IOException.class);
        }
        assertThat(server.broker().routes().find("behind")).isEmpty();
    }

    /** A client that leaves in the middle of a body leaves nothing behind. */
    @Test
    void halfAFrameIsForgotten() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.raw("SEND\ndestination:half\ncontent-length:1000\n\nhalf of it");
        }
        Awaitility.await().pollInterval(Duration.ofMillis(3)).pollDelay(Duration.ZERO).untilAsserted(() -> assertThat(server.broker().clients().all()).hasSize(1));
        assertThat(server.broker().routes().find("half")).isEmpty();
    }

    /** CONNECT is not escaped, nor is what answers it. */
    @Test
    void connectIsNotEscaped() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.raw("CONNECT\naccept-version:1.2\nrequest-id:a\\qb\\c:d\n\n\0");
            assertThat(client.expect("CONNECTED").header("response-id")).isEqualTo("a\\qb\\c:d");
        }
    }

    @Test
    void bodiesThatMeanNothingAreReadOver() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.raw("CONNECT\naccept-version:1.2\n\nnonsense\0").expect("CONNECTED");
            client.send("BEGIN", "nonsense", "transaction:t", "receipt:1").expect("RECEIPT");
            client.raw("ABORT\ntransaction:t\ncontent-length:3\nreceipt:2\n\n\0\0\0\0").expect("RECEIPT");
        }
    }

    @Test
    void manyComeAndGoQuickly() throws Exception {
        byte[] whole = ("CONNECT\naccept-version:1.2\n\n\0SEND\ndestination:hurry\n\nx\0DISCONNECT\nreceipt:1\n\n\0").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100; i++) {
            try (RawClient client = new RawClient(server.port())) {
                client.raw(whole);
                if (i % 2 == 0) {
                    client.expect("CONNECTED");
                    client.expect("RECEIPT");
                    client.expectEnd();
                }
            }
        }
    }
}
