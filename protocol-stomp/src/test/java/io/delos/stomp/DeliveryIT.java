package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages from SEND to MESSAGE to ACK. */
class DeliveryIT {

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

    private static RawClient v12(String... headers) throws Exception {
        return RawClient.connected(server.port(), "1.2", headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void aTextGoesThrough(String version) throws Exception {
        String queue = "text." + version;
        try (RawClient client = RawClient.connected(server.port(), version)) {
            client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s", "subscription-type:ANYCAST");
            client.send("SEND", "héllo", "destination:" + queue, "destination-type:ANYCAST", "colour:blue");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo("héllo");
            assertThat(message.header("subscription")).isEqualTo("s");
            assertThat(message.header("destination")).isEqualTo(queue);
            assertThat(message.header("colour")).isEqualTo("blue");
            assertThat(message.has("content-length")).isEqualTo(!version.equals("1.0"));
            assertThat(message.has("ack")).isFalse();
        }
    }

    @Test
    void headersComeInOrder() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:order", "id:s", "subscription-type:ANYCAST", "ack:client");
            client.send("SEND", "x", "destination:order", "destination-type:ANYCAST", "correlation-id:c", "reply-to:r", "type:t",
                    "content-type:text/plain", "priority:7", "persistent:true", "expires:9999999999999", "JMSXGroupID:g", "b:2", "a:1");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.headers()).extracting(line -> line.substring(0, line.indexOf(':'))).containsExactly("subscription", "message-id",
                    "destination", "correlation-id", "expires", "redelivered", "priority", "persistent", "reply-to", "timestamp", "type",
                    "content-type", "destination-type", "_AMQ_GROUP_ID", "b", "a", "ack", "content-length");
            assertThat(message.header("priority")).isEqualTo("7");
            assertThat(message.header("persistent")).isEqualTo("true");
            assertThat(message.header("redelivered")).isEqualTo("false");
            assertThat(message.header("expires")).isEqualTo("9999999999999");
            assertThat(message.header("_AMQ_GROUP_ID")).isEqualTo("g");
            assertThat(message.header("message-id")).matches("\\d+,\\d+").isEqualTo(message.header("ack"));
        }
    }

    @Test
    void bytesKeepTheirNulsAndSayTheirLength() throws Exception {
        for (String version : List.of("1.0", "1.2")) {
            try (RawClient client = RawClient.connected(server.port(), version)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:bytes", "id:s", "subscription-type:ANYCAST");
                client.raw("SEND\ndestination:bytes\ncontent-length:4\n\n\0\1\2\0\0\n");
                RawClient.Reply message = client.expect("MESSAGE");
                assertThat(message.body()).containsExactly(0, 1, 2, 0);
                assertThat(message.headers().get(1)).isEqualTo("content-length:4");
            }
        }
    }

    @Test
    void escapesAreUndoneAndDoneAgain() throws Exception {
        try (RawClient v12 = v12(); RawClient v11 = RawClient.connected(server.port(), "1.1"); RawClient v10 = RawClient.connected(server.port(), "1.0")) {
            for (RawClient client : List.of(v12, v11, v10)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:escapes", "id:s");
            }
            v12.send("SEND", "x", "destination:escapes", "a\\cb:c\\nd\\\\e\\rf", "plain:a:b");
            assertThat(v12.expect("MESSAGE").headers()).contains("a\\cb:c\\nd\\\\e\\rf", "plain:a\\cb");
            assertThat(v11.expect("MESSAGE").headers()).contains("a\\cb:c\\nd\\\\e\rf", "plain:a\\cb");
            assertThat(v10.expect("MESSAGE").headers()).contains("a:b:c d\\e f", "plain:a:b");
        }
    }

    @Test
    void repeatedHeadersCountByVersion() throws Exception {
        for (String version : List.of("1.0", "1.1", "1.2")) {
            try (RawClient client = RawClient.connected(server.port(), version)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:repeated", "id:s");
                client.send("SEND", "x", "destination:repeated", "priority:1", "k:first", "priority:9", "k:last");
                RawClient.Reply message = client.expect("MESSAGE");
                assertThat(message.header("k")).isEqualTo(version.equals("1.0") ? "last" : "first");
                assertThat(message.header("priority")).isEqualTo(version.equals("1.0") ? "9" : "1");
                assertThat(message.headers()).filteredOn(line -> line.startsWith("k:")).hasSize(1);
            }
        }
    }

    @Test
    void carriageReturnsMayEndLines() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.raw("CONNECT\r\naccept-version:1.2\r\n\r\n\0\r\n").expect("CONNECTED");
            client.raw("SUBSCRIBE\r\ndestination:cr\r\nid:s\r\nreceipt:1\r\n\r\n\0").expect("RECEIPT");
            client.raw("SEND\r\ndestination:cr\r\nk:v\r\n\r\nbody\0\r\n");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.header("k")).isEqualTo("v");
            assertThat(message.text()).isEqualTo("body");
        }
    }

    @Test
    void largeBodiesOfBothKinds() throws Exception {
        String large = "0123456789".repeat(200_000);
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:large", "id:s", "ack:client");
            client.send("SEND", large, "destination:large");
            RawClient.Reply text = client.expect("MESSAGE");
            assertThat(text.text()).isEqualTo(large);
            client.send("ACK", "", "id:" + text.header("ack"));
            client.send("SEND", large, "destination:large", "content-length:" + large.length(), "persistent:true");
            assertThat(client.expect("MESSAGE").text()).isEqualTo(large);
        }
    }

    @Test
    void multicastReachesEverySubscriberAnycastOne() throws Exception {
        try (RawClient one = v12(); RawClient two = v12()) {
            for (RawClient client : List.of(one, two)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:/topic/fan", "id:t");
                client.sendAndWait("SUBSCRIBE", "", "destination:/queue/share", "id:q");
            }
            one.sendAndWait("SEND", "all", "destination:/topic/fan");
            assertThat(one.expect("MESSAGE").header("destination")).isEqualTo("/topic/fan");
            assertThat(two.expect("MESSAGE").text()).isEqualTo("all");
            one.send("SEND", "1", "destination:/queue/share").send("SEND", "2", "destination:/queue/share");
            RawClient.Reply first = one.expect("MESSAGE");
            RawClient.Reply second = two.expect("MESSAGE");
            assertThat(List.of(first.text(), second.text())).containsExactlyInAnyOrder("1", "2");
            assertThat(first.header("destination-type")).isEqualTo("ANYCAST");
        }
    }

    @Test
    void clientModeAcknowledgesEverythingBefore() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/cumulative", "id:s", "ack:client");
            sendThree(client, "/queue/cumulative");
            client.expect("MESSAGE");
            String second = client.expect("MESSAGE").header("ack");
            client.expect("MESSAGE");
            client.sendAndWait("ACK", "", "id:" + second);
            client.sendAndWait("DISCONNECT", "");
        }
        assertRemaining("/queue/cumulative", "c");
    }

    @Test
    void individualModeAcknowledgesOne() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/individual", "id:s", "ack:client-individual");
            sendThree(client, "/queue/individual");
            client.expect("MESSAGE");
            String second = client.expect("MESSAGE").header("message-id");
            client.expect("MESSAGE");
            client.send("ACK", "", "message-id:" + second, "subscription:other").expect("ERROR");
            client.sendAndWait("ACK", "", "message-id:" + second, "subscription:s");
            client.sendAndWait("DISCONNECT", "");
        }
        assertRemaining("/queue/individual", "a", "c");
    }

    private static void sendThree(RawClient client, String queue) throws Exception {
        for (String body : List.of("a", "b", "c")) {
            client.send("SEND", body, "destination:" + queue, "persistent:true");
        }
    }

    private static void assertRemaining(String queue, String... bodies) throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:" + queue, "id:s");
            for (String body : bodies) {
                RawClient.Reply message = client.expect("MESSAGE");
                assertThat(message.text()).isEqualTo(body);
                assertThat(message.header("redelivered")).isEqualTo("true");
            }
            client.send("SEND", "end", "destination:" + queue);
            assertThat(client.expect("MESSAGE").text()).isEqualTo("end");
        }
    }

    @Test
    void theWindowHoldsTheQueueBack() throws Exception {
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/window", "id:s", "ack:client-individual", "consumer-window-size:0");
            sendThree(other, "/queue/window");
            RawClient.Reply first = client.expect("MESSAGE");
            other.sendAndWait("SUBSCRIBE", "", "destination:/queue/window", "id:s");
            assertThat(other.expect("MESSAGE").text()).isEqualTo("b");
            assertThat(other.expect("MESSAGE").text()).isEqualTo("c");
            other.sendAndWait("UNSUBSCRIBE", "", "id:s");
            other.send("SEND", "d", "destination:/queue/window");
            client.send("ACK", "", "id:" + first.header("ack"));
            assertThat(client.expect("MESSAGE").text()).isEqualTo("d");
        }
    }

    @Test
    void creditComesBackWithAcknowledgements() throws Exception {
        String kilobyte = "x".repeat(1000);
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/credit", "id:s", "ack:client", "consumer-window-size:3000");
            for (int i = 0; i < 100; i++) {
                client.send("SEND", kilobyte, "destination:/queue/credit");
            }
            for (int i = 0; i < 100; i++) {
                client.send("ACK", "", "id:" + client.expect("MESSAGE").header("ack"));
            }
        }
    }

    @Test
    void selectorsSelect() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/selected", "id:q", "selector:colour = 'blue' AND AMQPriority > 4");
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/selected", "id:t", "selector:convert_string_expressions\\ci > 40");
            client.send("SEND", "no", "destination:/queue/selected", "colour:blue", "priority:3");
            client.send("SEND", "yes", "destination:/queue/selected", "colour:blue", "priority:5");
            client.send("SEND", "no", "destination:/topic/selected", "i:39");
            client.send("SEND", "yes", "destination:/topic/selected", "i:42");
            assertThat(List.of(client.expect("MESSAGE").text(), client.expect("MESSAGE").text())).containsExactly("yes", "yes");
        }
    }

    @Test
    void ownMessagesCanBeLeftOut() throws Exception {
        try (RawClient one = v12(); RawClient two = v12()) {
            one.sendAndWait("SUBSCRIBE", "", "destination:/topic/nolocal", "id:s", "no-local:true", "selector:k = 'v'");
            one.sendAndWait("SEND", "own", "destination:/topic/nolocal", "k:v");
            two.sendAndWait("SEND", "unwanted", "destination:/topic/nolocal");
            two.sendAndWait("SEND", "other's", "destination:/topic/nolocal", "k:v");
            assertThat(one.expect("MESSAGE").text()).isEqualTo("other's");
        }
    }

    @Test
    void aDurableSubscriptionOutlivesItsConnectionAndTheBroker(TestInfo info) throws Exception {
        String[] subscribe = {"destination:/topic/durable", "id:s", "durable-subscription-name:news"};
        try (RawClient client = v12("client-id:reader")) {
            client.sendAndWait("SUBSCRIBE", "", subscribe);
            client.sendAndWait("UNSUBSCRIBE", "", "id:s");
            client.sendAndWait("SEND", "kept", "destination:/topic/durable", "persistent:true");
        }
        server.restart();
        try (RawClient client = v12("client-id:reader")) {
            client.sendAndWait("SUBSCRIBE", "", subscribe);
            assertThat(client.expect("MESSAGE").text()).isEqualTo("kept");
            client.sendAndWait("UNSUBSCRIBE", "", "id:s", "durable-subscription-name:news");
            client.sendAndWait("SEND", "missed", "destination:/topic/durable", "persistent:true");
            client.sendAndWait("SUBSCRIBE", "", subscribe);
            client.sendAndWait("SEND", "new", "destination:/topic/durable");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("new");
            client.sendAndWait("DISCONNECT", "");
        }
        try (RawClient client = RawClient.connected(server.port(), "1.1", "client-id:reader")) {
            client.sendAndWait("UNSUBSCRIBE", "", "durable-subscription-name:news");
        }
    }

    @Test
    void whoHasDisconnectedConsumesNothingMore() throws Exception {
        try (RawClient keeper = v12()) {
            keeper.sendAndWait("SUBSCRIBE", "", "destination:left", "id:s", "subscription-type:ANYCAST");
            for (int i = 0; i < 50; i++) {
                try (RawClient client = v12()) {
                    client.sendAndWait("SUBSCRIBE", "", "destination:left", "id:s", "subscription-type:ANYCAST");
                    client.sendAndWait("DISCONNECT", "");
                    assertThat(server.broker().routes().queue("left").orElseThrow().counters().consumers()).isOne();
                }
            }
        }
    }

    @Test
    void temporaryQueuesGoWithTheirSubscription() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/temporary", "id:s");
            int with = server.broker().routes().find("temporary").orElseThrow().queues().size();
            client.sendAndWait("UNSUBSCRIBE", "", "id:s");
            assertThat(with).isEqualTo(1);
            assertThat(server.broker().routes().find("temporary")).as("the address that appeared for it").isEmpty();
        }
    }

    @Test
    void fullyQualifiedNamesReachAQueueOfAnAddress() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:fq.address\\c\\cfq.queue", "id:s");
            client.send("SEND", "by address", "destination:fq.address");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("by address");
            client.send("SEND", "by name, colons not escaped", "destination:fq.address::fq.queue");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("by name, colons not escaped");
        }
    }

    @Test
    void transactionsHappenTogetherOrNotAtAll() throws Exception {
        try (RawClient client = v12(); RawClient reader = v12()) {
            reader.sendAndWait("SUBSCRIBE", "", "destination:/queue/tx", "id:s");
            client.sendAndWait("BEGIN", "", "transaction:t1");
            client.sendAndWait("SEND", "one", "destination:/queue/tx", "transaction:t1", "persistent:true");
            client.sendAndWait("SEND", "outside", "destination:/queue/tx");
            assertThat(reader.expect("MESSAGE").text()).isEqualTo("outside");
            client.sendAndWait("SEND", "two", "destination:/queue/tx", "transaction:t1", "persistent:true");
            client.sendAndWait("COMMIT", "", "transaction:t1");
            assertThat(reader.expect("MESSAGE").text()).isEqualTo("one");
            assertThat(reader.expect("MESSAGE").text()).isEqualTo("two");
            client.sendAndWait("BEGIN", "", "transaction:t1");
            client.sendAndWait("SEND", "never", "destination:/queue/tx", "transaction:t1");
            client.sendAndWait("ABORT", "", "transaction:t1");
            client.sendAndWait("SEND", "after", "destination:/queue/tx");
            assertThat(reader.expect("MESSAGE").text()).isEqualTo("after");
        }
    }

    @Test
    void acknowledgementsBelongToTheirTransaction() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/txack", "id:s", "ack:client");
            sendThree(client, "/queue/txack");
            String first = client.expect("MESSAGE").header("ack");
            String second = client.expect("MESSAGE").header("ack");
            client.expect("MESSAGE");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("ACK", "", "id:" + second, "transaction:t");
            client.sendAndWait("ABORT", "", "transaction:t");
            client.sendAndWait("BEGIN", "", "transaction:t");
            client.sendAndWait("ACK", "", "id:" + first, "transaction:t");
            client.sendAndWait("COMMIT", "", "transaction:t");
        }
        assertRemaining("/queue/txack", "b", "c");
    }

    @Test
    void messagesCanBeDelayed() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/later", "id:s");
            client.send("SEND", "later", "destination:/queue/later", "AMQ_SCHEDULED_DELAY:300");
            client.send("SEND", "now", "destination:/queue/later");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("now");
            RawClient.Reply later = client.expect("MESSAGE");
            assertThat(later.text()).isEqualTo("later");
            assertThat(later.header("_AMQ_SCHED_DELIVERY")).matches("\\d{13}");
        }
    }

    @Test
    void persistentMessagesSurviveARestartAndOthersDoNot() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SEND", "fleeting", "destination:/queue/durable");
            client.sendAndWait("SEND", "durable", "destination:/queue/durable", "persistent:true", "k:v");
        }
        server.restart();
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/durable", "id:s");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo("durable");
            assertThat(message.header("k")).isEqualTo("v");
        }
    }

    @Test
    void deletedQueuesEndTheirSubscriptions() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.1"); RawClient killer = v12("client-id:killer")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/doomed", "id:s");
            server.broker().administration().deleteQueue("doomed", true, new ImmediateLoop(), io.delos.broker.Reply.ignored());
            RawClient.Reply error = client.expect("ERROR");
            assertThat(error.header("message")).isEqualTo(error.text());
            assertThat(error.text()).matches("consumer with ID \\d+ disconnected by server");
            client.sendAndWait("SEND", "still here", "destination:/queue/other");
        }
    }

    @Test
    void aBurstKeepsItsOrderAndEveryReceiptComes() throws Exception {
        StringBuilder burst = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            burst.append("SEND\ndestination:/queue/burst\npersistent:").append(i % 3 == 0).append("\nreceipt:").append(i).append("\n\n")
                    .append(i).append("\0\n");
        }
        try (RawClient client = v12(); RawClient reader = v12()) {
            client.raw(burst.toString().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 2000; i++) {
                assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo(Integer.toString(i));
            }
            reader.sendAndWait("SUBSCRIBE", "", "destination:/queue/burst", "id:s");
            for (int i = 0; i < 2000; i++) {
                assertThat(reader.expect("MESSAGE").text()).isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void theBrokerIsManagedByMessages() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SEND", "x", "destination:/queue/managed");
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/answers", "id:s");
            client.send("SEND", "", "destination:activemq.management", "_AMQ_ResourceName:queue.managed", "_AMQ_Attribute:messageCount",
                    "reply-to:answers");
            RawClient.Reply answer = client.expect("MESSAGE");
            assertThat(answer.header("_AMQ_OperationSucceeded")).isEqualTo("true");
            assertThat(answer.text()).isEqualTo("[1]");
        }
    }

    @Test
    void nothingOvertakesASubscribe() throws Exception {
        try (RawClient client = v12()) {
            client.raw("SUBSCRIBE\ndestination:/topic/quick\nid:s\n\n\0SEND\ndestination:/topic/quick\n\nx\0");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("x");
            client.raw("UNSUBSCRIBE\nid:s\n\n\0SUBSCRIBE\ndestination:/topic/quick\nid:s\nreceipt:again\n\n\0");
            assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("again");
        }
    }
}
