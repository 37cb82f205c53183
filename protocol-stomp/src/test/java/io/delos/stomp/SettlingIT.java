package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages that were handed out: NACK, transactions with acknowledgements, and ends of all kinds. */
class SettlingIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAddressSettings("thrice.#",
                Map.of("max-delivery-attempts", "3")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient consumer(String version, String queue, String mode) throws Exception {
        RawClient client = RawClient.connected(server.port(), version);
        return client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s", "ack:" + mode, "subscription-type:ANYCAST");
    }

    private static void send(RawClient client, String queue, String... bodies) throws Exception {
        for (String body : bodies) {
            client.send("SEND", body, "destination:" + queue, "destination-type:ANYCAST", "persistent:true");
        }
    }

    /** The headers of ACK and NACK for this message. */
    private static String[] named(String version, RawClient.Reply message) {
        return version.equals("1.2") ? new String[] {"id:" + message.header("ack")}
                : new String[] {"message-id:" + message.header("message-id"), "subscription:s"};
    }

    private static void assertLeft(String queue, String... bodies) throws Exception {
        try (RawClient client = consumer("1.2", queue, "auto")) {
            send(client, queue, "end");
            List<String> left = new ArrayList<>();
            for (String body = client.expect("MESSAGE").text(); !body.equals("end"); body = client.expect("MESSAGE").text()) {
                left.add(body);
            }
            assertThat(left).containsExactly(bodies);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "1.2"})
    void whatIsRefusedComesAgainAndAfterTheLastAttemptIsDead(String version) throws Exception {
        String queue = "thrice." + version;
        try (RawClient client = consumer(version, queue, "client-individual")) {
            send(client, queue, "bad");
            for (int attempt = 1; attempt <= 3; attempt++) {
                RawClient.Reply message = client.expect("MESSAGE");
                assertThat(message.text()).isEqualTo("bad");
                assertThat(message.header("redelivered")).isEqualTo(Boolean.toString(attempt > 1));
                client.sendAndWait("NACK", "", named(version, message));
            }
            send(client, queue, "good");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("good");
        }
        try (RawClient dead = consumer(version, "DLQ", "auto")) {
            RawClient.Reply message = dead.expect("MESSAGE");
            assertThat(message.text()).isEqualTo("bad");
            assertThat(message.header("_AMQ_ORIG_ADDRESS")).isEqualTo(queue);
        }
    }

    @Test
    void aRefusalInModeClientIsForAllThatCameBefore() throws Exception {
        try (RawClient client = consumer("1.2", "refused", "client")) {
            send(client, "refused", "a", "b", "c");
            client.expect("MESSAGE");
            String second = client.expect("MESSAGE").header("ack");
            RawClient.Reply third = client.expect("MESSAGE");
            client.send("NACK", "", "id:" + second, "receipt:n");
            List<String> again = new ArrayList<>();
            for (RawClient.Reply reply = client.read(); again.size() < 2; reply = again.size() < 2 ? client.read() : reply) {
                if (reply.command().equals("MESSAGE")) {
                    assertThat(reply.header("redelivered")).isEqualTo("true");
                    again.add(reply.text());
                } else {
                    assertThat(reply.header("receipt-id")).isEqualTo("n");
                }
            }
            assertThat(again).containsExactly("a", "b");
            assertThat(third.header("redelivered")).isEqualTo("false");
        }
    }

    @Test
    void oneRefusalInModeClientIndividualLeavesTheOthers() throws Exception {
        try (RawClient client = consumer("1.2", "refused.one", "client-individual")) {
            send(client, "refused.one", "a", "b");
            client.expect("MESSAGE");
            RawClient.Reply second = client.expect("MESSAGE");
            client.send("NACK", "", "id:" + second.header("ack"));
            RawClient.Reply again = client.expect("MESSAGE");
            assertThat(again.text()).isEqualTo("b");
            assertThat(again.header("redelivered")).isEqualTo("true");
        }
    }

    @Test
    void refusedMessagesGoToWhoeverIsNext() throws Exception {
        try (RawClient first = consumer("1.2", "refused.next", "client-individual")) {
            send(first, "refused.next", "x");
            RawClient.Reply message = first.expect("MESSAGE");
            try (RawClient second = consumer("1.2", "refused.next", "client-individual")) {
                first.sendAndWait("BEGIN", "", "transaction:t");
                first.sendAndWait("NACK", "", "id:" + message.header("ack"), "transaction:t");
                first.send("UNSUBSCRIBE", "", "id:s");
                first.sendAndWait("COMMIT", "", "transaction:t");
                RawClient.Reply again = second.expect("MESSAGE");
                assertThat(again.text()).isEqualTo("x");
                assertThat(again.header("redelivered")).isEqualTo("true");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1.0,ACK", "1.1,ACK", "1.2,ACK", "1.1,NACK", "1.2,NACK"})
    void anAbortMakesThemUnacknowledgedAgain(String version, String command) throws Exception {
        String queue = "aborted." + version + "." + command;
        try (RawClient client = consumer(version, queue, "client")) {
            send(client, queue, "a", "b");
            client.expect("MESSAGE");
            RawClient.Reply second = client.expect("MESSAGE");
            for (int rounds = 0; rounds < 2; rounds++) {
                client.sendAndWait("BEGIN", "", "transaction:t");
                List<String> headers = new ArrayList<>(List.of(named(version, second)));
                headers.add("transaction:t");
                client.sendAndWait(command, "", headers.toArray(String[]::new));
                client.sendAndWait("ABORT", "", "transaction:t");
            }
            client.sendAndWait("ACK", "", named(version, second));
        }
        assertLeft(queue);
    }

    @Test
    void aTransactionTakesAndSendsTogether() throws Exception {
        try (RawClient client = consumer("1.2", "moved.from", "client-individual"); RawClient reader = consumer("1.2", "moved.to", "auto")) {
            send(client, "moved.from", "order");
            String order = client.expect("MESSAGE").header("ack");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("ACK", "", "id:" + order, "transaction:t");
            client.sendAndWait("SEND", "invoice", "destination:moved.to", "destination-type:ANYCAST", "transaction:t", "persistent:true");
            client.sendAndWait("COMMIT", "", "transaction:t");
            assertThat(reader.expect("MESSAGE").text()).isEqualTo("invoice");
        }
        assertLeft("moved.from");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotCommittedIsAbortedWithTheConnection(boolean goodbye) throws Exception {
        String queue = "left." + goodbye;
        try (RawClient client = consumer("1.2", queue, "client-individual")) {
            send(client, queue, "kept");
            String kept = client.expect("MESSAGE").header("ack");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("ACK", "", "id:" + kept, "transaction:t");
            client.sendAndWait("SEND", "never", "destination:" + queue, "transaction:t", "persistent:true");
            if (goodbye) {
                client.sendAndWait("DISCONNECT", "").expectEnd();
            }
        }
        try (RawClient reader = consumer("1.2", queue, "auto")) {
            assertThat(reader.expect("MESSAGE").text()).isEqualTo("kept");
        }
        assertLeft(queue);
    }

    /** Whoever aborts again and again is not sent more each time. */
    @Test
    void abortsDoNotWidenTheWindow() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.2"); RawClient other = RawClient.connected(server.port(), "1.2")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:one.by.one", "id:s", "ack:client-individual", "subscription-type:ANYCAST",
                    "consumer-window-size:0");
            send(client, "one.by.one", "a", "b");
            String first = client.expect("MESSAGE").header("ack");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.send("ACK", "", "id:" + first, "transaction:t");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("b");
            client.sendAndWait("ABORT", "", "transaction:t");
            client.sendAndWait("ACK", "", "id:" + first);
            send(other, "one.by.one", "c");
            other.sendAndWait("SUBSCRIBE", "", "destination:one.by.one", "id:s", "subscription-type:ANYCAST");
            assertThat(other.expect("MESSAGE").text()).isEqualTo("c");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void everyFrameHasItsReceipt(String version) throws Exception {
        String queue = "receipts." + version;
        try (RawClient client = consumer(version, queue, "client-individual")) {
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("SEND", "x", "destination:" + queue, "destination-type:ANYCAST", "transaction:t");
            client.send("COMMIT", "", "transaction:t", "receipt:c");
            List<RawClient.Reply> both = List.of(client.read(), client.read());
            assertThat(both).extracting(RawClient.Reply::command).containsExactlyInAnyOrder("RECEIPT", "MESSAGE");
            RawClient.Reply message = both.stream().filter(reply -> reply.command().equals("MESSAGE")).findFirst().orElseThrow();
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("ABORT", "", "transaction:t");
            client.sendAndWait("ACK", "", named(version, message));
            if (!version.equals("1.0")) {
                send(client, queue, "y");
                client.sendAndWait("BEGIN", "", "transaction:u");
                List<String> headers = new ArrayList<>(List.of(named(version, client.expect("MESSAGE"))));
                headers.add("transaction:u");
                client.sendAndWait("NACK", "", headers.toArray(String[]::new));
            }
            client.sendAndWait("UNSUBSCRIBE", "", "id:s");
            client.sendAndWait("DISCONNECT", "");
            client.expectEnd();
        }
    }
}
