package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the brokers' own headers do, beyond the text of the specification. */
class ExtensionsIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?anycastPrefix=/queue/;multicastPrefix=/topic/;stompEnableMessageId=true"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient v12(String... headers) throws Exception {
        return RawClient.connected(server.port(), "1.2", headers);
    }

    // browsing

    private static List<String> browse(RawClient client, String... headers) throws Exception {
        client.sendAndWait("SUBSCRIBE", "", headers);
        List<String> seen = new ArrayList<>();
        RawClient.Reply message = client.expect("MESSAGE");
        while (!message.has("browser")) {
            assertThat(message.has("ack")).isFalse();
            seen.add(message.text());
            message = client.expect("MESSAGE");
        }
        assertThat(message.header("browser")).isEqualTo("end");
        assertThat(message.header("subscription")).isEqualTo("b");
        assertThat(message.body()).isEmpty();
        return seen;
    }

    @Test
    void aBrowserSeesWhatIsThereAndLeavesIt() throws Exception {
        try (RawClient client = v12()) {
            for (int i = 0; i < 500; i++) {
                client.send("SEND", "m" + i, "destination:/queue/browsed", "odd:" + i % 2);
            }
            client.sendAndWait("SEND", "last", "destination:/queue/browsed", "odd:0");
            assertThat(browse(client, "destination:/queue/browsed", "id:b", "browser:true", "ack:client")).hasSize(501).startsWith("m0", "m1").endsWith("last");
            client.sendAndWait("SEND", "later", "destination:/queue/browsed", "odd:0");
            client.sendAndWait("UNSUBSCRIBE", "", "id:b");
            assertThat(browse(client, "destination:/queue/browsed", "id:b", "browser:true", "selector:odd = '1'")).hasSize(250);
            client.sendAndWait("UNSUBSCRIBE", "", "id:b");
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/browsed", "id:s");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("m0");
        }
    }

    @Test
    void anEmptyQueueIsBrowsedToItsEnd() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.0")) {
            assertThat(browse(client, "destination:/queue/nothing", "id:b", "browser:true")).isEmpty();
        }
    }

    @Test
    void aTopicIsNotBrowsed() throws Exception {
        try (RawClient client = v12()) {
            RawClient.Reply error = client.send("SUBSCRIBE", "", "destination:/topic/browsed", "id:b", "browser:true", "receipt:1").expect("ERROR");
            assertThat(error.text()).isEqualTo("browser:true needs a queue, and this is a topic");
            assertThat(error.header("receipt-id")).isEqualTo("1");
            client.expectEnd();
        }
    }

    // answers

    @ParameterizedTest
    @ValueSource(strings = {"/temp-queue/answers", "/temp-topic/answers"})
    void answersComeToTemporaryDestinations(String mine) throws Exception {
        try (RawClient asking = v12(); RawClient answering = RawClient.connected(server.port(), "1.1")) {
            answering.sendAndWait("SUBSCRIBE", "", "destination:/queue/questions", "id:s");
            asking.sendAndWait("SUBSCRIBE", "", "destination:" + mine, "id:a");
            asking.send("SEND", "why?", "destination:/queue/questions", "reply-to:" + mine, "correlation-id:1");
            RawClient.Reply question = answering.expect("MESSAGE");
            answering.sendAndWait("SEND", "because", "destination:" + question.header("reply-to"), "correlation-id:" + question.header("correlation-id"));
            RawClient.Reply answer = asking.expect("MESSAGE");
            assertThat(answer.text()).isEqualTo("because");
            assertThat(answer.header("correlation-id")).isEqualTo("1");
            assertThat(answer.header("destination")).isEqualTo(mine);
            assertThat(answer.header("subscription")).isEqualTo("a");
        }
    }

    @Test
    void anAnswerMayComeBeforeItIsWaitedFor() throws Exception {
        try (RawClient asking = v12(); RawClient answering = v12()) {
            answering.sendAndWait("SUBSCRIBE", "", "destination:/queue/early", "id:s");
            asking.send("SEND", "why?", "destination:/queue/early", "reply-to:/temp-queue/early");
            answering.sendAndWait("SEND", "because", "destination:" + answering.expect("MESSAGE").header("reply-to"));
            asking.sendAndWait("SUBSCRIBE", "", "destination:/temp-queue/early", "id:a");
            assertThat(asking.expect("MESSAGE").text()).isEqualTo("because");
        }
    }

    @Test
    void temporaryNamesAreTheConnectionsOwn() throws Exception {
        try (RawClient one = v12(); RawClient two = v12()) {
            for (RawClient client : List.of(one, two)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:/temp-queue/same", "id:a");
            }
            one.sendAndWait("SEND", "one's", "destination:/temp-queue/same");
            two.sendAndWait("SEND", "two's", "destination:/temp-queue/same");
            assertThat(one.expect("MESSAGE").text()).isEqualTo("one's");
            assertThat(two.expect("MESSAGE").text()).isEqualTo("two's");
        }
    }

    @Test
    void temporaryQueuesGoWithTheirConnection() throws Exception {
        String address;
        try (RawClient asking = v12(); RawClient reader = v12()) {
            reader.sendAndWait("SUBSCRIBE", "", "destination:/queue/leaving", "id:s");
            asking.send("SEND", "?", "destination:/queue/leaving", "reply-to:/temp-queue/leaving");
            address = reader.expect("MESSAGE").header("reply-to").substring("temp-queue\\c//".length());
            assertThat(server.broker().routes().queue(address)).isPresent();
        }
        Awaitility.await().until(() -> server.broker().routes().queue(address).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"queue\\c//said.q,ANYCAST", "topic\\c//said.t,MULTICAST"})
    void destinationsAsOthersWriteThem(String destination, String type) throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:" + destination, "id:s");
            client.send("SEND", "x", "destination:" + destination);
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.header("destination")).isEqualTo(destination);
            assertThat(message.header("destination-type")).isEqualTo(type);
        }
        assertThat(server.broker().routes().find("queue://said.q")).isEmpty();
    }

    @Test
    void wildcardsSeeWhatTheirPatternHas() throws Exception {
        try (RawClient client = v12(); RawClient other = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/news.*", "id:w");
            other.sendAndWait("SEND", "no", "destination:/topic/weather.rain");
            other.sendAndWait("SEND", "yes", "destination:/topic/news.europe");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo("yes");
            assertThat(message.header("destination")).isEqualTo("/topic/news.europe");
        }
    }

    @Test
    void destinationsAreSubscriptionsOfTheirOwn() throws Exception {
        try (RawClient client = RawClient.connected(server.port(), "1.0")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/unnamed");
            client.send("SEND", "x", "destination:/topic/unnamed");
            assertThat(client.expect("MESSAGE").header("subscription")).isEqualTo("subscription//topic/unnamed");
            client.sendAndWait("UNSUBSCRIBE", "", "destination:/topic/unnamed");
            client.sendAndWait("SEND", "unheard", "destination:/topic/unnamed");
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/unnamed");
            client.send("SEND", "heard", "destination:/topic/unnamed");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("heard");
        }
    }

    // headers of SEND

    @Test
    void groupsStayWithOneConsumer() throws Exception {
        try (RawClient one = v12(); RawClient two = v12()) {
            for (RawClient client : List.of(one, two)) {
                client.sendAndWait("SUBSCRIBE", "", "destination:/queue/grouped", "id:s", "ack:client-individual", "consumer-window-size:-1");
            }
            for (int i = 0; i < 20; i++) {
                one.send("SEND", Integer.toString(i / 2), "destination:/queue/grouped", "JMSXGroupID:" + (i % 2 == 0 ? "g" : "h"));
            }
            Set<String> groups = new HashSet<>();
            for (RawClient client : List.of(one, two)) {
                for (int i = 0; i < 10; i++) {
                    RawClient.Reply message = client.expect("MESSAGE");
                    assertThat(message.text()).isEqualTo(Integer.toString(i));
                    groups.add(client + message.header("_AMQ_GROUP_ID"));
                }
            }
            assertThat(groups).as("each client has had one").hasSize(2);
        }
    }

    @Test
    void messagesExpire() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SEND", "late", "destination:/queue/expiring", "expires:1000");
            client.sendAndWait("SEND", "in time", "destination:/queue/expiring", "expires:99999999999999");
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/expiring", "id:s");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("in time");
        }
    }

    @Test
    void prioritiesComeFirst() throws Exception {
        try (RawClient client = v12()) {
            client.send("SEND", "low", "destination:/queue/urgent", "priority:0");
            client.send("SEND", "usual", "destination:/queue/urgent");
            client.sendAndWait("SEND", "high", "destination:/queue/urgent", "priority:9");
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/urgent", "id:s");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("high");
            assertThat(client.expect("MESSAGE").header("priority")).isEqualTo("4");
            assertThat(client.expect("MESSAGE").header("priority")).isEqualTo("0");
        }
    }

    @Test
    void messagesWaitForTheirTime() throws Exception {
        long at = System.currentTimeMillis() + 200;
        try (RawClient client = v12()) {
            client.sendAndWait("SEND", "never", "destination:/queue/timed", "AMQ_SCHEDULED_DELAY:9223372036854775807");
            client.sendAndWait("SEND", "then", "destination:/queue/timed", "AMQ_SCHEDULED_TIME:" + at);
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/timed", "id:s");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo("then");
            assertThat(message.header("_AMQ_SCHED_DELIVERY")).isEqualTo(Long.toString(at));
            assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(at);
        }
    }

    @Test
    void aDuplicateIsTakenOnce() throws Exception {
        try (RawClient client = v12()) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/once", "id:s", "ack:client");
            client.send("SEND", "once", "destination:/queue/once", "_AMQ_DUPL_ID:1");
            RawClient.Reply message = client.expect("MESSAGE");
            assertThat(message.text()).isEqualTo("once");
            assertThat(message.header("amqMessageId")).startsWith("STOMP");
            client.send("SEND", "once", "destination:/queue/once", "_AMQ_DUPL_ID:1");
            client.send("SEND", "end", "destination:/queue/once");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("end");
        }
    }

    @Test
    void aDurableSubscriptionHasTwoNames() throws Exception {
        try (RawClient client = v12("client-id:subscriber")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/named", "id:s", "durable-subscriber-name:d", "selector:k = 'v'");
            client.sendAndWait("DISCONNECT", "");
        }
        try (RawClient client = v12("client-id:subscriber")) {
            client.sendAndWait("SEND", "unwanted", "destination:/topic/named", "persistent:true");
            client.sendAndWait("SEND", "wanted", "destination:/topic/named", "persistent:true", "k:v");
            client.sendAndWait("SUBSCRIBE", "", "destination:/topic/named", "id:s", "durable-subscription-name:d", "selector:k = 'v'");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("wanted");
            client.sendAndWait("UNSUBSCRIBE", "", "id:s", "durable-subscriber-name:d");
            assertThat(server.broker().routes().queue("subscriber.d")).isEmpty();
        }
    }
}
