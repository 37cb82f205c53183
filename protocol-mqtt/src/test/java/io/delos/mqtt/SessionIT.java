package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.broker.Client;
import io.delos.broker.Reply;
import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outlives a connection, a restart and a crash; and who holds a client id. */
class SessionIT {

    @TempDir
    private Path directory;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(directory.resolve("a"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WireClient open(String clientId, boolean clean, boolean present) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect4(clientId, clean).hex()).isEqualTo(present ? "0100" : "0000");
        return client;
    }

    /** What a crash would leave: the files as they are at this moment. */
    private void crash() throws Exception {
        Path copy = Remains.of(directory.resolve("a"));
        server.close();
        server = TestServer.start(copy);
    }

    private boolean queueExists(String name) {
        return server.broker().findQueue(name).isPresent();
    }

    @Test
    void offlineMessagesWaitAndTheSessionIsPresent() throws Exception {
        try (WireClient first = open("p1", false, false)) {
            first.subscribe4("off/#", 1);
            first.disconnect();
        }
        try (WireClient publisher = open("pub", true, false)) {
            for (int i = 1; i <= 20; i++) {
                publisher.publish4("off/x", "m" + i, 1, i, 0).expect(4);
            }
        }
        try (WireClient second = open("p1", false, true)) {
            for (int i = 1; i <= 20; i++) {
                WireClient.Packet got = second.expect(3);
                assertThat(got.text()).isEqualTo("m" + i);
                assertThat(got.dup()).isFalse();
                second.ack(4, got.publishId());
            }
            second.expectNothing();
            second.disconnect();
        }
        assertThat(queueExists("p1.off.#")).isTrue();
        try (WireClient third = open("p1", true, false)) {
            third.expectNothing();
        }
        await().until(() -> !queueExists("p1.off.#"));
        try (WireClient fourth = open("p1", false, false)) {
            fourth.expectNothing();
        }
    }

    @Test
    void aCleanSessionLeavesNothing() throws Exception {
        try (WireClient client = open("c1", true, false)) {
            client.subscribe4("gone", 1);
            assertThat(queueExists("c1.gone")).isTrue();
        }
        await().until(() -> !queueExists("c1.gone"));
        assertThat(server.broker().recallAll("mqtt.")).isEmpty();
    }

    @Test
    void unacknowledgedMessagesComeAgainFirstWithTheirIds() throws Exception {
        try (WireClient first = open("p2", false, false); WireClient publisher = open("pub", true, false)) {
            first.subscribe4("again", 2);
            publisher.publish4("again", "one", 1, 1, 0).expect(4);
            publisher.publish4("again", "two", 2, 2, 0).expect(5);
            publisher.ack(6, 2).expect(7);
            publisher.publish4("again", "three", 2, 3, 0).expect(5);
            publisher.ack(6, 3).expect(7);
            int one = first.expect(3).publishId();
            int two = first.expect(3).publishId();
            int three = first.expect(3).publishId();
            first.ack(5, three).expect(6);
            first.close();
            await().until(() -> server.broker().findQueue("p2.again").orElseThrow().counters().consumers() == 0);
            publisher.publish4("again", "four", 1, 4, 0).expect(4);
            try (WireClient second = open("p2", false, true)) {
                assertThat(second.expect(6).u16(0)).isEqualTo(three);
                second.ack(7, three);
                WireClient.Packet again = second.expect(3);
                assertThat(again.text()).isEqualTo("one");
                assertThat(again.dup()).isTrue();
                assertThat(again.publishId()).isEqualTo(one);
                again = second.expect(3);
                assertThat(again.text()).isEqualTo("two");
                assertThat(again.dup()).isTrue();
                assertThat(again.publishId()).isEqualTo(two);
                WireClient.Packet fresh = second.expect(3);
                assertThat(fresh.text()).isEqualTo("four");
                assertThat(fresh.dup()).isFalse();
                assertThat(List.of(one, two)).doesNotContain(fresh.publishId());
                second.ack(4, one).ack(5, two).expect(6);
                second.ack(7, two).ack(4, fresh.publishId());
                second.expectNothing();
            }
            try (WireClient third = open("p2", false, true)) {
                third.expectNothing();
            }
        }
    }

    @Test
    void sessionsSurviveACrash() throws Exception {
        int held;
        int released;
        try (WireClient subscriber = open("p3", false, false); WireClient publisher = open("pp", false, false)) {
            subscriber.subscribe4("crash", 2);
            publisher.publish4("crash", "a", 2, 11, 0).expect(5);
            publisher.publish4("crash", "b", 2, 12, 0).expect(5);
            publisher.ack(6, 12).expect(7);
            held = subscriber.expect(3).publishId();
            released = subscriber.expect(3).publishId();
            subscriber.ack(5, released).expect(6);
            publisher.publish4("crash", "c", 1, 13, 0).expect(4);
            assertThat(subscriber.expect(3).text()).isEqualTo("c");
            crash();
        }
        try (WireClient subscriber = open("p3", false, true); WireClient publisher = open("pp", false, true)) {
            assertThat(subscriber.expect(6).u16(0)).isEqualTo(released);
            WireClient.Packet again = subscriber.expect(3);
            assertThat(again.text()).isEqualTo("a");
            assertThat(again.publishId()).isEqualTo(held);
            assertThat(again.dup()).isTrue();
            WireClient.Packet unsure = subscriber.expect(3);
            assertThat(unsure.text()).isEqualTo("c");
            assertThat(unsure.dup()).isTrue();
            assertThat(unsure.publishId()).isNotIn(held, released);
            publisher.publish4("crash", "a", 2, 11, 8).expect(5);
            publisher.ack(6, 11).expect(7);
            publisher.publish4("crash", "d", 2, 11, 0).expect(5);
            WireClient.Packet fresh = subscriber.expect(3);
            assertThat(fresh.text()).isEqualTo("d");
            assertThat(fresh.dup()).isFalse();
            subscriber.expectNothing();
        }
    }

    @Test
    void queuesOfSessionsThatShouldHaveEndedGoAtStart() throws Exception {
        try (WireClient subscriber = new WireClient(server.port())) {
            subscriber.connect5("v5gone", true, "");
            subscriber.subscribe5("gone/v5", 1, "");
            assertThat(queueExists("v5gone.gone.v5")).isTrue();
            crash();
        }
        await().until(() -> !queueExists("v5gone.gone.v5"));
        await().until(() -> server.broker().recallAll("mqtt.session/").isEmpty());
    }

    @Test
    void theNewerConnectionTakesTheId() throws Exception {
        try (WireClient old = open("same", true, false); WireClient old5 = new WireClient(server.port())) {
            old.subscribe4("steal", 1);
            try (WireClient newer = open("same", true, false)) {
                old.expectClosed();
                newer.subscribe4("steal", 1);
                newer.publish4("steal", "x", 1, 1, 0);
                assertThat(List.of(newer.read().type(), newer.read().type())).containsExactlyInAnyOrder(3, 4);
            }
            old5.connect5("same5", true, "");
            try (WireClient newer = new WireClient(server.port())) {
                newer.connect5("same5", true, "");
                assertThat(old5.expect(14).u8(0)).isEqualTo(0x8E);
                old5.expectClosed();
                newer.expectNothing();
            }
        }
    }

    @Test
    void takingOverAPersistentSessionKeepsWhatIsUnderWay() throws Exception {
        try (WireClient old = open("po", false, false); WireClient publisher = open("pub", true, false)) {
            old.subscribe4("over", 1);
            publisher.publish4("over", "x", 1, 1, 0).expect(4);
            int id = old.expect(3).publishId();
            try (WireClient newer = open("po", false, true)) {
                WireClient.Packet again = newer.expect(3);
                assertThat(again.publishId()).isEqualTo(id);
                assertThat(again.dup()).isTrue();
                newer.ack(4, id);
                newer.expectNothing();
            }
        }
    }

    @Test
    void manyTakeoversInARowLeaveOneHolder() throws Exception {
        try (WireClient publisher = open("pub", true, false)) {
            WireClient last = open("fight", false, false);
            last.subscribe4("fight/t", 1);
            for (int i = 1; i <= 30; i++) {
                WireClient next = open("fight", false, true);
                last.expectClosed();
                last = next;
            }
            publisher.publish4("fight/t", "end", 1, 1, 0).expect(4);
            assertThat(last.expect(3).text()).isEqualTo("end");
            last.close();
        }
    }

    @Test
    void anIdMayBeProtected() throws Exception {
        server.close();
        server = TestServer.start(directory.resolve("b"), config -> config.withAcceptors(
                List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?allowLinkStealing=false"))));
        try (WireClient holder = open("mine", true, false); WireClient thief = new WireClient(server.port());
             WireClient thief5 = new WireClient(server.port())) {
            assertThat(thief.connect4("mine", true).hex()).isEqualTo("0002");
            thief.expectClosed();
            assertThat(thief5.connect5("mine", true, "").hex()).startsWith("0085");
            thief5.expectClosed();
            holder.expectNothing();
        }
    }

    @Test
    void emptyClientIds() throws Exception {
        try (WireClient clean = open("", true, false); WireClient another = open("", true, false);
             WireClient lasting = new WireClient(server.port()); WireClient five = new WireClient(server.port());
             WireClient lasting5 = new WireClient(server.port())) {
            clean.expectNothing();
            another.expectNothing();
            assertThat(lasting.connect4("", false).hex()).isEqualTo("0002");
            lasting.expectClosed();
            String connack = five.connect5("", true, "").hex();
            assertThat(connack).startsWith("0000").contains("120024");
            assertThat(lasting5.connect5("", false, "").hex()).startsWith("0085");
            lasting5.expectClosed();
        }
    }

    @Test
    void expiryRemovesASessionAndAReturnSavesIt() throws Exception {
        try (WireClient brief = new WireClient(server.port()); WireClient lasting = new WireClient(server.port())) {
            brief.connect5("brief", true, "1100000001");
            brief.subscribe5("expiry/brief", 1, "");
            lasting.connect5("lasting", true, "11ffffffff");
            lasting.subscribe5("expiry/lasting", 1, "");
        }
        await().until(() -> !queueExists("brief.expiry.brief"));
        await().until(() -> server.broker().recall("mqtt.session/brief").isEmpty());
        assertThat(queueExists("lasting.expiry.lasting")).isTrue();
        try (WireClient again = new WireClient(server.port())) {
            assertThat(again.connect5("lasting", false, "").hex()).startsWith("0100");
            again.raw(WireClient.packet(0xE0, WireClient.body(0)));
            again.expectClosed();
        }
        await().until(() -> !queueExists("lasting.expiry.lasting"));
        await().until(() -> server.broker().recallAll("mqtt.").isEmpty());
    }

    @Test
    void packetIdsSurviveACrash() throws Exception {
        Map<String, Set<Integer>> ids = new TreeMap<>();
        try (WireClient subscriber = open("pid", false, false); WireClient publisher = open("pub", true, false)) {
            subscriber.subscribe4("pid/a", 1);
            subscriber.subscribe4("pid/+", 1);
            for (int i = 1; i <= 50; i++) {
                publisher.publish4("pid/" + (i % 2 == 0 ? "a" : "b"), "m" + i, 1, i, 0).expect(4);
            }
            for (int i = 1; i <= 75; i++) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(ids.values()).noneMatch(used -> used.contains(got.publishId()));
                ids.computeIfAbsent(got.text(), first -> new TreeSet<>()).add(got.publishId());
            }
            crash();
        }
        try (WireClient subscriber = open("pid", false, true)) {
            Map<String, Set<Integer>> again = new TreeMap<>();
            for (int i = 1; i <= 75; i++) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.dup()).isTrue();
                again.computeIfAbsent(got.text(), first -> new TreeSet<>()).add(got.publishId());
                subscriber.ack(4, got.publishId());
            }
            assertThat(again).isEqualTo(ids);
            subscriber.expectNothing();
        }
    }

    @Test
    void eachSubscriptionIsRememberedByItself() throws Exception {
        try (WireClient client = open("parts", false, false)) {
            int alone = server.broker().recall("mqtt.session/parts").orElseThrow().length;
            for (int i = 0; i < 20; i++) {
                client.subscribe4("parts/" + i, 1);
            }
            client.raw(WireClient.packet(0xA2, WireClient.body((short) 2, "parts/0", "parts/none"))).expect(11);
            assertThat(server.broker().recall("mqtt.session/parts").orElseThrow()).hasSize(alone);
            assertThat(server.broker().recallAll("mqtt.sub/")).hasSize(19).doesNotContainKey("mqtt.sub/parts\u0000parts/0");
            crash();
        }
        try (WireClient client = open("parts", false, true)) {
            client.publish4("parts/0", "no", 0, 0, 0).publish4("parts/19", "yes", 0, 0, 0);
            assertThat(client.expect(3).text()).isEqualTo("yes");
            client.disconnect();
        }
        try (WireClient client = open("parts", true, false)) {
            client.expectNothing();
        }
        await().until(() -> server.broker().recallAll("mqtt.").isEmpty());
    }

    @Test
    void recordsThatHadTheirSubscriptionsInsideGoOn() throws Exception {
        String record = "01" + "00" + "0000000000000007" + "ffffffff" + "00000001" + "00000007" + "66697273742f61" + "0100000000000000" + "00000000";
        server.broker().remember("mqtt.session/first", WireClient.hex(record), new TestLoop(), io.delos.broker.Reply.ignored());
        await().until(() -> server.broker().recall("mqtt.session/first").isPresent());
        for (int round = 0; round < 2; round++) {
            try (WireClient client = open("first", false, true)) {
                client.publish4("first/a", "x", 0, 0, 0);
                assertThat(client.expect(3).text()).isEqualTo("x");
                client.disconnect();
            }
            await().until(() -> server.broker().recall("mqtt.session/first").orElseThrow()[0] == 3);
            assertThat(server.broker().recallAll("mqtt.sub/first")).hasSize(1);
        }
    }

    @Test
    void aSessionThatIsBusyWhenItsTimeHasComeExpiresLater() throws Exception {
        Client operator = server.broker().openOwnClient(new TestLoop());
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("busy", true, "1100000001");
            client.subscribe5("expiry/busy", 1, "");
            CompletableFuture<Boolean> held = new CompletableFuture<>();
            operator.claim("busy", true, () -> { }, Reply.of(held::complete, held::completeExceptionally));
            assertThat(client.expect(14).hex()).startsWith("8e");
            assertThat(held.get(60, TimeUnit.SECONDS)).isTrue();
        }
        long begun = System.nanoTime();
        await().until(() -> System.nanoTime() - begun > 1_300_000_000L);
        assertThat(server.broker().recall("mqtt.session/busy")).isPresent();
        operator.close();
        await().until(() -> server.broker().recall("mqtt.session/busy").isEmpty() && !queueExists("busy.expiry.busy"));
    }

    @Test
    void disconnectMayChangeTheExpiry() throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("later", true, "1100000001");
            client.subscribe5("expiry/later", 1, "");
            client.raw(WireClient.packet(0xE0, WireClient.body(0, 5, WireClient.hex("1100000e10"))));
            client.expectClosed();
        }
        try (WireClient client = new WireClient(server.port())) {
            assertThat(client.connect5("later", false, "").hex()).startsWith("0100");
        }
    }

    @Test
    void aSilentClientIsDroppedAndOneThatPingsIsNot() throws Exception {
        try (WireClient silent = new WireClient(server.port())) {
            silent.raw(WireClient.packet(0x10, WireClient.body("MQTT", 4, 2, (short) 1, "silent")));
            silent.expect(2);
            silent.expectClosed();
        }
    }

    @Test
    void aDamagedRecordBeginsAnew() throws IOException, Exception {
        server.broker().remember("mqtt.session/dam", new byte[] {9, 9}, new TestLoop(), io.delos.broker.Reply.ignored());
        await().until(() -> server.broker().recall("mqtt.session/dam").isPresent());
        try (WireClient client = open("dam", false, false)) {
            client.expectNothing();
        }
    }
}
