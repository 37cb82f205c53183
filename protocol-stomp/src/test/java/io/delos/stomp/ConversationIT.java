package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The beginning and the end of a conversation, and what is said when something is wrong. */
class ConversationIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config
                .with("connection-ttl-check-interval", 50)
                .withAddressSettings("full", Map.of("max-size-messages", "1", "address-full-policy", "FAIL"))
                .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?connectionTtlMin=1;stompMaxBodySize=1000000"),
                        AcceptorConfig.of("impatient", "tcp://127.0.0.1:0?connectionTtl=300;connectionTtlMax=1000;heartBeatToConnectionTtlModifier=4"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient.Reply say(String first) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            return client.raw(first).read();
        }
    }

    @Test
    void connectWithoutAVersionIs10() throws Exception {
        RawClient.Reply reply = say("CONNECT\n\n\0");
        assertThat(reply.command()).isEqualTo("CONNECTED");
        assertThat(reply.headers()).singleElement().asString().matches("session:[0-9a-f]{8}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1.0|1.0", "1.0,1.1|1.1", "1.2,1.1,1.0|1.2", "1.1,9.9|1.1", "1.2|1.2", "1.0, 1.1|1.1"})
    void theBestCommonVersionIsSpoken(String accepted, String spoken) throws Exception {
        assertThat(say("STOMP\naccept-version:" + accepted + "\nhost:x\n\n\0").header("version")).isEqualTo(spoken);
    }

    @Test
    void headersOfConnectedComeInOrder() throws Exception {
        RawClient.Reply reply = say("CONNECT\naccept-version:1.2\nheart-beat:0,0\nreceipt:r\nrequest-id:q\n\n\0");
        assertThat(reply.headers()).extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("version", "session", "server", "response-id", "heart-beat", "receipt-id");
        assertThat(reply.header("server")).startsWith("ActiveMQ-Artemis/2.56.0 ");
    }

    @Test
    void noCommonVersionIsTheEnd() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Reply reply = client.raw("CONNECT\naccept-version:1.3\n\n\0").expect("ERROR");
            assertThat(reply.headers()).containsExactly("message:AMQ339002 Stomp versions not supported 1.3", "version:1.0,1.1,1.2",
                    "content-type:text/plain");
            assertThat(reply.text()).isEqualTo("Supported protocol versions are v1.0 v1.1 v1.2");
            client.expectEnd();
        }
    }

    @Test
    void stompNeedsAVersion() throws Exception {
        assertThat(say("STOMP\n\n\0").header("message")).isEqualTo("AMQ339029 Unsupported command STOMP");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0,0|0,30000", "1000,1000|1000,1000", "5000,0|0,5000", "0,2000|2000,30000", "10000,20000|20000,10000",
        "100,100|500,100"})
    void heartBeatsAreAgreed(String asked, String answered) throws Exception {
        assertThat(say("CONNECT\naccept-version:1.1\nheart-beat:" + asked + "\n\n\0").header("heart-beat")).isEqualTo(answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "a,b", "-1,5", "1,2,3"})
    void heartBeatsThatAreNoneAreRefused(String asked) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Reply reply = client.raw("CONNECT\naccept-version:1.1\nheart-beat:" + asked + "\n\n\0SEND\ndestination:none\n\nx\0").expect("ERROR");
            assertThat(reply.header("message")).isEqualTo("Incorrect heartbeat header " + asked);
            client.expectEnd();
        }
        assertThat(server.broker().routes().find("none")).isEmpty();
    }

    @Test
    void theServerBeats() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.raw("CONNECT\naccept-version:1.2\nheart-beat:0,500\n\n\0").expect("CONNECTED");
            assertThat(client.readByte()).isEqualTo('\n');
            assertThat(client.readByte()).isEqualTo('\n');
            assertThat(client.readByte()).isEqualTo('\n');
        }
    }

    @Test
    void aClientThatFallsSilentIsToldAndClosed() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2", "heart-beat:100,0")) {
            RawClient.Reply reply = client.expect("ERROR");
            assertThat(reply.header("message")).startsWith("AMQ229014\\c Did not receive data from 127.0.0.1\\c")
                    .endsWith("within the 200ms connection TTL. The connection will now be closed.");
            assertThat(reply.body()).isEmpty();
            client.expectEnd();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1.0|", "1.1|", "1.2|0,0"})
    void whoPromisesNothingHasTheAcceptorsTime(String version, String heartBeat) throws Exception {
        try (RawClient client = new RawClient(server.server().port("impatient"))) {
            client.send("CONNECT", "", "accept-version:" + version, heartBeat == null ? "k:v" : "heart-beat:" + heartBeat).expect("CONNECTED");
            assertThat(client.expect("ERROR").header("message")).contains("within the 300ms connection TTL");
            client.expectEnd();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0,0|0,75", "100,0|0,250", "250,1000|1000,250", "1000,0|0,250"})
    void theAcceptorMultipliesWhatIsPromised(String asked, String answered) throws Exception {
        try (RawClient client = new RawClient(server.server().port("impatient"))) {
            client.send("CONNECT", "", "accept-version:1.2", "heart-beat:" + asked);
            assertThat(client.expect("CONNECTED").header("heart-beat")).isEqualTo(answered);
        }
    }

    @Test
    void lineEndsKeepAClientAlive() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2", "heart-beat:200,0")) {
            for (int beats = 0; beats < 20; beats++) {
                assertThat(client.silent(50)).isTrue();
                client.raw(beats % 2 == 0 ? "\n" : "\r\n");
            }
            client.sendAndWait("SEND", "x", "destination:alive");
        }
    }

    @Test
    void aSecondConnectIsAnsweredAgain() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            assertThat(client.send("CONNECT", "", "accept-version:1.2").expect("CONNECTED").header("version")).isEqualTo("1.2");
            client.sendAndWait("STOMP", "", "accept-version:1.2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void disconnectIsConfirmedAndCloses(String version) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), version)) {
            client.send("SEND", "last words", "destination:farewell." + version, "persistent:true", "receipt:1");
            client.send("DISCONNECT", "", "receipt:2");
            assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("1");
            assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("2");
            client.expectEnd();
        }
        try (RawClient client = RawClient.connected(server.port(), version)) {
            client.send("DISCONNECT", "").expectEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void unknownCommandsAreTheEnd(String version) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), version)) {
            RawClient.Reply reply = client.send("FOO", "").expect("ERROR");
            assertThat(reply.header("message")).isEqualTo("AMQ339023 Invalid STOMP frame F,O,O,");
            assertThat(reply.text()).isEqualTo("AMQ339024: Invalid STOMP frame: F,O,O,");
            client.expectEnd();
        }
    }

    @Test
    void nackIsUnknownIn10() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.0")) {
            assertThat(client.send("NACK", "", "message-id:0,1").expect("ERROR").header("message")).startsWith("AMQ339023 ");
            client.expectEnd();
        }
    }

    /** A request that can't be done ends the connection where its version says so: 1.2 always, 1.1 with SEND and SUBSCRIBE, 1.0 never. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "COMMIT|transaction:nobody|AMQ339013 Error committing nobody|false|true",
        "SEND|destination:q;priority:high|AMQ339031 Error handling send|true|true",
        "SEND|destination:q;transaction:nobody|No transaction started|true|true",
        "SUBSCRIBE|destination:q;id:9;selector:a a a|Invalid selector \"a a a\"|true|true",
        "SUBSCRIBE|destination:q;id:s|There already is a subscription for|true|true",
        "SEND|destination:patterns.#|AMQ339011 Error sending message to patterns.#|true|true"})
    void whatAnErrorEnds(String command, String headers, String message, boolean endsFrom11, boolean endsFrom12) throws Exception {
        for (String version : new String[] {"1.0", "1.1", "1.2"}) {
            boolean ends = version.equals("1.1") ? endsFrom11 : version.equals("1.2") && endsFrom12;
            try (RawClient client = RawClient.connected(server.port(), version)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:there", "id:s");
                client.send(command, "", (headers + ";receipt:7").split(";"));
                RawClient.Reply reply = client.expect("ERROR");
                assertThat(reply.header("message")).startsWith(message);
                assertThat(reply.header("receipt-id")).isEqualTo("7");
                assertThat(reply.header("content-type")).isEqualTo(reply.text().isEmpty() ? "" : "text/plain");
                if (ends) {
                    client.expectEnd();
                } else {
                    client.sendAndWait("SEND", "still here", "destination:q");
                }
            }
        }
    }

    /** There may be room the next time: that is no fault of its sender's. */
    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void aFullAddressEndsOnly12(String version) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), version)) {
            RawClient.Reply reply;
            do {
                reply = client.send("SEND", "x", "destination:full", "destination-type:ANYCAST", "receipt:r").read();
            } while (reply.command().equals("RECEIPT"));
            assertThat(reply.header("message")).isEqualTo("AMQ339011 Error sending message to full");
            if (version.equals("1.2")) {
                client.expectEnd();
            } else {
                client.sendAndWait("SEND", "still here", "destination:q");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "SEND||AMQ339031 Error handling send",
        "SEND|destination:q;destination-type:QUEUE|AMQ339031 Error handling send",
        "SEND|destination:q;priority:high|AMQ339031 Error handling send",
        "SEND|destination:q;expires:soon|AMQ339031 Error handling send",
        "SEND|destination:q;transaction:zz|No transaction started\\c zz",
        "SUBSCRIBE|destination:q;selector:|Selector cannot be empty",
        "SUBSCRIBE|destination:q;selector:a a a|Invalid selector \"a a a\"",
        "SUBSCRIBE|destination:t;id:5;durable-subscription-name:d|AMQ339016 Error creating subscription 5",
        "SUBSCRIBE|destination:t;id:5;subscription-type:topic|AMQ339016 Error creating subscription 5"})
    void whatCannotBeDoneIsSaid(String command, String headers, String message) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1")) {
            client.send(command, "", headers == null ? new String[0] : headers.split(";"));
            assertThat(client.expect("ERROR").header("message")).isEqualTo(message);
            client.expectEnd();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "UNSUBSCRIBE|id:X|Cannot unsubscribe as no subscription exists for id\\c X",
        "UNSUBSCRIBE||AMQ339037 Must specify the subscription's id",
        "ACK|message-id:1,2|AMQ339037 Must specify the subscription's id",
        "ACK|message-id:1,2;subscription:s|AMQ339025 failed to ack because no message with id 1,2",
        "ACK|message-id:garbage;subscription:s|AMQ339018 Error acknowledging message garbage",
        "BEGIN||AMQ339032 Need a transaction id to begin",
        "COMMIT||AMQ339030 transaction header is mandatory to COMMIT a transaction",
        "COMMIT|transaction:zz|AMQ339013 Error committing zz",
        "ABORT||AMQ339033 transaction header is mandatory to ABORT a transaction",
        "ABORT|transaction:zz|No transaction started\\c zz"})
    void whatIsWrongIsSaid(String command, String headers, String message) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1")) {
            client.send(command, "", headers == null ? new String[0] : headers.split(";"));
            assertThat(client.expect("ERROR").header("message")).isEqualTo(message);
            client.sendAndWait("SEND", "still here", "destination:q");
        }
    }

    /** What was refused is not waited for. */
    @ParameterizedTest
    @ValueSource(strings = {"priority:high", "AMQ_SCHEDULED_CRON:nonsense", "transaction:nobody", "destination-type:QUEUE"})
    void whoWasRefusedCanSayGoodbye(String header) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.0")) {
            client.send("SEND", "", "destination:q", header).expect("ERROR");
            client.sendAndWait("DISCONNECT", "").expectEnd();
        }
    }

    @Test
    void whatIsWrongIn10And12() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.0")) {
            assertThat(client.send("UNSUBSCRIBE", "").expect("ERROR").header("message"))
                    .isEqualTo("AMQ339035 Must specify the subscription's id or the destination you are unsubscribing from");
        }
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            assertThat(client.send("ACK", "", "message-id:1,2").expect("ERROR").header("message"))
                    .isEqualTo("AMQ339039 No id header in ACK/NACK frame.");
        }
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            assertThat(client.send("SEND", "", "destination:q", "a:\\q").expect("ERROR").header("message"))
                    .isEqualTo("AMQ339040 Undefined escape sequence \\\\q");
            client.expectEnd();
        }
    }

    @Test
    void beginningTwiceIsRefused() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1")) {
            client.sendAndWait("BEGIN", "", "transaction:t1");
            assertThat(client.send("BEGIN", "", "transaction:t1").expect("ERROR").header("message")).isEqualTo("Transaction already started\\c t1");
        }
    }

    @Test
    void twoSubscriptionsNeedTwoIds() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:twice", "id:1");
            assertThat(client.send("SUBSCRIBE", "", "destination:other", "id:1", "receipt:9").expect("ERROR").header("message"))
                    .startsWith("There already is a subscription for\\c 1. Either use unique");
        }
    }

    @Test
    void hugeHeadersAndBodiesAreRefusedBeforeTheyAreTaken() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.raw("SEND\ndestination:q\nx:" + "y".repeat(110_000));
            assertThat(client.expect("ERROR").header("message")).isEqualTo("AMQ339028 Headers too large");
        }
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.raw("SEND\ndestination:q\ncontent-length:1000001\n\n");
            assertThat(client.expect("ERROR").header("message")).contains("body too large");
        }
        try (RawClient client = new RawClient(server.port())) {
            client.raw("CONNECT\ncontent-length:5000\n\n");
            assertThat(client.expect("ERROR").header("message")).contains("body too large");
        }
    }
}
