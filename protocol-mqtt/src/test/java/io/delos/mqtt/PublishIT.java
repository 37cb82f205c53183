package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PUBLISH and its answers, both ways (MQTT 5 and 3.1.1, 3.3 to 3.7, 4.3, 4.4, 4.6, 4.9), packet by packet. */
class PublishIT {

    private static final String HOUR = "1100000e10";

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"),
                AcceptorConfig.of("strict", "tcp://127.0.0.1:0?validatePayloadFormat=true"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WireClient open(String clientId, String properties) throws IOException {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect5(clientId, true, properties).hex()).startsWith("0000");
        return client;
    }

    private static WireClient strict(String clientId) throws IOException {
        WireClient client = new WireClient(server.server().port("strict"));
        client.connect5(clientId, true, "");
        return client;
    }

    private static WireClient back(String clientId) throws IOException {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect5(clientId, false, HOUR).hex()).startsWith("0100");
        return client;
    }

    @Test
    void textThatIsNoneIsRefusedWhereThatIsAskedFor() throws Exception {
        try (WireClient watcher = open("f-watch", ""); WireClient client = strict("f-pub")) {
            watcher.subscribe5("fmt", 0, "");
            assertThat(client.raw("32 0b 0003 666d74 0001 02 0101 c3").expect(4).hex()).startsWith("000199");
            assertThat(client.raw("34 0b 0003 666d74 0002 02 0101 c3").expect(5).hex()).startsWith("000299");
            client.publish5("fmt", "t\u00e9xt\u0000", 1, 3, "0101").expect(4);
            client.raw("32 0b 0003 666d74 0004 02 0100 c3").expect(4);
            assertThat(watcher.expect(3).text5()).isEqualTo("t\u00e9xt\u0000");
            assertThat(watcher.expect(3).properties5()).isEqualTo("0100");
            client.raw("30 09 0003 666d74 02 0101 c3");
            assertThat(client.expect(14).hex()).startsWith("99");
            client.expectClosed();
            watcher.expectNothing();
        }
    }

    @Test
    void aPacketIdWhoseMessageWasRefusedIsFree() throws Exception {
        try (WireClient watcher = open("free-watch", ""); WireClient client = strict("free-pub")) {
            watcher.subscribe5("fmt", 0, "");
            assertThat(client.raw("34 0b 0003 666d74 0005 02 0101 c3").expect(5).hex()).startsWith("000599");
            assertThat(client.publish5("fmt", "good", 2, 5, "").expect(5).hex()).isEqualTo("0005");
            assertThat(watcher.expect(3).text5()).isEqualTo("good");
            client.ack(6, 5).expect(7);
        }
    }

    @Test
    void aPacketIdInUseIsNotTakenForAnother() throws Exception {
        try (WireClient watcher = open("use-watch", ""); WireClient client = open("use-pub", "")) {
            watcher.subscribe5("use/t", 0, "");
            client.publish5("use/t", "first", 2, 7, "").expect(5);
            assertThat(client.publish5("use/t", "second", 1, 7, "").expect(4).hex()).startsWith("000791");
            assertThat(client.raw(WireClient.packet(0x82, WireClient.body((short) 7, 0, "use/x", 0, "use/y", 1))).expect(9).hex())
                    .startsWith("0007").endsWith("9191");
            assertThat(client.ack(6, 7).expect(7).hex()).isEqualTo("0007");
            client.publish5("use/t", "third", 1, 7, "").expect(4);
            assertThat(watcher.expect(3).text5()).isEqualTo("first");
            assertThat(watcher.expect(3).text5()).isEqualTo("third");
            watcher.expectNothing();
        }
    }

    @Test
    void duplicatesAreMarkedByWhoSendsThem() throws Exception {
        try (WireClient subscriber = open("dup-sub", ""); WireClient publisher = open("dup-pub", "")) {
            subscriber.subscribe5("dup/t", 2, "");
            publisher.raw(WireClient.packet(0x3A, WireClient.body("dup/t", (short) 1, 0, "a".getBytes()))).expect(4);
            publisher.raw(WireClient.packet(0x3A, WireClient.body("dup/t", (short) 1, 0, "a".getBytes()))).expect(4);
            publisher.raw(WireClient.packet(0x3C, WireClient.body("dup/t", (short) 2, 0, "b".getBytes()))).expect(5);
            publisher.raw(WireClient.packet(0x3C, WireClient.body("dup/t", (short) 2, 0, "b".getBytes()))).expect(5);
            for (String expected : List.of("a", "a", "b")) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.text5()).isEqualTo(expected);
                assertThat(got.dup()).isFalse();
            }
            subscriber.expectNothing();
        }
    }

    @Test
    void onlyARetainedMessageTouchesWhatIsRetained() throws Exception {
        try (WireClient client = open("ret", "")) {
            client.raw(WireClient.packet(0x33, WireClient.body("ret/t", (short) 1, 0, "kept".getBytes()))).expect(4);
            client.publish5("ret/t", "passing", 1, 2, "").expect(4);
            client.publish5("ret/t", "", 1, 3, "").expect(4);
            client.subscribe5("ret/t", 0, "");
            assertThat(client.expect(3).text5()).isEqualTo("kept");
            client.raw(WireClient.packet(0x31, WireClient.body("ret/t", 0, "at qos 0".getBytes())));
            WireClient.Packet live = client.expect(3);
            assertThat(live.text5()).isEqualTo("at qos 0");
            assertThat(live.retain()).isFalse();
            client.subscribe5("ret/t", 0, "");
            WireClient.Packet copy = client.expect(3);
            assertThat(copy.text5()).isEqualTo("at qos 0");
            assertThat(copy.retain()).isTrue();
            client.expectNothing();
        }
    }

    @Test
    void topicsAreTakenAsTheyAre() throws Exception {
        String[] topics = {"t".repeat(65_535), "\uFEFFtop/\uFEFF", "CASE/a", "case/A", " /  ", "/", "//", "t/\uD83D\uDE00/\u0001"};
        try (WireClient subscriber = open("odd-sub", ""); WireClient publisher = open("odd-pub", "")) {
            for (String topic : topics) {
                subscriber.subscribe5(topic, 1, "");
                publisher.publish5(topic, "x", 1, 1, "").expect(4);
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.topic()).isEqualTo(topic);
                subscriber.ack(4, got.publishId());
                subscriber.expectNothing();
                subscriber.raw(WireClient.packet(0xA2, WireClient.body((short) 2, 0, topic))).expect(11);
            }
        }
    }

    @Test
    void aliasesAreForgottenWithTheirConnection() throws Exception {
        try (WireClient first = open("forget", HOUR)) {
            first.publish5("forget/t", "x", 1, 1, "230001").expect(4);
            first.publish5("", "x", 1, 2, "230001").expect(4);
            first.disconnect();
        }
        try (WireClient second = back("forget")) {
            second.publish5("", "x", 1, 3, "230001");
            assertThat(second.expect(14).hex()).startsWith("94");
            second.expectClosed();
        }
    }

    @Test
    void everyAliasThatWasPromisedIsTaken() throws Exception {
        try (WireClient client = open("all-aliases", ""); WireClient watcher = open("all-watch", "")) {
            watcher.subscribe5("alias/+", 0, "");
            client.publish5("alias/first", "1", 0, 0, "230001").publish5("alias/last", "2", 0, 0, "23ffff")
                    .publish5("", "3", 0, 0, "23ffff").publish5("", "4", 0, 0, "230001");
            List<String> topics = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                topics.add(watcher.expect(3).topic());
            }
            assertThat(topics).containsExactly("alias/first", "alias/last", "alias/last", "alias/first");
        }
    }

    @Test
    void aSpentQuotaHoldsUpNothingElse() throws Exception {
        try (WireClient subscriber = open("quota-sub", "210001"); WireClient publisher = open("quota-pub", "")) {
            subscriber.subscribe5("quota/t", 1, "");
            publisher.publish5("quota/t", "1", 1, 1, "").expect(4);
            publisher.publish5("quota/t", "2", 1, 2, "").expect(4);
            WireClient.Packet first = subscriber.expect(3);
            subscriber.expectNothing();
            subscriber.publish5("quota/out", "x", 2, 3, "").expect(5);
            subscriber.ack(6, 3).expect(7);
            subscriber.subscribe5("quota/other", 0, "");
            subscriber.raw(WireClient.packet(0xA2, WireClient.body((short) 2, 0, "quota/other"))).expect(11);
            subscriber.ack(4, first.publishId());
            assertThat(subscriber.expect(3).text5()).isEqualTo("2");
        }
    }

    @Test
    void whatIsNotAnsweredComesAgainWithItsIdAndOnlyThen() throws Exception {
        try (WireClient subscriber = open("again", HOUR); WireClient publisher = open("again-pub", "")) {
            subscriber.subscribe5("again/t", 2, "");
            publisher.publish5("again/t", "one", 1, 1, "").expect(4);
            publisher.publish5("again/t", "two", 2, 2, "").expect(5);
            publisher.publish5("again/t", "three", 2, 3, "").expect(5);
            publisher.publish5("again/t", "refused", 1, 4, "").expect(4);
            int one = subscriber.expect(3).publishId();
            int two = subscriber.expect(3).publishId();
            int three = subscriber.expect(3).publishId();
            int refused = subscriber.expect(3).publishId();
            assertThat(subscriber.ack(5, three).expect(6).u16(0)).isEqualTo(three);
            subscriber.raw(WireClient.packet(0x40, WireClient.body((short) refused, 0x97)));
            subscriber.expectNothing();
            try (WireClient later = back("again")) {
                assertThat(later.expect(6).u16(0)).isEqualTo(three);
                for (int id : new int[] {one, two}) {
                    WireClient.Packet got = later.expect(3);
                    assertThat(got.publishId()).isEqualTo(id);
                    assertThat(got.dup()).isTrue();
                }
                assertThat(later.ack(5, two).expect(6).u16(0)).isEqualTo(two);
                later.ack(7, two).ack(7, three).ack(4, one);
                later.expectNothing();
            }
            try (WireClient last = back("again")) {
                last.expectNothing();
            }
        }
    }

    @Test
    void answersThatComeTwiceOrLateDoNoHarm() throws Exception {
        try (WireClient subscriber = open("late-sub", ""); WireClient publisher = open("late-pub", "")) {
            subscriber.subscribe5("late/t", 2, "");
            publisher.publish5("late/t", "x", 2, 1, "").expect(5);
            int id = subscriber.expect(3).publishId();
            subscriber.ack(5, id).expect(6);
            assertThat(subscriber.ack(5, id).expect(6).hex()).isEqualTo(String.format("%04x", id));
            subscriber.ack(7, id).ack(7, id).ack(4, id);
            assertThat(subscriber.ack(5, id).expect(6).hex()).isEqualTo(String.format("%04x92", id));
            publisher.ack(6, 1).expect(7);
            assertThat(publisher.ack(6, 1).expect(7).hex()).isEqualTo("000192");
            subscriber.expectNothing();
        }
        try (WireClient four = new WireClient(server.port())) {
            four.connect4("late-four", true);
            assertThat(four.ack(6, 9).expect(7).hex()).isEqualTo("0009");
            assertThat(four.ack(5, 9).expect(6).hex()).isEqualTo("0009");
        }
    }

    @Test
    void messagesOfEachKindKeepTheirOrder() throws Exception {
        try (WireClient subscriber = open("order-sub", ""); WireClient publisher = open("order-pub", "")) {
            subscriber.subscribe5("order5/t", 2, "");
            for (int i = 1; i <= 300; i++) {
                publisher.publish5("order5/t", String.valueOf(i), i % 3, i, "");
            }
            int answers = 0;
            while (answers < 200) {
                WireClient.Packet answer = publisher.read();
                if (answer.type() == 5) {
                    publisher.ack(6, answer.u16(0));
                }
                answers += answer.type() == 7 || answer.type() == 4 ? 1 : 0;
            }
            int next = 1;
            List<Integer> released = new ArrayList<>();
            while (next <= 300) {
                WireClient.Packet got = subscriber.read();
                if (got.type() == 6) {
                    released.add(got.u16(0));
                    subscriber.ack(7, got.u16(0));
                    continue;
                }
                assertThat(got.text5()).isEqualTo(String.valueOf(next++));
                if (got.qos() > 0) {
                    subscriber.ack(got.qos() == 1 ? 4 : 5, got.publishId());
                }
            }
            assertThat(released).isSorted();
        }
    }

    @Test
    void otherVersionsSeeTheSameMessage() throws Exception {
        try (WireClient five = open("mix5", ""); WireClient four = new WireClient(server.port()); WireClient three = new WireClient(server.port())) {
            four.connect4("mix4", true);
            three.raw(WireClient.packet(0x10, WireClient.body("MQIsdp", 3, 2, (short) 60, "mix3"))).expect(2);
            four.subscribe4("mix/t", 1);
            three.subscribe4("mix/t", 1);
            five.subscribe5("mix/t", 1, "");
            five.publish5("mix/t", "from five", 1, 1, "0101" + "03000474657874");
            byte[] text = "from five".getBytes(StandardCharsets.UTF_8);
            assertThat(four.expect(3).text()).isEqualTo(new String(text, StandardCharsets.UTF_8));
            assertThat(three.expect(3).text()).isEqualTo("from five");
            three.publish4("mix/t", "from three", 1, 1, 0);
            assertThat(four.expect(3).text()).isEqualTo("from three");
        }
    }
}
