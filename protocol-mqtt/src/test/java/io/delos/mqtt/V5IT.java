package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What MQTT 5 adds. */
class V5IT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"),
                AcceptorConfig.of("tight", "tcp://127.0.0.1:0?receiveMaximum=3;topicAliasMaximum=2;maximumPacketSize=1000;serverKeepAlive=30"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WireClient open(String clientId, String properties) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect5(clientId, true, properties).hex()).startsWith("0000");
        return client;
    }

    private static WireClient tight(String clientId) throws Exception {
        WireClient client = new WireClient(server.server().port("tight"));
        client.connect5(clientId, true, "");
        return client;
    }

    @Test
    void connackTellsTheLimits() throws Exception {
        try (WireClient client = new WireClient(server.port()); WireClient tight = new WireClient(server.server().port("tight"))) {
            assertThat(client.connect5("limits", true, "").hex()).isEqualTo("000008" + "22ffff" + "270fffffff");
            assertThat(tight.connect5("limits2", true, "").hex()).isEqualTo("00000e" + "220002" + "27000003e8" + "210003" + "13001e");
        }
    }

    @Test
    void keepAliveIsImposedOnWhoAsksForNoneOrTooMuch() throws Exception {
        for (int asked : new int[] {0, 120}) {
            try (WireClient client = new WireClient(server.port())) {
                client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) asked, 0, "keep" + asked)));
                assertThat(client.expect(2).hex()).contains("13003c");
            }
        }
    }

    @Test
    void propertiesArePassedOn() throws Exception {
        String all = "0101" + "02000000ff" + "03000474657874" + "080005722f746f70" + "0900020a0b" + "2600016b000131" + "2600016b000132";
        try (WireClient subscriber = open("pp-sub", ""); WireClient publisher = open("pp-pub", "")) {
            subscriber.subscribe5("props", 2, "");
            publisher.publish5("props", "x", 1, 1, all).expect(4);
            WireClient.Packet got = subscriber.expect(3);
            assertThat(got.text5()).isEqualTo("x");
            assertThat(got.properties5()).startsWith("02000000f").endsWith(all.replace("02000000ff", ""));
        }
    }

    @Test
    void messagesExpire() throws Exception {
        try (WireClient subscriber = new WireClient(server.port()); WireClient publisher = open("ex-pub", "")) {
            subscriber.connect5("ex", true, "1100000e10");
            subscriber.subscribe5("expire", 1, "");
            subscriber.disconnect();
            publisher.publish5("expire", "short", 1, 1, "0200000001").expect(4);
            publisher.publish5("expire", "long", 1, 2, "0200000e10").expect(4);
            long begun = System.nanoTime();
            await().until(() -> System.nanoTime() - begun > 1_100_000_000L);
            try (WireClient again = new WireClient(server.port())) {
                again.connect5("ex", false, "");
                WireClient.Packet got = again.expect(3);
                assertThat(got.text5()).isEqualTo("long");
                assertThat(got.properties5()).startsWith("0200000e0");
                again.expectNothing();
            }
        }
    }

    @Test
    void aliasesOfTheClient() throws Exception {
        try (WireClient subscriber = open("al-sub", ""); WireClient publisher = open("al-pub", "")) {
            subscriber.subscribe5("alias/#", 0, "");
            publisher.publish5("alias/a", "1", 0, 0, "230001").publish5("", "2", 0, 0, "230001");
            publisher.publish5("alias/b", "3", 0, 0, "230001").publish5("", "4", 0, 0, "230001");
            String[] topics = {"alias/a", "alias/a", "alias/b", "alias/b"};
            for (int i = 0; i < 4; i++) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.topic()).isEqualTo(topics[i]);
                assertThat(got.text5()).isEqualTo(String.valueOf(i + 1));
                assertThat(got.properties5()).isEmpty();
            }
        }
    }

    @Test
    void wrongAliasesEndTheConnection() throws Exception {
        for (String alias : List.of("230000", "230003", "230001")) {
            try (WireClient client = tight("bad-alias")) {
                client.publish5(alias.equals("230001") ? "" : "t", "x", 0, 0, alias);
                assertThat(client.expect(14).u8(0)).isEqualTo(0x94);
                client.expectClosed();
            }
        }
    }

    @Test
    void aliasesTowardsTheClient() throws Exception {
        try (WireClient subscriber = open("ao-sub", "220002"); WireClient publisher = open("ao-pub", "")) {
            subscriber.subscribe5("ao/#", 0, "");
            for (String topic : List.of("ao/1", "ao/2", "ao/3", "ao/1", "ao/2", "ao/3")) {
                publisher.publish5(topic, topic, 0, 0, "");
            }
            String[] expected = {"ao/1 230001", "ao/2 230002", "ao/3 ", " 230001", " 230002", "ao/3 "};
            for (String each : expected) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.topic() + " " + got.properties5()).isEqualTo(each);
            }
        }
    }

    @Test
    void theClientsReceiveMaximumHolds() throws Exception {
        try (WireClient subscriber = open("rm-sub", "210002"); WireClient publisher = open("rm-pub", "")) {
            subscriber.subscribe5("rm/1", 1, "");
            subscriber.subscribe5("rm/2", 2, "");
            subscriber.subscribe5("rm/0", 0, "");
            for (int i = 1; i <= 6; i++) {
                publisher.publish5("rm/1", "a" + i, 1, i, "").expect(4);
            }
            WireClient.Packet first = subscriber.expect(3);
            WireClient.Packet second = subscriber.expect(3);
            assertThat(List.of(first.text5(), second.text5())).containsExactly("a1", "a2");
            subscriber.expectNothing();
            publisher.publish5("rm/0", "free", 0, 0, "");
            assertThat(subscriber.expect(3).text5()).isEqualTo("free");
            publisher.publish5("rm/2", "b1", 2, 9, "").expect(5);
            subscriber.expectNothing();
            subscriber.ack(4, first.publishId());
            Set<String> rest = new TreeSet<>();
            WireClient.Packet got = subscriber.expect(3);
            subscriber.expectNothing();
            subscriber.ack(4, second.publishId());
            while (rest.size() < 5) {
                if (got.type() == 6) {
                    subscriber.ack(7, got.u16(0));
                } else {
                    rest.add(got.text5());
                    subscriber.ack(got.qos() == 1 ? 4 : 5, got.publishId());
                }
                got = rest.size() < 5 ? subscriber.read() : got;
            }
            assertThat(rest).containsExactly("a3", "a4", "a5", "a6", "b1");
        }
    }

    @Test
    void theServersReceiveMaximumHolds() throws Exception {
        try (WireClient client = tight("own-rm")) {
            for (int i = 1; i <= 3; i++) {
                client.publish5("own/rm", "x", 2, i, "").expect(5);
            }
            client.publish5("own/rm", "x", 2, 4, "");
            assertThat(client.expect(14).u8(0)).isEqualTo(0x93);
            client.expectClosed();
        }
    }

    @Test
    void packetsTooLargeForTheServer() throws Exception {
        try (WireClient client = tight("size")) {
            client.publish5("size", "x".repeat(900), 1, 1, "").expect(4);
            client.publish5("size", "x".repeat(1000), 1, 2, "");
            assertThat(client.expect(14).u8(0)).isEqualTo(0x95);
            client.expectClosed();
        }
    }

    @Test
    void packetsTooLargeForTheClientAreLeftOut() throws Exception {
        try (WireClient subscriber = open("mp-sub", "2700000040"); WireClient publisher = open("mp-pub", "")) {
            subscriber.subscribe5("mp", 1, "");
            publisher.publish5("mp", "x".repeat(100), 1, 1, "").expect(4);
            publisher.publish5("mp", "fits", 1, 2, "").expect(4);
            assertThat(subscriber.expect(3).text5()).isEqualTo("fits");
            subscriber.expectNothing();
        }
    }

    @Test
    void noLocal() throws Exception {
        try (WireClient client = open("nl", ""); WireClient other = open("nl2", "")) {
            client.subscribe5("nl/t", 0x04 | 1, "");
            client.publish5("nl/t", "own", 1, 1, "").expect(4);
            other.publish5("nl/t", "other", 1, 1, "").expect(4);
            WireClient.Packet got = client.expect(3);
            assertThat(got.text5()).isEqualTo("other");
            client.ack(4, got.publishId());
            client.expectNothing();
            await().untilAsserted(() -> assertThat(server.broker().findQueue("nl.nl.t").orElseThrow().counters().messages()).isZero());
        }
    }

    @Test
    void subscriptionIdentifiers() throws Exception {
        try (WireClient client = open("si", "")) {
            client.subscribe5("si/a", 0, "0b0b");
            client.subscribe5("si/+", 0, "0bc801");
            client.subscribe5("si/x", 0, "0b05");
            client.publish5("si/a", "m", 0, 0, "");
            assertThat(Set.of(client.expect(3).properties5(), client.expect(3).properties5())).containsExactlyInAnyOrder("0b0b", "0bc801");
            client.publish5("si/b", "m", 0, 0, "");
            assertThat(client.expect(3).properties5()).isEqualTo("0bc801");
            client.expectNothing();
        }
    }

    @Test
    void overlappingSubscriptionsDeliverEachWithItsIdentifierAndTheHighestQos() throws Exception {
        try (WireClient client = open("over", "1100000e10"); WireClient publisher = open("over-pub", "")) {
            client.subscribe5("over/a", 1, "0b01");
            client.subscribe5("over/+", 2, "0b02");
            client.subscribe5("over/#", 0, "0b8003");
            client.subscribe5("$share/og/over/a", 1, "0b04");
            client.subscribe5("over/+", 2, "0b05");
            publisher.publish5("over/a", "m", 2, 9, "").expect(5);
            Set<String> copies = new TreeSet<>();
            for (int i = 0; i < 4; i++) {
                WireClient.Packet got = client.expect(3);
                copies.add(got.qos() + " " + got.properties5());
            }
            assertThat(copies).containsExactly("0 0b8003", "1 0b01", "1 0b04", "2 0b05");
            client.expectNothing();
        }
    }

    @Test
    void sharedSubscriptionsDivideTheWork() throws Exception {
        try (WireClient one = open("sh1", "210001"); WireClient two = open("sh2", "210001"); WireClient publisher = open("sh-pub", "")) {
            one.subscribe5("$share/grp/sh/+", 1, "");
            two.subscribe5("$share/grp/sh/+", 1, "");
            assertThat(server.broker().findQueue("grp.sh.*")).isPresent();
            publisher.publish5("sh/a", "1", 1, 1, "").expect(4);
            publisher.publish5("sh/b", "2", 1, 2, "").expect(4);
            assertThat(Set.of(one.expect(3).text5(), two.expect(3).text5())).containsExactlyInAnyOrder("1", "2");
            one.close();
            WireClient.Packet mine = null;
            two.ack(4, 1);
            mine = two.expect(3);
            assertThat(mine.text5()).isIn("1", "2");
            two.ack(4, mine.publishId());
            two.raw(WireClient.packet(0xA2, WireClient.body((short) 8, 0, "$share/grp/sh/+")));
            assertThat(two.expect(11).hex()).isEqualTo("00080000");
        }
        await().until(() -> server.broker().findQueue("grp.sh.*").isEmpty());
    }

    @Test
    void unsubackTellsWhatWasThere() throws Exception {
        try (WireClient client = open("ua", "")) {
            client.subscribe5("ua/a", 1, "");
            client.raw(WireClient.packet(0xA2, WireClient.body((short) 8, 0, "ua/a", "ua/b")));
            assertThat(client.expect(11).hex()).isEqualTo("0008000011");
        }
    }

    @Test
    void badFiltersAreRefusedOneByOne() throws Exception {
        try (WireClient client = open("bf", "")) {
            client.raw(WireClient.packet(0x82, WireClient.body((short) 8, 0, "a#b", 1, "ok/+", 2, "$share//x", 0, "x+/y", 0)));
            assertThat(client.expect(9).hex()).startsWith("0008").endsWith("8f028f8f");
        }
    }

    @Test
    void authenticationMethodsAreRefused() throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            byte[] method = WireClient.body(0x15, "SCRAM");
            client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) 60, method.length, method, "am")));
            assertThat(client.expect(2).hex()).startsWith("008c");
            client.expectClosed();
        }
    }

    @Test
    void unknownPacketIdsAreNamed() throws Exception {
        try (WireClient client = open("pid", "")) {
            assertThat(client.ack(5, 77).expect(6).hex()).isEqualTo("004d92");
            assertThat(client.ack(6, 78).expect(7).hex()).isEqualTo("004e92");
            client.ack(4, 79).ack(7, 80).expectNothing();
        }
    }

    @Test
    void aRefusalByTheReceiverEndsTheExchange() throws Exception {
        try (WireClient subscriber = open("rr-sub", "210001"); WireClient publisher = open("rr-pub", "")) {
            subscriber.subscribe5("rr", 2, "");
            publisher.publish5("rr", "bad", 2, 1, "").expect(5);
            publisher.publish5("rr", "good", 2, 2, "").expect(5);
            WireClient.Packet bad = subscriber.expect(3);
            subscriber.raw(WireClient.packet(0x50, WireClient.body((short) bad.publishId(), 0x83)));
            assertThat(subscriber.expect(3).text5()).isEqualTo("good");
        }
    }
}
