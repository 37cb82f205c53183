package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retained messages and wills. */
class RetainedIT {

    private static final int RETAIN = 1;

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

    private static WireClient open(String clientId) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect4(clientId, true).hex()).isEqualTo("0000");
        return client;
    }

    private static WireClient open5(String clientId) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect5(clientId, true, "").hex()).startsWith("0000");
        return client;
    }

    /** A will at QoS 1; its properties only for 5. */
    private static WireClient withWill(int level, String clientId, String topic, String properties, String willProperties) throws Exception {
        WireClient client = new WireClient(server.port());
        byte[] props = WireClient.hex(properties);
        byte[] willProps = WireClient.hex(willProperties);
        byte[] head = level == 5 ? WireClient.body("MQTT", 5, 0x0E, (short) 60, props.length, props, clientId, willProps.length, willProps)
                : WireClient.body("MQTT", 4, 0x0E, (short) 60, clientId);
        client.raw(WireClient.packet(0x10, WireClient.body(head, topic, "dead")));
        client.expect(2);
        return client;
    }

    @Test
    void setReplaceAndClear() throws Exception {
        try (WireClient publisher = open("r-pub"); WireClient present = open("r-now")) {
            present.subscribe4("r/set", 1);
            publisher.publish4("r/set", "one", 1, 1, RETAIN).expect(4);
            WireClient.Packet live = present.expect(3);
            assertThat(live.retain()).isFalse();
            publisher.publish4("r/set", "two", 1, 2, RETAIN).expect(4);
            try (WireClient late = open("r-late")) {
                late.subscribe4("r/set", 1);
                WireClient.Packet got = late.expect(3);
                assertThat(got.text()).isEqualTo("two");
                assertThat(got.retain()).isTrue();
                assertThat(got.qos()).isEqualTo(1);
                assertThat(got.topic()).isEqualTo("r/set");
                late.expectNothing();
            }
            publisher.publish4("r/set", "", 1, 3, RETAIN).expect(4);
            try (WireClient later = open("r-later")) {
                later.subscribe4("r/set", 1);
                later.expectNothing();
            }
            assertThat(present.expect(3).text()).isEqualTo("two");
            assertThat(present.expect(3).text()).isEmpty();
        }
    }

    @Test
    void wildcardsFindThem() throws Exception {
        try (WireClient publisher = open("rw-pub"); WireClient subscriber = open("rw-sub")) {
            for (int i = 0; i < 1200; i++) {
                publisher.publish4("rw/" + i + "/t", "v" + i, 0, 0, RETAIN);
            }
            publisher.publish4("rw", "parent", 1, 1, RETAIN).expect(4);
            publisher.publish4("$rw/x", "hidden", 1, 1, RETAIN).expect(4);
            publisher.publish4("rwx/1/t", "other", 1, 1, RETAIN).expect(4);
            subscriber.subscribe4("rw/+/t", 1);
            Set<String> got = new TreeSet<>();
            for (int i = 0; i < 1200; i++) {
                got.add(subscriber.expect(3).text());
            }
            assertThat(got).hasSize(1200);
            subscriber.expectNothing();
            try (WireClient all = open("rw-all")) {
                all.subscribe4("rw/#", 0);
                got.clear();
                for (int i = 0; i < 1201; i++) {
                    got.add(all.expect(3).text());
                }
                assertThat(got).hasSize(1201).contains("parent");
                all.expectNothing();
            }
        }
    }

    @Test
    void subscribingAgainSendsThemAgain() throws Exception {
        try (WireClient client = open("ra")) {
            client.publish4("ra/t", "x", 1, 1, RETAIN).expect(4);
            client.subscribe4("ra/t", 0);
            assertThat(client.expect(3).text()).isEqualTo("x");
            client.subscribe4("ra/t", 1);
            WireClient.Packet again = client.expect(3);
            assertThat(again.retain()).isTrue();
            assertThat(again.qos()).isEqualTo(1);
        }
    }

    @Test
    void retainHandlingAndRetainAsPublished() throws Exception {
        try (WireClient client = open5("rh")) {
            client.publish5("rh/t", "x", 1, 1, "").expect(4);
            client.raw(WireClient.packet(0x33, WireClient.body("rh/t", (short) 2, 0, "kept".getBytes()))).expect(4);
            client.subscribe5("rh/t", 0x20 | 1, "");
            client.expectNothing();
            client.subscribe5("rh/+", 0x10 | 0x08 | 1, "");
            WireClient.Packet copy = client.expect(3);
            assertThat(copy.text5()).isEqualTo("kept");
            assertThat(copy.retain()).isTrue();
            client.ack(4, copy.publishId());
            client.subscribe5("rh/+", 0x10 | 0x08 | 1, "");
            client.expectNothing();
            client.raw(WireClient.packet(0x33, WireClient.body("rh/t", (short) 3, 0, "live".getBytes())));
            int kept = 0;
            int acknowledged = 0;
            for (int i = 0; i < 3; i++) {
                WireClient.Packet packet = client.read();
                acknowledged += packet.type() == 4 ? 1 : 0;
                kept += packet.type() == 3 && packet.retain() ? 1 : 0;
            }
            assertThat(acknowledged).isEqualTo(1);
            assertThat(kept).as("only rh/+ keeps the flag").isEqualTo(1);
        }
    }

    @Test
    void sharedSubscriptionsGetNone() throws Exception {
        try (WireClient client = open5("rs")) {
            client.raw(WireClient.packet(0x33, WireClient.body("rs/t", (short) 2, 0, "kept".getBytes()))).expect(4);
            client.subscribe5("$share/g/rs/t", 1, "");
            client.expectNothing();
        }
    }

    @Test
    void retainedMessagesExpireAndSurviveARestart() throws Exception {
        try (TestServer own = TestServer.start(directory.resolve("own"))) {
            try (WireClient client = new WireClient(own.port())) {
                client.connect5("re", true, "");
                client.raw(WireClient.packet(0x33, WireClient.body("re/short", (short) 1, 5, WireClient.hex("0200000001"), "x".getBytes())))
                        .expect(4);
                client.raw(WireClient.packet(0x33, WireClient.body("re/long", (short) 2, 5, WireClient.hex("0200000e10"), "y".getBytes())))
                        .expect(4);
                client.raw(WireClient.packet(0x31, WireClient.body("re/zero", 0, "z".getBytes())));
                client.disconnect();
            }
            own.restart();
            long begun = System.nanoTime();
            await().until(() -> System.nanoTime() - begun > 1_100_000_000L);
            try (WireClient client = new WireClient(own.port())) {
                client.connect5("re", true, "");
                client.subscribe5("re/#", 1, "");
                Set<String> got = new TreeSet<>(Set.of(client.expect(3).text5(), client.expect(3).text5()));
                assertThat(got).containsExactly("y", "z");
                client.expectNothing();
            }
        }
    }

    @Test
    void whatHasExpiredIsForgottenThoughNobodyMeetsIt() throws Exception {
        try (TestServer own = TestServer.start(directory.resolve("sweep"), config -> config.with("mqtt-session-scan-interval", 50L));
             WireClient client = new WireClient(own.port())) {
            client.connect5("sw", true, "");
            int packets = 0;
            for (int i = 0; i < 300; i++) {
                client.raw(retained("sw/" + i, ++packets, "0200000001"));
            }
            client.raw(retained("sw/later", ++packets, "0200000001")).raw(retained("sw/later", ++packets, "0200000e10"));
            client.raw(retained("sw/never", ++packets, "0200000001")).raw(retained("sw/never", ++packets, ""));
            for (int i = 0; i < packets; i++) {
                client.expect(4);
            }
            own.restart(config -> config.with("mqtt-session-scan-interval", 50L));
            await().until(() -> own.broker().shelf().count("mqtt.retain/", "mqtt.retain0") == 2);
            assertThat(own.broker().shelf().find("mqtt.retain/sw/later")).isPresent();
            assertThat(own.broker().shelf().find("mqtt.retain/sw/never")).isPresent();
            await().until(() -> own.broker().shelf().count() == 3);
        }
    }

    private static byte[] retained(String topic, int packetId, String properties) {
        byte[] props = WireClient.hex(properties);
        return WireClient.packet(0x33, WireClient.body(topic, (short) packetId, props.length, props, "x".getBytes()));
    }

    @Test
    void aTopicWhoseMessageIsReplacedAllTheTimeIsLookedAtFewTimes() {
        for (long life : new long[] {1, 1000, 60_000, 86_400_000L, 0xFFFFFFFFL * 1000}) {
            Set<Long> times = new TreeSet<>();
            long start = 1_700_000_000_000L;
            for (long i = 0; i < 10_000; i++) {
                long now = start + life * i / 10_000;
                long due = Retained.due(now + life, now);
                assertThat(due).isGreaterThan(now + life).isLessThanOrEqualTo(now + life + Math.max(128, life / 16));
                times.add(due);
            }
            assertThat(times).hasSizeLessThanOrEqualTo(34);
        }
    }

    @Test
    void aWillIsPublishedWhenTheConnectionBreaksOnly() throws Exception {
        try (WireClient watcher = open("w-watch")) {
            watcher.subscribe4("will/#", 1);
            withWill(4, "w1", "will/broken", "", "").close();
            WireClient.Packet got = watcher.expect(3);
            assertThat(got.topic()).isEqualTo("will/broken");
            assertThat(got.text()).isEqualTo("dead");
            watcher.ack(4, got.publishId());
            withWill(4, "w2", "will/polite", "", "").disconnect();
            watcher.expectNothing();
            try (WireClient replaced = withWill(4, "w3", "will/replaced", "", ""); WireClient newer = open("w3")) {
                replaced.expectClosed();
                newer.expectNothing();
                assertThat(watcher.expect(3).topic()).isEqualTo("will/replaced");
            }
            try (WireClient client = withWill(5, "w4", "will/asked", "", "")) {
                client.raw("e00104").expectClosed();
                assertThat(watcher.expect(3).topic()).isEqualTo("will/asked");
            }
        }
    }

    @Test
    void aWillMayWaitAndIsForgottenWhenTheClientComesBack() throws Exception {
        try (WireClient watcher = open5("d-watch")) {
            watcher.subscribe5("delay/#", 1, "");
            withWill(5, "d1", "delay/later", "1100000e10", "1800000001" + "2600016b000176").close();
            withWill(5, "d2", "delay/back", "1100000e10", "1800000002").close();
            withWill(5, "d3", "delay/expired", "1100000001", "1800000e10").close();
            withWill(5, "d4", "delay/now", "1100000e10", "").close();
            WireClient.Packet first = watcher.expect(3);
            assertThat(first.topic()).isEqualTo("delay/now");
            watcher.ack(4, first.publishId());
            try (WireClient back = new WireClient(server.port())) {
                back.connect5("d2", false, "1100000e10");
                Set<String> topics = new TreeSet<>();
                for (int i = 0; i < 2; i++) {
                    WireClient.Packet got = watcher.expect(3);
                    topics.add(got.topic() + " " + got.properties5());
                    watcher.ack(4, got.publishId());
                }
                assertThat(topics).containsExactly("delay/expired ", "delay/later 2600016b000176");
                long begun = System.nanoTime();
                await().until(() -> System.nanoTime() - begun > 1_500_000_000L);
                watcher.expectNothing();
            }
        }
    }

    @Test
    void aWillMayBeRetained() throws Exception {
        WireClient client = new WireClient(server.port());
        client.raw(WireClient.packet(0x10, WireClient.body("MQTT", 4, 0x2E, (short) 60, "wr", "wr/status", "gone")));
        client.expect(2);
        client.close();
        await().until(() -> server.broker().shelf().find("mqtt.retain/wr/status").isPresent());
        try (WireClient late = open("wr-late")) {
            late.subscribe4("wr/status", 1);
            assertThat(late.expect(3).retain()).isTrue();
        }
    }
}
