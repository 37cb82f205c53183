package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "SUBSCRIBE of QoS 3, 82 07 0001 00 0001 61 03, 81",
        "SUBSCRIBE with retain handling 3, 82 07 0001 00 0001 61 30, 81",
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
        "an unknown level, 10 0d 0004 4d515454 06 02 003c 0001 7a",
        "an unknown name, 10 0d 0004 4d515455 04 02 003c 0001 7a",
        "the reserved flag, 10 0d 0004 4d515454 04 03 003c 0001 7a",
        "a will of QoS 3, 10 13 0004 4d515454 04 1e 003c 0001 7a 0001 77 0001 77",
        "QoS without a will, 10 0d 0004 4d515454 04 0a 003c 0001 7a",
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
