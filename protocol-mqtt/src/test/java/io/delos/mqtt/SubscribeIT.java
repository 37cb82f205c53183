package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SUBSCRIBE, UNSUBSCRIBE, filters and shared subscriptions (MQTT 5 and 3.1.1, 3.8 to 3.11, 4.7, 4.8), packet by packet. */
class SubscribeIT {

    private static final String HOUR = "1100000e10";

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
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

    private static WireClient unsubscribe(WireClient client, int packetId, Object... filters) throws IOException {
        Object[] parts = new Object[filters.length + 2];
        parts[0] = (short) packetId;
        parts[1] = 0;
        System.arraycopy(filters, 0, parts, 2, filters.length);
        return client.raw(WireClient.packet(0xA2, WireClient.body(parts)));
    }

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({"a/+/b,a//b,true", "a/+,a/,true", "a/+,a,false", "+/a,/a,true", "/+,/a,true", "+/+,/,true", "+,/a,false", "a//b,a//b,true",
        "a//b,a/b,false", "a/#,a,true", "a/#,a/,true", "a/#,a//b,true", "a/+/#,a//,true", "#,/,true", "+/#,/a/b,true", "a/b,a/B,false",
        "a/+,a/b/c,false", "+,$a,false", "#,$a/b,false", "+/b,$a/b,false", "$a/#,$a/b,true", "$a/+,$a/b,true", "a/$b/+,a/$b/c,true", "a/+,a/$b,true"})
    void filtersMatchLevelByLevel(String filter, String topic, boolean matches) throws Exception {
        String prefix = filter.startsWith("$") || filter.startsWith("+") || filter.startsWith("#") || filter.startsWith("/") ? "" : "m/";
        try (WireClient client = open("matcher", "")) {
            assertThat(client.subscribe5(prefix + filter, 0, "").hex()).endsWith("0000");
            client.publish5(prefix + topic, "x", 1, 1, "");
            Set<Integer> types = new TreeSet<>(Set.of(client.read().type()));
            if (matches) {
                types.add(client.read().type());
            }
            assertThat(types).isEqualTo(matches ? Set.of(3, 4) : Set.of(4));
            client.expectNothing();
        }
    }

    @Test
    void oneSubscribeIsAsGoodAsMany() throws Exception {
        try (WireClient client = open("many", "")) {
            client.raw(WireClient.packet(0x82, WireClient.body((short) 0xBEEF, 0, "many/a", 2, "many/b", 1, "bad#", 0, "many/c", 0)));
            assertThat(client.expect(9).hex()).startsWith("beef").endsWith("02018f00");
            for (String topic : List.of("many/a", "many/b", "many/c")) {
                client.publish5(topic, topic, 0, 0, "");
                assertThat(client.expect(3).text5()).isEqualTo(topic);
            }
            assertThat(unsubscribe(client, 0xCAFE, "many/a", "many/B", "many/c").expect(11).hex()).isEqualTo("cafe00" + "001100");
            client.publish5("many/a", "x", 0, 0, "").publish5("many/b", "b", 0, 0, "");
            assertThat(client.expect(3).text5()).isEqualTo("b");
            client.expectNothing();
        }
    }

    @Test
    void aSecondSubscriptionReplacesTheFirstAndLosesNothing() throws Exception {
        try (WireClient client = open("replace", ""); WireClient publisher = open("replace-pub", "")) {
            client.subscribe5("replace/t", 0, "0b01");
            for (int i = 1; i <= 50; i++) {
                publisher.publish5("replace/t", String.valueOf(i), 1, i, "");
            }
            client.raw(WireClient.packet(0x82, WireClient.body((short) 2, 2, WireClient.hex("0b02"), "replace/t", 1)));
            for (int i = 51; i <= 100; i++) {
                publisher.publish5("replace/t", String.valueOf(i), 1, i, "");
            }
            int next = 1;
            boolean answered = false;
            while (next <= 100 || !answered) {
                WireClient.Packet got = client.read();
                answered |= got.type() == 9;
                if (got.type() == 3) {
                    assertThat(got.text5()).isEqualTo(String.valueOf(next++));
                    if (got.qos() == 1) {
                        client.ack(4, got.publishId());
                    }
                }
            }
            publisher.publish5("replace/t", "last", 1, 101, "");
            WireClient.Packet last = client.expect(3);
            assertThat(last.qos()).isEqualTo(1);
            assertThat(last.properties5()).isEqualTo("0b02");
        }
    }

    @Test
    void filtersOfUnsubscribeAreComparedCharacterByCharacter() throws Exception {
        try (WireClient client = open("exact", "")) {
            client.subscribe5("exact/+", 0, "");
            assertThat(unsubscribe(client, 1, "exact/a", "exact/#", "exact/+/", "Exact/+").expect(11).hex()).isEqualTo("000100" + "11111111");
            client.publish5("exact/a", "still", 0, 0, "");
            assertThat(client.expect(3).text5()).isEqualTo("still");
            assertThat(unsubscribe(client, 2, "exact/+").expect(11).hex()).isEqualTo("00020000");
        }
    }

    @Test
    void whatWasBegunIsCompletedAfterUnsubscribe() throws Exception {
        try (WireClient client = open("complete", ""); WireClient publisher = open("complete-pub", "")) {
            client.subscribe5("complete/t", 2, "");
            publisher.publish5("complete/t", "one", 2, 1, "").expect(5);
            publisher.publish5("complete/t", "two", 1, 2, "").expect(4);
            int one = client.expect(3).publishId();
            int two = client.expect(3).publishId();
            unsubscribe(client, 3, "complete/t").expect(11);
            publisher.publish5("complete/t", "three", 1, 3, "").expect(4);
            assertThat(client.ack(5, one).expect(6).hex()).isEqualTo(String.format("%04x", one));
            client.ack(7, one).ack(4, two).expectNothing();
        }
    }

    @Test
    void theGrantedQosIsTheMost() throws Exception {
        try (WireClient client = open("granted", ""); WireClient publisher = open("granted-pub", "")) {
            client.subscribe5("$share/g1/granted/t", 1, "");
            publisher.publish5("granted/t", "x", 2, 1, "").expect(5);
            assertThat(client.expect(3).qos()).isEqualTo(1);
        }
    }

    @Test
    void namesOfSharesThatAreNone() throws Exception {
        try (WireClient client = open("shares", "")) {
            client.raw(WireClient.packet(0x82, WireClient.body((short) 1, 0, "$share//a", 0, "$share/g", 0, "$share/g/", 0, "$share/g+/a", 0,
                    "$share/g#/a", 0, "$share/g/a/#", 0)));
            assertThat(client.expect(9).hex()).startsWith("0001").endsWith("8f8f8f8f8f00");
        }
    }

    @Test
    void whatAMemberRefusesGoesToNobodyElse() throws Exception {
        try (WireClient one = open("refuse1", ""); WireClient publisher = open("refuse-pub", "")) {
            one.subscribe5("$share/rg/refuse/t", 2, "");
            publisher.publish5("refuse/t", "at one", 1, 1, "").expect(4);
            publisher.publish5("refuse/t", "at two", 2, 2, "").expect(5);
            WireClient.Packet first = one.expect(3);
            WireClient.Packet second = one.expect(3);
            try (WireClient two = open("refuse2", "")) {
                two.subscribe5("$share/rg/refuse/t", 2, "");
                one.raw(WireClient.packet(0x40, WireClient.body((short) first.publishId(), 0x80)));
                one.raw(WireClient.packet(0x50, WireClient.body((short) second.publishId(), 0x83)));
                one.expectNothing();
                one.disconnect();
                await().untilAsserted(() -> assertThat(server.broker().findQueue("rg.refuse.t").orElseThrow().counters().messages()).isZero());
                two.expectNothing();
            }
        }
    }

    @Test
    void aMemberThatLeavesGivesBackWhatMayBeDoneTwiceAndNothingElse() throws Exception {
        try (WireClient one = open("leave1", ""); WireClient publisher = open("leave-pub", "")) {
            one.subscribe5("$share/lg/leave/t", 2, "");
            publisher.publish5("leave/t", "at qos 1", 1, 1, "").expect(4);
            publisher.publish5("leave/t", "at qos 2", 2, 2, "").expect(5);
            one.expect(3);
            one.expect(3);
            try (WireClient two = open("leave2", "")) {
                two.subscribe5("$share/lg/leave/t", 2, "");
                one.close();
                WireClient.Packet got = two.expect(3);
                assertThat(got.text5()).isEqualTo("at qos 1");
                two.ack(4, got.publishId());
                await().untilAsserted(() -> assertThat(server.broker().findQueue("lg.leave.t").orElseThrow().counters().messages()).isZero());
                two.expectNothing();
            }
        }
    }

    @Test
    void membersTakeTurns() throws Exception {
        try (WireClient one = open("turn1", ""); WireClient two = open("turn2", ""); WireClient publisher = open("turn-pub", "")) {
            one.subscribe5("$share/tg/turn/+", 0, "");
            two.subscribe5("$share/tg/turn/+", 0, "");
            for (int i = 0; i < 10; i++) {
                publisher.publish5("turn/" + i, "x", 1, i + 1, "").expect(4);
            }
            for (int i = 0; i < 5; i++) {
                one.expect(3);
                two.expect(3);
            }
            one.expectNothing();
            two.expectNothing();
        }
    }

    @Test
    void messagesWaitForASessionThatLasts() throws Exception {
        try (WireClient client = open("wait", HOUR); WireClient publisher = open("wait-pub", "")) {
            client.subscribe5("wait/#", 1, "");
            client.disconnect();
            publisher.publish5("wait/1", "one", 1, 1, "").expect(4);
            publisher.publish5("wait/2", "two", 2, 2, "").expect(5);
        }
        try (WireClient client = new WireClient(server.port())) {
            assertThat(client.connect5("wait", false, HOUR).hex()).startsWith("0100");
            assertThat(client.expect(3).text5()).isEqualTo("one");
            assertThat(client.expect(3).text5()).isEqualTo("two");
        }
    }
}
