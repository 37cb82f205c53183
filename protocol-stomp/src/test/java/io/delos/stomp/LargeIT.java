package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are too long for the memory: their bodies lie in files, come as they come and go as the client takes them. */
class LargeIT {

    /** More than is kept in memory. */
    private static final String LARGE = "0123456789abcdef".repeat(200_000);
    /** More than the buffers of two sockets take. */
    private static final String HUGE = "0123456789abcdef".repeat(1_200_000);

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?anycastPrefix=/queue/;multicastPrefix=/topic/"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient v12() throws Exception {
        return RawClient.connected(server.port(), "1.2");
    }

    private static long files() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("data/largemessages"))) {
            return all.count();
        }
    }

    private static void awaitNoFiles() {
        Awaitility.await().untilAsserted(() -> assertThat(files()).isZero());
    }

    @ParameterizedTest
    @CsvSource({"1.0,true", "1.0,false", "1.1,false", "1.2,true", "1.2,false"})
    void aLargeBodyLiesInAFile(String version, boolean counted) throws Exception {
        String queue = "/queue/large." + version + "." + counted;
        String[] headers = counted ? new String[] {"destination:" + queue, "k:v", "content-length:" + LARGE.length()} : new String[] {"destination:" + queue, "k:v"};
        try (RawClient client = RawClient.connected(server.port(), version)) {
            client.sendAndWait("SEND", LARGE, headers);
            assertThat(files()).isEqualTo(1);
            client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s");
            client.send("SEND", "small", "destination:" + queue);
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo(LARGE);
            assertThat(message.header("k")).isEqualTo("v");
            assertThat(message.header("content-length")).isEqualTo(Integer.toString(LARGE.length()));
            assertThat(client.expect("MESSAGE").text()).isEqualTo("small");
        }
        awaitNoFiles();
    }

    @Test
    void durableOnesSurviveARestart() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SEND", LARGE, "destination:/queue/kept", "persistent:true");
            client.sendAndWait("SEND", LARGE, "destination:/queue/lost");
        }
        server.restart();
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/kept", "id:s", "ack:client");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo(LARGE);
            client.sendAndWait("ACK", "", "id:" + message.header("ack"));
            client.sendAndWait("DISCONNECT", "");
        }
        awaitNoFiles();
    }

    /** Nothing can be said in the middle of a body. */
    @Test
    void answersWaitBehindIt() throws Exception {
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/huge", "id:h", "ack:client-individual");
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/beside", "id:b");
            other.sendAndWait("SEND", HUGE, "destination:/queue/huge");
            client.await();
            other.sendAndWait("SEND", "beside", "destination:/queue/beside");
            for (int i = 0; i < 3000; i++) {
                client.send("BEGIN", "", "transaction:" + i, "receipt:" + i).send("ABORT", "", "transaction:" + i, "receipt:a" + i);
            }
            RawClient.Reply huge = client.expect("MESSAGE");
            assertThat(huge.text()).isEqualTo(HUGE);
            int receipts = 0;
            int messages = 0;
            while (receipts < 6000 || messages < 1) {
                RawClient.Reply reply = client.read();
                if (reply.command().equals("RECEIPT")) {
                    assertThat(reply.header("receipt-id")).isEqualTo((receipts % 2 == 0 ? "" : "a") + receipts / 2);
                    receipts++;
                } else {
                    assertThat(reply.text()).isEqualTo("beside");
                    messages++;
                }
            }
            client.sendAndWait("ACK", "", "id:" + huge.header("ack"));
        }
        awaitNoFiles();
    }

    /** In the middle of a body: what is not acknowledged comes again, and what has gone out whole with mode auto is consumed. */
    @ParameterizedTest
    @CsvSource({"UNSUBSCRIBE,client", "UNSUBSCRIBE,auto", "DISCONNECT,client", "DISCONNECT,auto", "NONSENSE,client", "NONSENSE,auto"})
    void aFrameIsWholeWhateverItsClientSaysMeanwhile(String command, String mode) throws Exception {
        String queue = "/queue/meanwhile." + command + "." + mode;
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s", "ack:" + mode);
            other.sendAndWait("SEND", HUGE, "destination:" + queue);
            client.await();
            client.send(command, "", "id:s", "receipt:r");
            assertThat(client.expect("MESSAGE").text()).isEqualTo(HUGE);
            if (command.equals("NONSENSE")) {
                client.expect("ERROR");
            } else {
                assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("r");
            }
        }
        if (mode.equals("client")) {
            comesAgain(queue);
        }
        awaitNoFiles();
    }

    private static void comesAgain(String queue) throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s");
            RawClient.Reply again = client.expect("MESSAGE");
            assertThat(again.header("redelivered")).isEqualTo("true");
            assertThat(again.text()).isEqualTo(HUGE);
        }
    }

    /** Mode auto has a message consumed when it was sent, and half of it was not. */
    @Test
    void halfOfOneIsNotConsumed() throws Exception {
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/broken", "id:s");
            other.sendAndWait("SEND", HUGE, "destination:/queue/broken");
            client.await();
        }
        comesAgain("/queue/broken");
        awaitNoFiles();
    }

    /** What a subscription that ends was handed behind such a body goes to the next one. */
    @Test
    void whatWaitedBehindItIsOthersWhenItsSubscriptionEnds() throws Exception {
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/next", "id:s");
            other.sendAndWait("SEND", HUGE, "destination:/queue/next");
            client.await();
            other.sendAndWait("SEND", "next", "destination:/queue/next");
            client.send("UNSUBSCRIBE", "", "id:s", "receipt:r").send("SUBSCRIBE", "", "destination:/queue/next", "id:s");
            assertThat(client.expect("MESSAGE").text()).isEqualTo(HUGE);
            assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("r");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("next");
        }
        awaitNoFiles();
    }

    @Test
    void manyTakeTurns() throws Exception {
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/turns", "id:1");
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/turns", "id:2", "ack:client");
            for (int i = 0; i < 3; i++) {
                other.send("SEND", i + LARGE, "destination:/topic/turns").send("SEND", "small", "destination:/topic/turns");
            }
            int[] seen = new int[3];
            for (int i = 0; i < 12; i++) {
                RawClient.Reply message = client.expect("MESSAGE");
                if (message.has("ack")) {
                    client.send("ACK", "", "id:" + message.header("ack"));
                }
                int of = Integer.parseInt(message.header("subscription"));
                assertThat(message.text()).isEqualTo(seen[of] % 2 == 0 ? seen[of] / 2 + LARGE : "small");
                seen[of]++;
            }
        }
        awaitNoFiles();
    }

    @Test
    void theyAreBrowsed() throws Exception {
        try (RawClient client = v12()) {
            for (int i = 0; i < 3; i++) {
                client.sendAndWait("SEND", i + LARGE, "destination:/queue/browsed");
            }
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/browsed", "id:b", "browser:true");
            for (int i = 0; i < 3; i++) {
                assertThat(client.expect("MESSAGE").text()).isEqualTo(i + LARGE);
            }
            assertThat(client.expect("MESSAGE").header("browser")).isEqualTo("end");
            client.sendAndWait("UNSUBSCRIBE", "", "id:b");
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/browsed", "id:s");
            for (int i = 0; i < 3; i++) {
                assertThat(client.expect("MESSAGE").text()).isEqualTo(i + LARGE);
            }
        }
        awaitNoFiles();
    }

    @Test
    void theyBelongToTransactions() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/tx", "id:s", "ack:client-individual");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("SEND", LARGE, "destination:/queue/tx", "transaction:t");
            client.sendAndWait("ABORT", "", "transaction:t");
            awaitNoFiles();
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("SEND", LARGE, "destination:/queue/tx", "transaction:t", "persistent:true");
            client.send("COMMIT", "", "transaction:t");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo(LARGE);
            client.send("NACK", "", "id:" + message.header("ack"));
            message = client.expect("MESSAGE");
            assertThat(message.header("redelivered")).isEqualTo("true");
            assertThat(message.text()).isEqualTo(LARGE);
            client.sendAndWait("ACK", "", "id:" + message.header("ack"));
        }
        awaitNoFiles();
    }

    @ParameterizedTest
    @CsvSource({"1.0,priority:high", "1.1,priority:high", "1.2,AMQ_SCHEDULED_CRON:hourly"})
    void whatIsRefusedIsReadOver(String version, String header) throws Exception {
        try (RawClient client = RawClient.connected(server.port(), version)) {
            client.send("SEND", HUGE, "destination:q", header, "receipt:r");
            RawClient.Reply error = client.expect("ERROR");
            assertThat(error.header("message")).startsWith("AMQ339031");
            assertThat(error.header("receipt-id")).isEqualTo("r");
            if (version.equals("1.0")) {
                client.sendAndWait("SEND", "still here", "destination:q");
            } else {
                client.expectEnd();
            }
        }
        assertThat(files()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theyAreRepeated(boolean transacted) throws Exception {
        String queue = "/queue/repeated." + transacted;
        try (RawClient client = v12()) {
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s");
            client.sendAndWait("SEND", LARGE, "destination:" + queue, "own:kept", "AMQ_SCHEDULED_PERIOD:10", "AMQ_SCHEDULED_REPEAT:2", "persistent:true",
                    transacted ? "transaction:t" : "k:v");
            client.send("COMMIT", "", "transaction:t");
            Set<String> jobs = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                RawClient.Reply message = client.expect("MESSAGE");
                assertThat(message.text()).isEqualTo(LARGE);
                assertThat(message.header("own")).isEqualTo("kept");
                jobs.add(message.header("scheduledJobId"));
            }
            assertThat(jobs).hasSize(1);
        }
        awaitNoFiles();
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length:4000000\n", ""})
    void halfABodyLeavesNothing(String length) throws Exception {
        try (RawClient client = v12()) {
            client.raw("SEND\ndestination:/queue/half\n" + length + "\n" + LARGE);
            Awaitility.await().untilAsserted(() -> assertThat(files()).isEqualTo(1));
        }
        awaitNoFiles();
    }

    @Test
    void aLengthThatIsWrongIsTheEnd() throws Exception {
        try (RawClient client = v12()) {
            client.raw(("SEND\ndestination:/queue/wrong\ncontent-length:" + (LARGE.length() - 1) + "\n\n" + LARGE + "\0").getBytes(StandardCharsets.US_ASCII));
            assertThat(client.expect("ERROR").header("message")).contains("no NUL");
            client.expectEnd();
        }
        awaitNoFiles();
    }
}
