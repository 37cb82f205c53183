package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Qualities of service, order, windows and wildcards, packet by packet. */
class DeliveryIT {

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

    @Test
    void theLowerQosCounts() throws Exception {
        try (WireClient subscriber = open("q-sub"); WireClient publisher = open("q-pub")) {
            assertThat(subscriber.subscribe4("q/0", 0).hex()).isEqualTo("000100");
            assertThat(subscriber.subscribe4("q/1", 1).hex()).isEqualTo("000101");
            assertThat(subscriber.subscribe4("q/2", 2).hex()).isEqualTo("000102");
            for (int qos = 0; qos < 3; qos++) {
                for (int level = 0; level < 3; level++) {
                    publisher.publish4("q/" + level, "m" + qos, qos, 10 + qos, 0);
                    if (qos == 1) {
                        assertThat(publisher.expect(4).hex()).isEqualTo("000b");
                    } else if (qos == 2) {
                        assertThat(publisher.expect(5).hex()).isEqualTo("000c");
                        assertThat(publisher.ack(6, 12).expect(7).hex()).isEqualTo("000c");
                    }
                    WireClient.Packet got = subscriber.expect(3);
                    assertThat(got.topic()).isEqualTo("q/" + level);
                    assertThat(got.text()).isEqualTo("m" + qos);
                    assertThat(got.qos()).isEqualTo(Math.min(qos, level));
                    assertThat(got.dup()).isFalse();
                    if (got.qos() == 1) {
                        subscriber.ack(4, got.publishId());
                    } else if (got.qos() == 2) {
                        assertThat(subscriber.ack(5, got.publishId()).expect(6).u16(0)).isEqualTo(got.publishId());
                        subscriber.ack(7, got.publishId());
                    }
                }
            }
            subscriber.expectNothing();
        }
    }

    @Test
    void acknowledgementsAndDeliveriesKeepTheOrder() throws Exception {
        try (WireClient subscriber = open("o-sub"); WireClient publisher = open("o-pub")) {
            subscriber.subscribe4("order/#", 1);
            int count = 500;
            for (int i = 1; i <= count; i++) {
                publisher.publish4("order/" + i % 3, String.valueOf(i), i % 7 == 0 ? 0 : 1, i, 0);
            }
            for (int i = 1; i <= count; i++) {
                if (i % 7 != 0) {
                    assertThat(publisher.expect(4).u16(0)).isEqualTo(i);
                }
            }
            for (int i = 1; i <= count; i++) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.text()).isEqualTo(String.valueOf(i));
                if (got.qos() == 1) {
                    subscriber.ack(4, got.publishId());
                }
            }
        }
    }

    @Test
    void wildcardsMatchLevels() throws Exception {
        try (WireClient subscriber = open("w-sub"); WireClient publisher = open("w-pub")) {
            subscriber.subscribe4("w/+/c", 0);
            publisher.publish4("w/b/x", "no", 0, 0, 0).publish4("w/b/c/d", "no", 0, 0, 0).publish4("w/b/c", "yes", 0, 0, 0);
            assertThat(subscriber.expect(3).text()).isEqualTo("yes");
            publisher.publish4("w/1.2*3/c", "odd", 0, 0, 0);
            assertThat(subscriber.expect(3).topic()).isEqualTo("w/1.2*3/c");
            subscriber.subscribe4("w2/#", 0);
            publisher.publish4("w2", "parent", 0, 0, 0).publish4("w2/a/b", "deep", 0, 0, 0);
            assertThat(subscriber.expect(3).text()).isEqualTo("parent");
            assertThat(subscriber.expect(3).text()).isEqualTo("deep");
            subscriber.expectNothing();
        }
    }

    @Test
    void aLeadingWildcardLeavesDollarTopicsOut() throws Exception {
        try (WireClient subscriber = open("d-sub"); WireClient publisher = open("d-pub")) {
            subscriber.subscribe4("+/dollar", 0);
            subscriber.subscribe4("$own/#", 0);
            publisher.publish4("$own/dollar", "1", 0, 0, 0).publish4("own/dollar", "2", 0, 0, 0);
            List<String> got = new ArrayList<>(List.of(subscriber.expect(3).text(), subscriber.expect(3).text()));
            assertThat(got).containsExactlyInAnyOrder("1", "2");
            subscriber.expectNothing();
        }
    }

    @Test
    void oddTopicsComeBackAsTheyWere() throws Exception {
        String[] topics = {"with.dot/x", "a*b", "/lead", "trail/", "a//b", "sp ace/ü/\uD83D\uDE00", "back\\slash/\\.x", "x#y".replace("#", "^")};
        try (WireClient subscriber = open("t-sub"); WireClient publisher = open("t-pub")) {
            for (String topic : topics) {
                subscriber.subscribe4(topic, 0);
                publisher.publish4(topic, topic, 0, 0, 0);
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.topic()).isEqualTo(topic);
                assertThat(got.text()).isEqualTo(topic);
                subscriber.raw(WireClient.packet(0xA2, WireClient.body((short) 9, topic)));
                assertThat(subscriber.expect(11).hex()).isEqualTo("0009");
            }
            subscriber.expectNothing();
        }
    }

    @Test
    void everySubscriptionDeliversItsOwnCopy() throws Exception {
        try (WireClient subscriber = open("c-sub"); WireClient publisher = open("c-pub")) {
            subscriber.subscribe4("copies/a", 2);
            subscriber.subscribe4("copies/+", 1);
            subscriber.subscribe4("copies/#", 0);
            publisher.publish4("copies/a", "x", 2, 5, 0).expect(5);
            List<Integer> levels = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                levels.add(subscriber.expect(3).qos());
            }
            assertThat(levels).containsExactlyInAnyOrder(2, 1, 0);
        }
    }

    @Test
    void unsubscribingEndsIt() throws Exception {
        try (WireClient subscriber = open("u-sub"); WireClient publisher = open("u-pub")) {
            subscriber.subscribe4("un/a", 1);
            subscriber.subscribe4("un/b", 1);
            subscriber.raw(WireClient.packet(0xA2, WireClient.body((short) 3, "un/a", "never")));
            assertThat(subscriber.expect(11).hex()).isEqualTo("0003");
            publisher.publish4("un/a", "no", 1, 1, 0).expect(4);
            publisher.publish4("un/b", "yes", 1, 2, 0).expect(4);
            assertThat(subscriber.expect(3).text()).isEqualTo("yes");
            subscriber.expectNothing();
        }
    }

    @Test
    void aRepeatedQos2MessageIsRoutedOnce() throws Exception {
        try (WireClient subscriber = open("e-sub"); WireClient publisher = open("e-pub")) {
            subscriber.subscribe4("once", 0);
            publisher.publish4("once", "a", 2, 7, 0).expect(5);
            publisher.publish4("once", "a", 2, 7, 8).expect(5);
            publisher.ack(6, 7).expect(7);
            publisher.ack(6, 7).expect(7);
            publisher.publish4("once", "b", 2, 7, 0).expect(5);
            assertThat(subscriber.expect(3).text()).isEqualTo("a");
            assertThat(subscriber.expect(3).text()).isEqualTo("b");
            subscriber.expectNothing();
        }
    }

    @Test
    void aPublisherMayLeaveAtOnce() throws Exception {
        try (WireClient subscriber = open("h-sub")) {
            subscriber.subscribe4("hasty/+", 0);
            for (int i = 0; i < 20; i++) {
                try (WireClient hasty = open("hasty")) {
                    hasty.publish4("hasty/" + i, "x", 0, 0, 0).raw("e000").expectClosed();
                }
                assertThat(subscriber.expect(3).topic()).isEqualTo("hasty/" + i);
            }
        }
    }

    @Test
    void largePayloadsArrive() throws Exception {
        String large = "0123456789".repeat(300_000);
        try (WireClient subscriber = open("l-sub"); WireClient publisher = open("l-pub")) {
            subscriber.subscribe4("large", 1);
            for (int i = 1; i <= 3; i++) {
                publisher.publish4("large", large, 1, i, 0).expect(4);
            }
            for (int i = 1; i <= 3; i++) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.text()).isEqualTo(large);
                subscriber.ack(4, got.publishId());
            }
            publisher.publish4("large", "small", 1, 9, 0).expect(4);
            assertThat(subscriber.expect(3).text()).isEqualTo("small");
        }
    }

    @Test
    void aSubscriberThatReadsLateMissesNothing() throws Exception {
        String payload = "x".repeat(4000);
        try (WireClient slow = open("slow"); WireClient quick = open("quick"); WireClient publisher = open("s-pub")) {
            slow.subscribe4("slow/+", 1);
            quick.subscribe4("slow/quick", 0);
            for (int i = 1; i <= 2000; i++) {
                publisher.publish4("slow/t", payload + i, 1, i, 0).expect(4);
            }
            publisher.publish4("slow/quick", "now", 0, 0, 0);
            assertThat(quick.expect(3).text()).isEqualTo("now");
            for (int i = 1; i <= 2000; i++) {
                WireClient.Packet got = slow.expect(3);
                assertThat(got.text()).isEqualTo(payload + i);
                slow.ack(4, got.publishId());
            }
        }
    }

    @Test
    void anAnycastAddressIsConsumedAndFed() throws Exception {
        try (WireClient one = open("any1"); WireClient two = open("any2")) {
            one.subscribe4("ExpiryQueue", 1);
            two.publish4("ExpiryQueue", "work", 1, 1, 0).expect(4);
            WireClient.Packet got = one.expect(3);
            assertThat(got.topic()).isEqualTo("ExpiryQueue");
            assertThat(got.text()).isEqualTo("work");
            one.ack(4, got.publishId());
            one.raw(WireClient.packet(0xA2, WireClient.body((short) 3, "ExpiryQueue"))).expect(11);
        }
        assertThat(server.broker().findQueue("ExpiryQueue")).isPresent();
    }

    @Test
    void manyMessagesToOneSubscriberFlowOn() throws Exception {
        try (WireClient subscriber = open("m-sub"); WireClient publisher = open("m-pub")) {
            subscriber.subscribe4("many", 0);
            int count = 5_000;
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        publisher.publish4("many", String.valueOf(i), 0, 0, 0);
                    }
                } catch (java.io.IOException broken) {
                    throw new java.io.UncheckedIOException(broken);
                }
            });
            sender.start();
            for (int i = 0; i < count; i++) {
                assertThat(subscriber.expect(3).text()).isEqualTo(String.valueOf(i));
            }
            sender.join();
        }
    }
}
