package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message whose delivery at QoS 2 was begun is completed with the client it was sent to, whatever happens meanwhile. */
class BegunIT {

    private static final String HOUR = "1100000e10";
    private static final String BEGUN = "$.artemis.internal.mqtt.begun.";

    @TempDir
    static Path directory;
    private static Path data;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        data = directory.resolve("a");
        server = TestServer.start(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** What a crash would leave: the files as they are at this moment. */
    private static void crash() throws Exception {
        Path copy = Remains.of(data);
        server.close();
        data = copy;
        server = TestServer.start(copy);
    }

    private static WireClient open(String id, String properties) throws Exception {
        WireClient client = new WireClient(server.port());
        client.connect5(id, false, properties);
        return client;
    }

    private static WireClient back(String id) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect5(id, false, HOUR).hex()).startsWith("0100");
        return client;
    }

    private static void publish(String topic, String text, int qos, String properties) throws Exception {
        try (WireClient publisher = open("begun-pub", "")) {
            publisher.publish5(topic, text, qos, 1, properties).expect(qos == 1 ? 4 : 5);
            if (qos == 2) {
                publisher.ack(6, 1).expect(7);
            }
        }
    }

    private static long waiting(String queue) {
        return server.broker().findQueue(queue).map(found -> found.counters().messages()).orElse(0L);
    }

    private static void complete(WireClient client, int id) throws Exception {
        client.ack(5, id);
        assertThat(client.expect(6).u16(0)).isEqualTo(id);
        client.ack(7, id).expectNothing();
    }

    private static void nothingIsLeft(String id) {
        await().until(() -> waiting(BEGUN + id) == 0);
        await().until(() -> server.broker().recallAll("mqtt.out/" + id).isEmpty());
    }

    @Test
    void anExchangeOfASharedSubscription() throws Exception {
        try (WireClient client = open("whole", HOUR)) {
            client.subscribe5("$share/wg/whole/t", 2, "");
            for (int i = 0; i < 20; i++) {
                publish("whole/t", "m" + i, 2, "");
                WireClient.Packet got = client.expect(3);
                assertThat(got.text5()).isEqualTo("m" + i);
                assertThat(got.dup()).isFalse();
                if (i % 5 == 4) {
                    client.raw(WireClient.packet(0x50, WireClient.body((short) got.publishId(), 0x83)));
                } else {
                    complete(client, got.publishId());
                }
            }
            client.expectNothing();
            nothingIsLeft("whole");
            assertThat(waiting("wg.whole.t")).isZero();
        }
        try (WireClient client = back("whole")) {
            client.expectNothing();
        }
    }

    @Test
    void manyAtOnceComeOnceAndInOrder() throws Exception {
        try (WireClient client = open("many", HOUR + "21000a"); WireClient publisher = open("many-pub", "")) {
            client.subscribe5("$share/mg/many/t", 2, "");
            for (int i = 1; i <= 100; i++) {
                publisher.publish5("many/t", String.valueOf(i), 2, i, "0200000e10");
            }
            int next = 1;
            for (int completed = 0; completed < 100;) {
                WireClient.Packet got = client.read();
                if (got.type() == 3) {
                    assertThat(got.text5()).isEqualTo(String.valueOf(next++));
                    client.ack(5, got.publishId());
                } else {
                    client.ack(7, got.u16(0));
                    completed++;
                }
            }
            client.expectNothing();
        }
        nothingIsLeft("many");
    }

    @Test
    void aSharedMessageWaitsForTheClientItWasSentTo() throws Exception {
        try (WireClient one = open("sh1", HOUR); WireClient two = open("sh2", HOUR)) {
            one.subscribe5("$share/sg/sh/+", 2, "0b07");
            publish("sh/a", "at one", 2, "0300036a2f62");
            WireClient.Packet first = one.expect(3);
            publish("sh/a", "at both", 1, "");
            assertThat(one.expect(3).text5()).isEqualTo("at both");
            two.subscribe5("$share/sg/sh/+", 2, "");
            one.close();
            WireClient.Packet again = two.expect(3);
            assertThat(again.text5()).as("QoS 1 may go to another at once").isEqualTo("at both");
            two.ack(4, again.publishId()).expectNothing();
            try (WireClient same = back("sh1")) {
                WireClient.Packet same1 = same.expect(3);
                assertThat(same1.text5()).isEqualTo("at one");
                assertThat(same1.topic()).isEqualTo("sh/a");
                assertThat(same1.dup()).isTrue();
                assertThat(same1.publishId()).isEqualTo(first.publishId());
                assertThat(same1.properties5()).isEqualTo(first.properties5()).contains("0b07");
                complete(same, first.publishId());
            }
            two.expectNothing();
            nothingIsLeft("sh1");
        }
    }

    @Test
    void andAcrossACrash() throws Exception {
        int sent;
        int released;
        try (WireClient one = open("cr1", HOUR)) {
            one.subscribe5("$share/cg/cr/t", 2, "");
            publish("cr/t", "sent", 2, "");
            sent = one.expect(3).publishId();
            publish("cr/t", "released", 2, "");
            released = one.expect(3).publishId();
            one.ack(5, released).expect(6);
            crash();
        }
        try (WireClient two = open("cr2", "")) {
            two.subscribe5("$share/cg/cr/t", 2, "");
            two.expectNothing();
            try (WireClient one = back("cr1")) {
                assertThat(one.expect(6).u16(0)).isEqualTo(released);
                one.ack(7, released);
                WireClient.Packet again = one.expect(3);
                assertThat(again.text5()).isEqualTo("sent");
                assertThat(again.publishId()).isEqualTo(sent);
                complete(one, sent);
            }
            two.expectNothing();
            nothingIsLeft("cr1");
        }
    }

    @Test
    void itGoesToNobodyWhenTheSessionEnds() throws Exception {
        try (WireClient one = open("en1", HOUR); WireClient two = open("en2", "")) {
            one.subscribe5("$share/eg/en/t", 2, "");
            publish("en/t", "x", 2, "");
            one.expect(3);
            two.subscribe5("$share/eg/en/t", 2, "");
            one.close();
            try (WireClient anew = new WireClient(server.port())) {
                assertThat(anew.connect5("en1", true, HOUR).hex()).startsWith("0000");
                anew.expectNothing();
            }
            await().until(() -> server.broker().findQueue(BEGUN + "en1").isEmpty());
            two.expectNothing();
        }
    }

    @Test
    void whatIsTooLargeForTheNextConnectionIsLeftOut() throws Exception {
        try (WireClient client = open("tl1", HOUR)) {
            client.subscribe5("$share/tg/tl1/t", 2, "");
            publish("tl1/t", "large".repeat(20), 2, "");
            client.expect(3);
        }
        try (WireClient client = new WireClient(server.port())) {
            assertThat(client.connect5("tl1", false, HOUR + "2700000040").hex()).startsWith("0100");
            nothingIsLeft("tl1");
            publish("tl1/t", "small", 2, "");
            WireClient.Packet got = client.expect(3);
            assertThat(got.text5()).isEqualTo("small");
            complete(client, got.publishId());
        }
        nothingIsLeft("tl1");
    }

    @Test
    void whatWasSentDoesNotExpire() throws Exception {
        WireClient.Packet first;
        try (WireClient client = open("ex1", HOUR)) {
            client.subscribe5("ex1/t", 2, "0b09");
            publish("ex1/t", "sent", 2, "0200000001");
            first = client.expect(3);
            assertThat(first.properties5()).isEqualTo("02000000010b09");
        }
        await().until(() -> server.broker().findQueue("ex1.ex1.t").orElseThrow().counters().consumers() == 0);
        publish("ex1/t", "not sent", 2, "0200000001");
        long begun = System.nanoTime();
        await().until(() -> System.nanoTime() - begun > 1_100_000_000L);
        try (WireClient client = back("ex1")) {
            WireClient.Packet again = client.expect(3);
            assertThat(again.text5()).isEqualTo("sent");
            assertThat(again.dup()).isTrue();
            assertThat(again.publishId()).isEqualTo(first.publishId());
            assertThat(again.properties5()).isEqualTo(first.properties5());
            complete(client, again.publishId());
        }
        nothingIsLeft("ex1");
    }
}
