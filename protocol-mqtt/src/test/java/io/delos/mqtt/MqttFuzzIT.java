package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.Damage;
import io.delos.server.TestServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound conversations with damage in them: each ends for a reason of the protocol's, and the broker goes on serving others.
 * {@code -Ddelos.fuzz.conversations} has more of them, {@code -Ddelos.fuzz.seed} others.
 */
class MqttFuzzIT {

    private static final int CONVERSATIONS = Integer.getInteger("delos.fuzz.conversations", 600);
    private static final long SEED = Long.getLong("delos.fuzz.seed", 20);

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

    private static byte[] properties(String hex) {
        byte[] bytes = WireClient.hex(hex);
        return WireClient.body(bytes.length, bytes);
    }

    private static byte[] publish(int first, boolean five, String topic, int packetId, String properties, String payload) {
        byte[] id = (first & 6) > 0 ? WireClient.body((short) packetId) : new byte[0];
        return WireClient.packet(first, WireClient.body(topic, id, five ? properties(properties) : new byte[0],
                payload.getBytes(StandardCharsets.UTF_8)));
    }

    /** A little of everything. */
    private static List<byte[]> corpus(boolean five) {
        byte[] none = five ? properties("") : new byte[0];
        byte[] connect = five ? WireClient.body("MQTT", 5, 0xEE, (short) 60,
                properties("1100000e10" + "21000a" + "2700010000" + "220005" + "1901" + "1701" + "260001610001" + "62"), "fuzz",
                properties("1800000001" + "0101" + "02000000ff" + "030001740800017209" + "000101" + "2600016b000176"), "fuzz/will", "gone", "u", "p")
                : WireClient.body("MQTT", 4, 0xEC, (short) 60, "fuzz", "fuzz/will", "gone", "u", "p");
        List<byte[]> packets = new ArrayList<>(List.of(WireClient.packet(0x10, connect),
                WireClient.packet(0x82, WireClient.body((short) 1, five ? properties("0b05" + "2600016b000176") : none, "fuzz/+", 2, "fuzz/#", 1)),
                WireClient.packet(0x82, WireClient.body((short) 2, none, "$share/g/fuzz/a", 1)),
                publish(0x30, five, "fuzz/a", 0, "0101" + "2600016b000176", "zero"),
                publish(0x33, five, "fuzz/a", 3, "02000000ff" + "230001" + "080001720900020102", "one"),
                publish(0x34, five, "fuzz/b", 4, "030003742f74", "two"), WireClient.packet(0x62, WireClient.body((short) 4)),
                publish(0x3C, five, "fuzz/b", 5, "", "x".repeat(300)),
                WireClient.packet(0x62, five ? WireClient.body((short) 5, 0x92, properties("1f000161")) : WireClient.body((short) 5)),
                WireClient.packet(0x40, five ? WireClient.body((short) 1, 0x10, properties("1f000161")) : WireClient.body((short) 1)),
                WireClient.packet(0x50, WireClient.body((short) 2)), WireClient.packet(0x70, WireClient.body((short) 2)),
                WireClient.packet(0xC0, new byte[0]), WireClient.packet(0xA2, WireClient.body((short) 6, none, "fuzz/+", "other")),
                publish(0x31, five, "fuzz/a", 0, "", ""),
                WireClient.packet(0xE0, five ? WireClient.body(4, properties("110000000a" + "1f000161")) : new byte[0])));
        if (five) {
            packets.add(3, publish(0x30, true, "", 0, "230001", "by alias"));
            packets.add(4, WireClient.packet(0xF0, WireClient.body(0x19, properties("150001731600016161"))));
        }
        return packets;
    }

    @Test
    void damagedConversationsHurtNobodyElse() throws IOException {
        Random random = new Random(SEED);
        byte[] small = new byte[45];
        for (int i = 0; i < small.length; i++) {
            small[i] = (byte) i;
        }
        Damage damage = new Damage(random, small);
        for (int i = 0; i < CONVERSATIONS; i++) {
            checkAnswer(Damage.answer(server.port(), damage.of(corpus(random.nextInt(3) > 0))), i);
        }
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("healthy", true, "");
            client.subscribe5("well", 1, "");
            client.publish5("well", "x", 1, 1, "");
            assertThat(List.of(client.read().type(), client.read().type())).containsExactlyInAnyOrder(3, 4);
            Awaitility.await().until(() -> server.broker().clients().all().size() <= 1);
        }
    }

    /** All of it can be read, and nothing in it says that the broker did not know what to make of this. */
    private static void checkAnswer(byte[] answer, int conversation) {
        ByteBuf in = Unpooled.wrappedBuffer(answer);
        while (in.isReadable()) {
            int first = in.readUnsignedByte();
            int length = 0;
            int digit = 0x80;
            for (int shift = 0; (digit & 0x80) != 0; shift += 7) {
                digit = in.readUnsignedByte();
                length |= (digit & 0x7F) << shift;
            }
            byte[] body = new byte[length];
            in.readBytes(body);
            if (first == 0xE0 && length > 0) {
                assertThat(body[0] & 0xFF).as("conversation %d of seed %d: %s", conversation, SEED, new String(body, StandardCharsets.UTF_8))
                        .isNotEqualTo(MqttErrors.IMPLEMENTATION);
            }
        }
    }
}
