package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.broker.Client;
import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From CONNECT to the end of a connection (MQTT 5 and 3.1.1, 3.1, 3.2, 3.14, 4.1), packet by packet. */
class ConnectIT {

    private static final String HOUR = "1100000e10";

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory.resolve("a"), config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?serverKeepAlive=-1"),
                AcceptorConfig.of("strict", "tcp://127.0.0.1:0?validatePayloadFormat=true;responseInformation=answers/"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WireClient client() throws IOException {
        return new WireClient(server.port());
    }

    private static WireClient open(String clientId, String properties) throws IOException {
        WireClient client = client();
        assertThat(client.connect5(clientId, true, properties).hex()).startsWith("0000");
        return client;
    }

    private static WireClient strict(String properties) throws IOException {
        WireClient client = new WireClient(server.server().port("strict"));
        client.connect5("strict", true, properties);
        return client;
    }

    // what the client asks of CONNACK and of reasons

    @Test
    void reasonsAreLeftOutForWhoDoesNotWantThem() throws Exception {
        try (WireClient indifferent = strict("1700")) {
            assertThat(indifferent.publish5("f", "\u00e9", 1, 1, "0101").expect(4).hex()).isEqualTo("0001");
            assertThat(indifferent.raw("32 09 0001 66 0002 02 0101 c3").expect(4).hex()).isEqualTo("000299");
            assertThat(indifferent.raw("82 09 0003 00 0003 612362 00").expect(9).hex()).isEqualTo("0003008f");
        }
        try (WireClient curious = strict("")) {
            assertThat(curious.raw("32 09 0001 66 0002 02 0101 c3").expect(4).hex()).startsWith("000299").contains("1f00");
            assertThat(curious.raw("82 09 0003 00 0003 612362 00").expect(9).hex()).startsWith("0003").contains("1f00").endsWith("8f");
        }
    }

    @Test
    void reasonsAreLeftOutWhereTheyWouldMakeAPacketTooLarge() throws Exception {
        try (WireClient client = strict("2700000014")) {
            assertThat(client.raw("32 09 0001 66 0002 02 0101 c3").expect(4).hex()).startsWith("000299").doesNotContain("1f00");
            assertThat(client.raw("82 09 0003 00 0003 612362 00").expect(9).hex()).isEqualTo("0003008f");
            assertThat(client.raw("c100").expect(14).hex()).isEqualTo("8100");
            client.expectClosed();
        }
        try (WireClient client = client()) {
            assertThat(client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) 60, 11,
                    WireClient.hex("2700000008" + "15" + "00036e6f6e"), "tiny"))).expect(2).hex()).isEqualTo("008c00");
        }
    }

    @Test
    void noPacketIsLargerThanTheClientTakes() throws Exception {
        try (WireClient client = client()) {
            client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) 60, 5, WireClient.hex("2700000005"), "small"))).expectClosed();
        }
        try (WireClient client = open("small", "270000000f")) {
            client.raw(WireClient.packet(0x82, WireClient.body((short) 1, 0, "a", 0, "b", 0, "c", 0, "d", 0, "e", 0, "f", 0, "g", 0, "h", 0,
                    "i", 0, "j", 0, "k", 0, "l", 0)));
            assertThat(client.expect(14).hex()).isEqualTo("9500");
            client.expectClosed();
        }
    }

    @Test
    void whereToHaveAnswersSentToIsToldWhoAsks() throws Exception {
        try (WireClient asks = new WireClient(server.server().port("strict")); WireClient silent = new WireClient(server.server().port("strict"));
             WireClient declines = new WireClient(server.server().port("strict"))) {
            assertThat(asks.connect5("me", true, "1901").hex()).endsWith("1a000a" + "616e73776572732f6d65");
            assertThat(silent.connect5("you", true, "").hex()).doesNotContain("616e7377");
            assertThat(declines.connect5("she", true, "1900").hex()).doesNotContain("616e7377");
        }
    }

    @Test
    void assignedIdsAreNew() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            try (WireClient client = client()) {
                ids.add(client.connect5("", true, "").hex());
            }
        }
        assertThat(ids).hasSize(3).allMatch(connack -> connack.contains("120024"));
    }

    @Test
    void allClientIdsThatServersMustTakeAndLongOnes() throws Exception {
        for (String id : List.of("a", "0123456789abcdefghijklm", "nopqrstuvwxyzABCDEFGHIJ", "KLMNOPQRSTUVWXYZ", "\u00e9\uD83D\uDE00 .*#", "x".repeat(2000))) {
            try (WireClient four = client(); WireClient five = client()) {
                assertThat(four.connect4(id, true).hex()).isEqualTo("0000");
                assertThat(five.connect5(id, true, "").hex()).startsWith("0000");
                four.expectClosed();
            }
        }
    }

    @Test
    void aPasswordNeedsNoUserNameInFive() throws Exception {
        try (WireClient client = client()) {
            client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 0x42, (short) 60, 0, "token", "t")));
            assertThat(client.expect(2).hex()).startsWith("0000");
        }
    }

    // keep alive

    @Test
    void silenceEndsAConnectionAndFiveHearsWhy() throws Exception {
        try (WireClient five = client(); WireClient four = client()) {
            five.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) 1, 0, "silent5")));
            assertThat(five.expect(2).hex()).doesNotContain("1300");
            four.raw(WireClient.packet(0x10, WireClient.body("MQTT", 4, 2, (short) 1, "silent4"))).expect(2);
            assertThat(five.expect(14).hex()).startsWith("8d");
            five.expectClosed();
            four.expectClosed();
        }
    }

    // sessions

    @Test
    void aSessionGoesFromOneVersionToTheOther() throws Exception {
        try (WireClient four = client(); WireClient publisher = open("across-pub", "")) {
            assertThat(four.connect4("across", false).hex()).isEqualTo("0000");
            four.subscribe4("across/t", 1);
            try (WireClient five = client()) {
                assertThat(five.connect5("across", false, HOUR).hex()).startsWith("0100");
                four.expectClosed();
                publisher.publish5("across/t", "to five", 1, 1, "").expect(4);
                WireClient.Packet got = five.expect(3);
                assertThat(got.text5()).isEqualTo("to five");
                try (WireClient back = client()) {
                    assertThat(back.connect4("across", false).hex()).isEqualTo("0100");
                    assertThat(five.expect(14).hex()).startsWith("8e");
                    five.expectClosed();
                    WireClient.Packet again = back.expect(3);
                    assertThat(again.text()).isEqualTo("to five");
                    assertThat(again.dup()).isTrue();
                    assertThat(again.publishId()).isEqualTo(got.publishId());
                }
            }
        }
    }

    @Test
    void threePointOneKnowsNoSessionPresent() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (WireClient three = client()) {
                three.raw(WireClient.packet(0x10, WireClient.body("MQIsdp", 3, 0, (short) 60, "old")));
                assertThat(three.expect(2).hex()).isEqualTo("0000");
                three.subscribe4("old/t", 1);
                three.disconnect();
            }
        }
    }

    @Test
    void aCleanStartDiscardsTheSessionAndKeepsRetainedMessages() throws Exception {
        try (WireClient first = open("clean", HOUR)) {
            first.subscribe5("clean/t", 1, "");
            first.raw(WireClient.packet(0x33, WireClient.body("clean/kept", (short) 1, 0, "kept".getBytes()))).expect(4);
            first.disconnect();
        }
        try (WireClient second = client(); WireClient publisher = open("clean-pub", "")) {
            assertThat(second.connect5("clean", true, HOUR).hex()).startsWith("0000");
            publisher.publish5("clean/t", "x", 1, 1, "").expect(4);
            second.expectNothing();
            second.subscribe5("clean/kept", 0, "");
            assertThat(second.expect(3).text5()).isEqualTo("kept");
        }
    }

    // wills

    @Test
    void takingOverPublishesAWillUnlessItWaits() throws Exception {
        try (WireClient watcher = open("tw", "")) {
            watcher.subscribe5("tw/#", 0, "");
            try (WireClient at = client(); WireClient next = client()) {
                at.connectWithWill5("tw1", true, HOUR, "tw/at-once", "");
                next.connect5("tw1", false, HOUR);
                assertThat(at.expect(14).hex()).startsWith("8e");
                assertThat(watcher.expect(3).topic()).isEqualTo("tw/at-once");
            }
            try (WireClient later = client(); WireClient next = client()) {
                later.connectWithWill5("tw2", true, HOUR, "tw/later", "1800000e10");
                next.connect5("tw2", false, HOUR);
                later.expect(14);
                watcher.expectNothing();
                await().until(() -> server.broker().recall("mqtt.will/tw2").isEmpty());
            }
            try (WireClient later = client(); WireClient anew = client()) {
                later.connectWithWill5("tw3", true, HOUR, "tw/over", "1800000e10");
                anew.connect5("tw3", true, HOUR);
                later.expect(14);
                assertThat(watcher.expect(3).topic()).isEqualTo("tw/over");
            }
            await().until(() -> server.broker().recallAll("mqtt.will/tw").isEmpty());
        }
    }

    @Test
    void whoLeavesInAHurryHasLeft() throws Exception {
        try (WireClient watcher = open("hurry-watch", "")) {
            watcher.subscribe5("hurry/+", 0, "");
            for (int round = 0; round < 5; round++) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(WireClient.packet(0x10, WireClient.body("MQTT", 5, 6, (short) 60, 5, WireClient.hex("1100000001"), "hurry" + round, 0,
                        "hurry/" + round, "dead")));
                for (int i = 0; i < 20; i++) {
                    all.writeBytes(WireClient.packet(0x82, WireClient.body((short) (i + 1), 0, "other/" + i + "/" + round, 1)));
                }
                client().raw(all.toByteArray()).close();
                assertThat(watcher.expect(3).topic()).isEqualTo("hurry/" + round);
            }
        }
        await().until(() -> server.broker().recallAll("mqtt.session/hurry").keySet().stream().allMatch(key -> key.endsWith("watch")));
    }

    @Test
    void aWillIsForgottenAfterAFarewell() throws Exception {
        try (WireClient client = client()) {
            client.connectWithWill5("fw", true, "", "fw/t", "");
            await().until(() -> server.broker().recall("mqtt.will/fw").isPresent());
            client.disconnect();
        }
        await().until(() -> server.broker().recall("mqtt.will/fw").isEmpty());
    }

    @Test
    void willsOutliveTheBroker() throws Exception {
        Path first = directory.resolve("crash1");
        Path second = directory.resolve("crash2");
        try (TestServer before = TestServer.start(first); WireClient watcher = new WireClient(before.port());
             WireClient client = new WireClient(before.port()); WireClient patient = new WireClient(before.port())) {
            watcher.connect5("watch", true, "11ffffffff");
            watcher.subscribe5("crash/#", 1, "");
            client.connectWithWill5("lost", true, "", "crash/now", "2600016b000176");
            patient.connectWithWill5("patient", true, "1100000e10", "crash/later", "1800000001");
            await().until(() -> before.broker().recallAll("mqtt.will/").size() == 2);
            copy(first, second);
        }
        try (TestServer after = TestServer.start(second); WireClient watcher = new WireClient(after.port())) {
            assertThat(watcher.connect5("watch", false, "11ffffffff").hex()).startsWith("0100");
            WireClient.Packet now = watcher.expect(3);
            assertThat(now.topic()).isEqualTo("crash/now");
            assertThat(now.properties5()).isEqualTo("2600016b000176");
            assertThat(watcher.expect(3).topic()).isEqualTo("crash/later");
            await().until(() -> after.broker().recallAll("mqtt.will/").isEmpty());
        }
    }

    /** What a crash would leave: the files as they are at this moment. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(each, target);
                }
            }
        }
    }

    @Test
    void aFalseWillIsRefusedWhereThatIsAskedFor() throws Exception {
        try (WireClient client = new WireClient(server.server().port("strict"))) {
            client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 0x06, (short) 60, 0, "fx", 2, WireClient.hex("0101"), "w",
                    WireClient.hex("0001c3"))));
            assertThat(client.expect(2).hex()).startsWith("0099");
            client.expectClosed();
        }
    }

    // the end

    @Test
    void aServerThatStopsSaysSo() throws Exception {
        try (TestServer own = TestServer.start(directory.resolve("stops")); WireClient five = new WireClient(own.port());
             WireClient four = new WireClient(own.port())) {
            five.connect5("stop5", true, "");
            four.connect4("stop4", true);
            own.close();
            assertThat(five.expect(14).hex()).startsWith("8b");
            five.expectClosed();
            four.expectClosed();
        }
    }

    @Test
    void anOperatorWhoEndsAConnectionSaysSo() throws Exception {
        try (WireClient five = open("operated", "")) {
            server.broker().clients().all().stream().filter(each -> each.clientId().equals("operated")).forEach(Client::disconnect);
            assertThat(five.expect(14).hex()).startsWith("98");
            five.expectClosed();
        }
    }

    @Test
    void disconnectMayEndASessionThatWouldLast() throws Exception {
        try (WireClient client = open("shorten", HOUR)) {
            client.subscribe5("shorten/t", 1, "");
            client.raw("e0 07 00 05 1100000000").expectClosed();
        }
        try (WireClient client = client()) {
            assertThat(client.connect5("shorten", false, "").hex()).startsWith("0000");
        }
    }
}
