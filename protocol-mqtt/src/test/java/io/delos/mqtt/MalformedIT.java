package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Packets that break the rules end their own connection and no other. */
class MalformedIT {

    @TempDir
    static Path directory;
    private static TestServer server;
    private static WireClient bystander;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
        bystander = new WireClient(server.port());
        bystander.connect4("bystander", true);
    }

    @AfterAll
    static void stop() throws Exception {
        bystander.expectNothing();
        bystander.close();
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "PUBLISH of QoS 3, 36 07 0001 61 0001 00 78, 81",
        "PUBLISH to a wildcard, 30 05 0002 612b 00, 81",
        "PUBLISH with # , 30 04 0001 23 00, 81",
        "PUBLISH without a topic, 30 03 0000 00, 82",
        "PUBLISH with packet id 0, 32 06 0001 61 0000 00, 81",
        "PUBLISH of QoS 0 as duplicate, 38 04 0001 61 00, 81",
        "PUBLISH with ill-formed UTF-8, 30 05 0002 c328 00, 81",
        "PUBLISH with U+0000, 30 05 0002 6100 00, 81",
        "PUBLISH with a surrogate, 30 06 0003 eda080 00, 81",
        "PUBLISH with a subscription identifier, 30 06 0001 61 02 0b01, 82",
        "PUBLISH with a wildcard to respond to, 30 08 0001 61 04 08 0001 23, 82",
        "PUBLISH with an unknown property, 30 06 0001 61 02 7f01, 81",
        "PUBLISH with properties longer than the packet, 30 06 0001 61 7f 0101, 81",
        "PUBLISH with a topic longer than the packet, 30 04 00ff 61 00, 81",
        "PUBLISH with format indicator 2, 30 06 0001 61 02 0102, 81",
        "SUBSCRIBE without filters, 82 03 0001 00, 82",
        "SUBSCRIBE of QoS 3, 82 07 0001 00 0001 61 03, 82",
        "SUBSCRIBE with retain handling 3, 82 07 0001 00 0001 61 30, 82",
        "SUBSCRIBE with wrong flags, 80 07 0001 00 0001 61 00, 81",
        "SUBSCRIBE with packet id 0, 82 07 0000 00 0001 61 00, 81",
        "SUBSCRIBE with identifier 0, 82 09 0001 02 0b00 0001 61 00, 82",
        "SUBSCRIBE with an empty filter, 82 06 0001 00 0000 00, 81",
        "SUBSCRIBE that ends early, 82 06 0001 00 0001 61, 81",
        "UNSUBSCRIBE without filters, a2 03 0001 00, 82",
        "UNSUBSCRIBE with wrong flags, a0 06 0001 00 0001 61, 81",
        "PUBREL with wrong flags, 60 02 0001, 81",
        "PUBACK with packet id 0, 40 02 0000, 81",
        "PUBACK without packet id, 40 01 00, 81",
        "PINGREQ with flags, c1 00, 81",
        "PINGREQ with a body, c0 01 00, 81",
        "PINGREQ with a body that is a packet, c0 02 c0 00, 81",
        "type 0, 00 00, 81",
        "CONNACK, 20 03 0000 00, 82",
        "SUBACK, 90 04 0001 00 00, 82",
        "UNSUBACK, b0 04 0001 00 00, 82",
        "PINGRESP, d0 00, 82",
        "a length of five bytes, 30 ff ff ff ff 7f, 81",
        "a second CONNECT, 10 0e 0004 4d515454 05 02 003c 00 0001 7a, 82",
        "a length with more bytes than it needs, 30 84 00 0001 61 00, 81",
        "SUBSCRIBE with reserved options, 82 07 0001 00 0001 61 40, 81",
        "SUBSCRIBE to others' share of messages, 82 12 0001 00 000c 2473686172652f672f612f62 04, 82",
        "SUBSCRIBE with two identifiers, 82 0b 0001 04 0b01 0b02 0001 61 00, 82",
        "SUBSCRIBE with U+0000 in a filter, 82 08 0001 00 0002 6100 00, 81",
        "SUBSCRIBE with a filter that isn't UTF-8, 82 08 0001 00 0002 c328 00, 81",
        "UNSUBSCRIBE with an empty filter, a2 05 0001 00 0000, 81",
        "UNSUBSCRIBE with a filter that isn't UTF-8, a2 07 0001 00 0002 c328, 81",
        "UNSUBSCRIBE with an identifier, a2 08 0001 02 0b01 0001 61, 81",
        "PUBLISH with two aliases, 30 0a 0001 61 06 230001 230002, 82",
        "PUBLISH with alias 0, 30 07 0001 61 03 230000, 94",
        "PUBLISH with two expiry intervals, 30 0e 0001 61 0a 0200000001 0200000002, 82",
        "PUBLISH with a session expiry interval, 30 09 0001 61 05 1100000001, 81",
        "PUBLISH with a user property that isn't UTF-8, 30 0b 0001 61 07 26 0002c328 0000, 81",
        "PUBLISH with U+0000 in the content type, 30 08 0001 61 04 03 0001 00, 81",
        "PUBLISH with a response topic that isn't UTF-8, 30 09 0001 61 05 08 0002 c328, 81",
        "PUBLISH with properties whose length has more bytes than it needs, 30 05 0001 61 80 00, 81",
        "PUBLISH with a property that ends behind the others, 30 07 0001 61 02 0200 00, 81",
        "PUBACK with flags, 41 02 0001, 81",
        "PUBACK with an unknown reason, 40 03 0001 01, 82",
        "PUBACK with a topic alias, 40 07 0001 00 03 230001, 81",
        "PUBACK with two reason strings, 40 0c 0001 00 08 1f000161 1f000161, 82",
        "PUBREC with flags, 52 02 0001, 81",
        "PUBREC with a reason of PUBREL, 50 03 0001 92, 82",
        "PUBREL with an unknown reason, 62 03 0001 80, 82",
        "PUBCOMP with flags, 72 02 0001, 81",
        "PUBCOMP with an unknown reason, 70 03 0001 01, 82",
        "DISCONNECT with flags, e1 00, 81",
        "DISCONNECT with a server's reason, e0 01 8e, 82",
        "DISCONNECT that would keep a session that isn't kept, e0 07 00 05 1100000001, 82",
        "DISCONNECT with a receive maximum, e0 05 00 03 210001, 81",
        "AUTH with flags, f1 00, 81",
        "AUTH where no method was chosen, f0 09 18 07 15 0004 6e6f6e65, 82",
        "AUTH without a method, f0 02 18 00, 82",
        "AUTH without anything, f0 00, 82",
    })
    void breaksItsOwnConnection(String name, String packet, String code) throws Exception {
        try (WireClient five = new WireClient(server.port())) {
            five.connect5("five", true, "");
            five.raw(packet);
            assertThat(five.expect(14).hex()).startsWith(code);
            five.expectClosed();
        }
        bystander.expectNothing();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "PUBLISH of QoS 3, 36 06 0001 61 0001 78",
        "PUBLISH without a topic, 30 02 0000",
        "SUBSCRIBE with reserved bits, 82 06 0001 0001 61 04",
        "SUBSCRIBE of QoS 3, 82 06 0001 0001 61 03",
        "SUBSCRIBE without filters, 82 02 0001",
        "PINGRESP, d0 00",
        "a second CONNECT, 10 0d 0004 4d515454 04 02 003c 0001 7a",
        "AUTH, f0 00",
        "SUBSCRIBE with wrong flags, 80 06 0001 0001 61 00",
        "SUBSCRIBE with packet id 0, 82 06 0000 0001 61 00",
        "SUBSCRIBE with a filter that isn't UTF-8, 82 07 0001 0002 c328 00",
        "SUBSCRIBE with U+0000 in a filter, 82 07 0001 0002 6100 00",
        "SUBSCRIBE with an empty filter, 82 05 0001 0000 00",
        "UNSUBSCRIBE with wrong flags, a0 05 0001 0001 61",
        "UNSUBSCRIBE without filters, a2 02 0001",
        "UNSUBSCRIBE with a filter that isn't UTF-8, a2 06 0001 0002 c328",
        "UNSUBSCRIBE with an empty filter, a2 04 0001 0000",
        "PUBREL with wrong flags, 60 02 0001",
        "PUBACK with flags, 41 02 0001",
        "PINGREQ with flags, c1 00",
        "DISCONNECT with flags, e1 00",
        "PUBLISH to a wildcard, 30 05 0002 612b 78",
        "PUBLISH with packet id 0, 32 06 0001 61 0000 78",
        "PUBLISH of QoS 0 as duplicate, 38 04 0001 61 78",
        "PUBLISH with ill-formed UTF-8, 30 05 0002 c328 78",
        "PUBLISH with U+0000, 30 05 0002 6100 78",
        "PUBLISH with a surrogate, 30 06 0003 eda080 78",
        "a length of five bytes, 30 ff ff ff ff 7f",
    })
    void olderVersionsAreClosedWithoutAWord(String name, String packet) throws Exception {
        try (WireClient four = new WireClient(server.port())) {
            four.connect4("four", true);
            four.raw(packet).expectClosed();
        }
        bystander.expectNothing();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a name that isn't UTF-8, 10 0d 0004 4d5154c3 04 02 003c 0001 7a",
        "an unknown name, 10 0d 0004 4d515455 04 02 003c 0001 7a",
        "the reserved flag, 10 0d 0004 4d515454 04 03 003c 0001 7a",
        "a will of QoS 3, 10 13 0004 4d515454 04 1e 003c 0001 7a 0001 77 0001 77",
        "QoS without a will, 10 0d 0004 4d515454 04 0a 003c 0001 7a",
        "a will to be retained without a will, 10 0d 0004 4d515454 04 22 003c 0001 7a",
        "a will that isn't there, 10 0d 0004 4d515454 04 06 003c 0001 7a",
        "a will that isn't announced, 10 13 0004 4d515454 04 02 003c 0001 7a 0001 77 0001 77",
        "a will for a wildcard, 10 15 0004 4d515454 04 06 003c 0001 7a 0003 772f2b 0001 78",
        "a will whose topic isn't UTF-8, 10 14 0004 4d515454 04 06 003c 0001 7a 0002 c328 0001 78",
        "a user name that isn't there, 10 0d 0004 4d515454 04 82 003c 0001 7a",
        "a user name that isn't UTF-8, 10 11 0004 4d515454 04 82 003c 0001 7a 0002 c328",
        "a password that isn't there, 10 10 0004 4d515454 04 c2 003c 0001 7a 0001 75",
        "a password without a user, 10 10 0004 4d515454 04 42 003c 0001 7a 0001 70",
        "no room for the client id, 10 0c 0004 4d515454 04 02 003c 0005",
        "bytes left over, 10 0f 0004 4d515454 04 02 003c 0001 7a ffff",
        "a client id that is not UTF-8, 10 0e 0004 4d515454 04 02 003c 0002 c328",
    })
    void connectsThatAreRefused(String name, String packet) throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.raw(packet).expectClosed();
        }
        bystander.expectNothing();
    }

    private static Arguments five(String name, int flags, String properties, Object payload, String code) {
        byte[] props = WireClient.hex(properties);
        return Arguments.of(name, WireClient.packet(0x10, WireClient.body("MQTT", 5, flags, (short) 60, props.length, props, payload)), code);
    }

    static Stream<Arguments> connectsOfFive() {
        byte[] will = WireClient.body("z", 0, "w", "gone");
        return Stream.of(five("the reserved flag", 3, "", "z", "81"), five("a will of QoS 3", 0x1E, "", will, "81"),
                five("a will's QoS without a will", 0x0A, "", "z", "81"), five("a will to be retained without a will", 0x22, "", "z", "81"),
                five("a will for a wildcard", 6, "", WireClient.body("z", 0, "w/+", "gone"), "81"),
                five("a will whose topic isn't UTF-8", 6, "", WireClient.body("z", 0, WireClient.hex("0002c328"), "gone"), "81"),
                five("a will with a receive maximum", 6, "", WireClient.body("z", 3, WireClient.hex("210001"), "w", "gone"), "81"),
                five("a will with two delays", 6, "", WireClient.body("z", 10, WireClient.hex("18000000011800000001"), "w", "gone"), "82"),
                five("a will with a wildcard to respond to", 6, "", WireClient.body("z", 4, WireClient.hex("08000123"), "w", "gone"), "82"),
                five("a delay where no will is", 2, "1800000001", "z", "81"), five("two session expiry intervals", 2, "11000000011100000001", "z", "82"),
                five("a receive maximum of 0", 2, "210000", "z", "82"), five("a maximum packet size of 0", 2, "2700000000", "z", "82"),
                five("request problem information of 2", 2, "1702", "z", "82"), five("request response information of 2", 2, "1902", "z", "82"),
                five("authentication data without a method", 2, "16000161", "z", "82"), five("a topic alias", 2, "230001", "z", "81"),
                five("a user property that isn't UTF-8", 2, "260002c3280000", "z", "81"),
                five("a client id with U+0000", 2, "", WireClient.hex("00026100"), "81"),
                five("a client id that isn't UTF-8", 2, "", WireClient.hex("0002c328"), "81"),
                five("a user name that isn't UTF-8", 0x82, "", WireClient.body("z", WireClient.hex("0002c328")), "81"),
                five("no user name, though announced", 0x82, "", "z", "81"), five("no password, though announced", 0xC2, "", WireClient.body("z", "u"), "81"),
                five("a password that isn't announced", 0x82, "", WireClient.body("z", "u", "p"), "81"),
                five("no client id", 2, "", new byte[0], "81"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void connectsOfFive(String name, byte[] packet, String code) throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.raw(packet);
            assertThat(client.expect(2).hex()).startsWith("00" + code);
            client.expectClosed();
        }
        bystander.expectNothing();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "before 3.1, 10 0d 0004 4d515454 02 02 003c 0001 7a, 0001",
        "behind 5, 10 0e 0004 4d515454 06 02 003c 00 0001 7a, 0084",
    })
    void versionsThatAreNotSpoken(String name, String packet, String answer) throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.raw(packet);
            assertThat(client.expect(2).hex()).startsWith(answer);
            client.expectClosed();
        }
    }

    @Test
    void theFirstPacketIsConnect() throws Exception {
        for (String other : new String[] {"c000", "300600016100", "e000", "f000"}) {
            try (WireClient client = new WireClient(server.port())) {
                client.raw(other).raw(new byte[8]).expectClosed();
            }
        }
        bystander.expectNothing();
    }

    @Test
    void whatFollowsARefusedConnectIsNotDone() throws Exception {
        try (WireClient watcher = new WireClient(server.port()); WireClient refused = new WireClient(server.port())) {
            watcher.connect5("refused-watch", true, "");
            watcher.subscribe5("refused/#", 0, "");
            refused.raw(join(WireClient.packet(0x10, WireClient.body("MQTT", 5, 2, (short) 60, 3, WireClient.hex("210000"), "refused")),
                    WireClient.packet(0x30, WireClient.body("refused/t", 0, "x".getBytes()))));
            assertThat(refused.expect(2).hex()).startsWith("0082");
            refused.expectClosed();
            watcher.expectNothing();
        }
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void randomBytesHurtNobodyElse() throws Exception {
        Random random = new Random(20260);
        for (int round = 0; round < 150; round++) {
            try (WireClient client = new WireClient(server.port())) {
                client.connect5("fuzz", true, "");
                byte[] noise = new byte[1 + random.nextInt(60)];
                random.nextBytes(noise);
                if (random.nextBoolean()) {
                    noise = WireClient.packet((1 + random.nextInt(15)) << 4 | (random.nextBoolean() ? 2 : 0), noise);
                }
                try {
                    client.raw(noise).raw("c000");
                } catch (IOException alreadyClosed) {
                    continue;
                }
            }
        }
        bystander.expectNothing();
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("fuzz", true, "");
            client.publish5("t", "x", 1, 1, "").expect(4);
        }
    }
}
