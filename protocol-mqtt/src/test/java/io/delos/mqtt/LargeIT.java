package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads that are too long for the memory: they lie in files, come as they come and go as the client takes them. */
class LargeIT {

    private static final String HOUR = "1100000e10";
    /** More than is kept in memory. */
    private static final String LARGE = "0123456789abcdef".repeat(100_000);
    /** More than the buffers of two sockets take. */
    private static final String HUGE = "0123456789abcdef".repeat(1_200_000);

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"),
                AcceptorConfig.of("strict", "tcp://127.0.0.1:0?validatePayloadFormat=true;maximumPacketSize=2000000"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void noFileIsLeft() {
        await().untilAsserted(() -> assertThat(files()).isZero());
    }

    private static long files() throws IOException {
        Path bodies = directory.resolve("data/largemessages");
        if (!Files.isDirectory(bodies)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(bodies)) {
            return all.count();
        }
    }

    private static WireClient open4(String clientId) throws Exception {
        WireClient client = new WireClient(server.port());
        client.connect4(clientId, true);
        return client;
    }

    private static WireClient open5(String clientId, String properties) throws Exception {
        WireClient client = new WireClient(server.port());
        client.connect5(clientId, true, properties);
        return client;
    }

    private static WireClient back(String clientId) throws Exception {
        WireClient client = new WireClient(server.port());
        assertThat(client.connect5(clientId, false, HOUR).hex()).startsWith("0100");
        return client;
    }

    private static WireClient strict(String clientId) throws Exception {
        WireClient client = new WireClient(server.server().port("strict"));
        client.connect5(clientId, true, "");
        return client;
    }

    private static void acknowledge(WireClient client, WireClient.Packet got) throws Exception {
        if (got.qos() == 1) {
            client.ack(4, got.publishId());
        } else if (got.qos() == 2) {
            client.ack(5, got.publishId()).expect(6);
            client.ack(7, got.publishId());
        }
    }

    @Test
    void atEachQualityOfServiceAndToEachVersion() throws Exception {
        try (WireClient four = open4("each4"); WireClient five = open5("each5", ""); WireClient publisher = open5("each-pub", "")) {
            for (int qos = 0; qos < 3; qos++) {
                four.subscribe4("each/" + qos, qos);
                five.subscribe5("each/" + qos, qos, "0b07");
                publisher.publish5("each/" + qos, qos + LARGE, qos, 7, "03000174 26000161000162");
                if (qos == 1) {
                    publisher.expect(4);
                } else if (qos == 2) {
                    publisher.expect(5);
                    publisher.ack(6, 7).expect(7);
                }
                WireClient.Packet got = four.expect(3);
                assertThat(got.qos()).isEqualTo(qos);
                assertThat(got.topic()).isEqualTo("each/" + qos);
                assertThat(got.text()).isEqualTo(qos + LARGE);
                acknowledge(four, got);
                got = five.expect(3);
                assertThat(got.properties5()).isEqualTo("0b070300017426000161000162");
                assertThat(got.text5()).isEqualTo(qos + LARGE);
                acknowledge(five, got);
                four.expectNothing();
                publisher.publish5("each/" + qos, "small", 0, 0, "");
                assertThat(four.expect(3).text()).isEqualTo("small");
                assertThat(five.expect(3).text5()).isEqualTo("small");
            }
        }
    }

    @Test
    void inPiecesThatAreSmall() throws Exception {
        try (WireClient subscriber = open4("pieces"); WireClient publisher = open5("pieces-pub", "")) {
            subscriber.subscribe4("pieces", 1);
            byte[] packet = WireClient.packet(0x32, WireClient.body("pieces", (short) 3, 3, WireClient.hex("230001"), LARGE.getBytes(StandardCharsets.US_ASCII)));
            int at = 0;
            for (int size = 1; at < packet.length; size = at < 40 ? 1 : size * 2) {
                int end = Math.min(packet.length, at + size);
                publisher.raw(Arrays.copyOfRange(packet, at, end));
                at = end;
            }
            publisher.expect(4);
            publisher.raw(WireClient.packet(0x32, WireClient.body("", (short) 4, 3, WireClient.hex("230001"), LARGE.getBytes(StandardCharsets.US_ASCII))));
            publisher.expect(4);
            for (int i = 0; i < 2; i++) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.topic()).isEqualTo("pieces");
                assertThat(got.text()).isEqualTo(LARGE);
                acknowledge(subscriber, got);
            }
        }
    }

    /** Nothing can be said in the middle of a packet. */
    @Test
    void answersWaitBehindIt() throws Exception {
        try (WireClient client = open4("behind"); WireClient other = open4("behind-pub")) {
            client.subscribe4("behind/#", 1);
            other.publish4("behind/huge", HUGE, 1, 1, 0).expect(4);
            client.await();
            other.publish4("behind/small", "beside", 1, 1, 0).expect(4);
            ByteArrayOutputStream many = new ByteArrayOutputStream();
            for (int i = 1; i <= 20_000; i++) {
                many.writeBytes(WireClient.packet(0x32, WireClient.body("no", (short) i)));
            }
            client.raw(many.toByteArray());
            WireClient.Packet huge = client.expect(3);
            assertThat(huge.text()).isEqualTo(HUGE);
            int acknowledged = 0;
            int messages = 0;
            while (acknowledged < 20_000 || messages < 1) {
                WireClient.Packet got = client.read();
                if (got.type() == 4) {
                    assertThat(got.u16(0)).isEqualTo(++acknowledged);
                } else {
                    assertThat(got.text()).isEqualTo("beside");
                    acknowledge(client, got);
                    messages++;
                }
            }
            acknowledge(client, huge);
            client.expectNothing();
        }
    }

    @Test
    void theDuplicateOfOneIsSwallowed() throws Exception {
        try (WireClient subscriber = open4("dup"); WireClient publisher = open5("dup-pub", HOUR)) {
            subscriber.subscribe4("dup", 1);
            publisher.publish5("dup", LARGE, 2, 9, "").expect(5);
            publisher.raw(WireClient.packet(0x3C, WireClient.body("dup", (short) 9, 0, LARGE.getBytes(StandardCharsets.US_ASCII))));
            assertThat(publisher.expect(5).hex()).isEqualTo("0009");
            publisher.publish5("dup", LARGE, 1, 9, "");
            assertThat(publisher.expect(4).hex()).startsWith("000991");
            publisher.ack(6, 9).expect(7);
            publisher.publish5("dup", "other", 2, 9, "").expect(5);
            WireClient.Packet got = subscriber.expect(3);
            assertThat(got.text()).isEqualTo(LARGE);
            acknowledge(subscriber, got);
            assertThat(subscriber.expect(3).text()).isEqualTo("other");
        }
        try (WireClient publisher = back("dup-pub")) {
            publisher.publish5("dup", LARGE, 2, 9, "").expect(5);
            publisher.ack(6, 9).expect(7);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void halfOfOneLeavesNothing(int qos) throws Exception {
        byte[] packet = WireClient.packet(0x30 | qos << 1, qos == 0 ? WireClient.body("half", HUGE.getBytes(StandardCharsets.US_ASCII))
                : WireClient.body("half", (short) 5, HUGE.getBytes(StandardCharsets.US_ASCII)));
        try (WireClient client = new WireClient(server.port())) {
            client.connect4("half", false);
            client.raw(Arrays.copyOf(packet, packet.length / 2));
            await().untilAsserted(() -> assertThat(files()).isEqualTo(1));
        }
        noFileIsLeft();
        try (WireClient subscriber = open4("half-sub"); WireClient client = new WireClient(server.port())) {
            subscriber.subscribe4("half", 2);
            client.connect4("half", false);
            client.raw(packet);
            WireClient.Packet got = subscriber.expect(3);
            assertThat(got.text()).isEqualTo(HUGE);
            acknowledge(subscriber, got);
        }
    }

    @Test
    void whoDiesInTheMiddleOfOneIsSentItAgain() throws Exception {
        for (int qos = 1; qos < 3; qos++) {
            String id = "dies" + qos;
            try (WireClient subscriber = open5(id, HOUR); WireClient publisher = open4("dies-pub")) {
                subscriber.subscribe5(id, qos, "");
                publisher.publish4(id, HUGE, 2, 1, 0).expect(5);
                subscriber.await();
            }
            try (WireClient subscriber = back(id)) {
                WireClient.Packet got = subscriber.expect(3);
                assertThat(got.dup()).isTrue();
                assertThat(got.text5()).isEqualTo(HUGE);
                acknowledge(subscriber, got);
                subscriber.expectNothing();
            }
        }
    }

    @Test
    void aMemberOfAGroupWhoDiesInTheMiddleOfOneLeavesItToAnother() throws Exception {
        try (WireClient other = open5("member-2", ""); WireClient publisher = open4("member-pub")) {
            try (WireClient one = open5("member-1", "")) {
                one.subscribe5("$share/members/member", 1, "");
                publisher.publish4("member", HUGE, 1, 1, 0).expect(4);
                one.await();
                other.subscribe5("$share/members/member", 1, "");
            }
            WireClient.Packet got = other.expect(3);
            assertThat(got.text5()).isEqualTo(HUGE);
            acknowledge(other, got);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0200000e10"})
    void oneThatWasBegunIsCompletedWithItsClient(String properties) throws Exception {
        String filter = properties.isEmpty() ? "$share/g/begun" : "begun";
        int packetId;
        try (WireClient subscriber = open5("begun", HOUR); WireClient publisher = open5("begun-pub", "")) {
            subscriber.subscribe5(filter, 2, "");
            publisher.publish5("begun", LARGE, 2, 1, properties).expect(5);
            WireClient.Packet got = subscriber.expect(3);
            assertThat(got.text().endsWith(LARGE)).isTrue();
            packetId = got.publishId();
            await().until(() -> server.broker().findQueue("$.artemis.internal.mqtt.begun.begun").map(q -> q.counters().messages()).orElse(0L) == 1);
        }
        try (WireClient subscriber = back("begun")) {
            WireClient.Packet again = subscriber.expect(3);
            assertThat(again.dup()).isTrue();
            assertThat(again.publishId()).isEqualTo(packetId);
            assertThat(again.text().endsWith(LARGE)).isTrue();
            acknowledge(subscriber, again);
            subscriber.expectNothing();
        }
    }

    @Test
    void twoAtOnceAndManyInARow() throws Exception {
        try (WireClient subscriber = open4("two"); WireClient one = open4("two-1"); WireClient two = open4("two-2")) {
            subscriber.subscribe4("two/#", 1);
            byte[] first = WireClient.packet(0x32, WireClient.body("two/1", (short) 1, ("1" + LARGE).getBytes(StandardCharsets.US_ASCII)));
            byte[] second = WireClient.packet(0x32, WireClient.body("two/2", (short) 1, ("2" + LARGE).getBytes(StandardCharsets.US_ASCII)));
            int half = first.length / 2;
            for (int round = 0; round < 4; round++) {
                one.raw(Arrays.copyOf(first, half));
                two.raw(Arrays.copyOf(second, half));
                one.raw(Arrays.copyOfRange(first, half, first.length));
                two.raw(Arrays.copyOfRange(second, half, second.length));
                one.publish4("two/small", "s", 0, 0, 0);
            }
            int[] seen = new int[3];
            for (int i = 0; i < 12; i++) {
                WireClient.Packet got = subscriber.expect(3);
                int of = got.topic().equals("two/small") ? 0 : got.topic().charAt(4) - '0';
                seen[of]++;
                assertThat(got.text()).isEqualTo(of == 0 ? "s" : of + LARGE);
                acknowledge(subscriber, got);
            }
            assertThat(seen).containsExactly(4, 4, 4);
        }
    }

    @Test
    void textThatIsNone() throws Exception {
        String text = "\u20ac\ud83d\ude00".repeat(200_000);
        try (WireClient subscriber = open5("text", ""); WireClient publisher = strict("text-pub")) {
            subscriber.subscribe5("text", 0, "");
            publisher.publish5("text", text, 1, 1, "0101");
            assertThat(publisher.expect(4).hex()).isEqualTo("0001");
            assertThat(subscriber.expect(3).text5()).isEqualTo(text);
            byte[] wrong = text.getBytes(StandardCharsets.UTF_8);
            wrong[700_000] = (byte) 0xFF;
            for (int qos = 1; qos < 3; qos++) {
                publisher.raw(WireClient.packet(0x30 | qos << 1, WireClient.body("text", (short) 2, 2, WireClient.hex("0101"), wrong)));
                assertThat(publisher.expect(3 + qos).hex()).startsWith("000299");
            }
            byte[] cut = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 1_200_002);
            publisher.raw(WireClient.packet(0x32, WireClient.body("text", (short) 2, 2, WireClient.hex("0101"), cut)));
            assertThat(publisher.expect(4).hex()).startsWith("000299");
            publisher.raw(WireClient.packet(0x30, WireClient.body("text", 2, WireClient.hex("0101"), wrong)));
            assertThat(publisher.expect(14).hex()).startsWith("99");
            publisher.expectClosed();
            subscriber.expectNothing();
        }
    }

    @Test
    void longerThanTheAcceptorTakes() throws Exception {
        try (WireClient client = strict("longer")) {
            client.raw("30 fffffe7f 0001");
            assertThat(client.expect(14).u8(0)).isEqualTo(0x95);
            client.expectClosed();
        }
    }

    @Test
    void longerThanTheClientTakes() throws Exception {
        try (WireClient subscriber = open5("short", "2700100000"); WireClient publisher = open4("short-pub")) {
            subscriber.subscribe5("short", 1, "");
            publisher.publish4("short", LARGE, 1, 1, 0).expect(4);
            publisher.publish4("short", "fits", 1, 2, 0).expect(4);
            WireClient.Packet got = subscriber.expect(3);
            assertThat(got.text5()).isEqualTo("fits");
            acknowledge(subscriber, got);
            subscriber.expectNothing();
        }
    }

    @Test
    void whatIsNotAllowedIsReadPast() throws Exception {
        try (WireClient client = open5("past", "")) {
            client.publish5("$SYS/x", LARGE, 1, 1, "");
            assertThat(client.expect(4).hex()).startsWith("000187");
            client.publish5("$SYS/x", LARGE, 2, 1, "");
            assertThat(client.expect(5).hex()).startsWith("000187");
            client.publish5("$SYS/x", LARGE, 0, 0, "").expectNothing();
            assertThat(files()).isZero();
        }
    }

    @Test
    void retainedOnesLieInTheJournal() throws Exception {
        try (WireClient client = open4("kept")) {
            client.publish4("kept", LARGE, 1, 1, 1).expect(4);
            assertThat(files()).isZero();
            client.subscribe4("kept", 0);
            WireClient.Packet got = client.expect(3);
            assertThat(got.retain()).isTrue();
            assertThat(got.text()).isEqualTo(LARGE);
            client.publish4("kept", "", 0, 1, 1).expect(3);
        }
    }

    @Test
    void whatIsTooLargeToBeRetainedIsRefused() throws Exception {
        String more = "x".repeat((int) server.broker().largestInMemory());
        try (WireClient five = open5("more", "")) {
            five.raw(WireClient.packet(0x33, WireClient.body("more", (short) 1, 0, more.getBytes(StandardCharsets.US_ASCII))));
            assertThat(five.expect(4).hex()).startsWith("000197");
            five.publish5("more", more, 1, 2, "").expect(4);
            five.raw(WireClient.packet(0x31, WireClient.body("more", 0)));
            five.expectNothing();
        }
        try (WireClient four = open4("more")) {
            four.raw("33 ffffff7f 0001 61 0001").expectClosed();
        }
        assertThat(server.broker().shelf().find("mqtt.retain/more")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"32 ffffff7f 0001 61 0001 02 0b01", "32 ffffff7f 0001 61 0001 ffffffff7f", "36 ffffff7f 0001 61 0001 00",
        "32 80808001 0001 61 0000 00", "32 80808001 0001 23 0001 00"})
    void headsThatAreWrong(String packet) throws Exception {
        try (WireClient client = open5("wrong", "")) {
            client.raw(packet);
            assertThat(client.expect(14).u8(0)).isIn(0x81, 0x82);
            client.expectClosed();
        }
    }
}
