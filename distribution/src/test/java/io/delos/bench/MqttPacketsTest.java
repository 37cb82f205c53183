package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MqttPacketsTest {
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 18);

    private String written() {
        return HexFormat.of().formatHex(bytes.array(), 0, bytes.position());
    }

    private List<String> cut(ByteBuffer in) throws IOException {
        List<String> found = new ArrayList<>();
        MqttPackets.cut(in, (head, all, at, length) -> found.add(Integer.toHexString(head) + " " + length + " " + (length > 0 ? all.get(at) : 0)));
        return found;
    }

    @Test
    void packetsAreAsTheStandardHasThem() {
        MqttPackets.subscribe(bytes, 10, MqttPackets.utf8("a/b"), 1, false);
        assertThat(written()).isEqualTo("8208000a0003612f6201");
        bytes.clear();
        MqttPackets.subscribe(bytes, 10, MqttPackets.utf8("a/b"), 1, true);
        assertThat(written()).isEqualTo("8209000a000003612f6201");
        bytes.clear();
        MqttPackets.publish(bytes, MqttPackets.utf8("a/b"), 2, true, 258, 0, false);
        assertThat(written()).isEqualTo("35070003612f620102");
        bytes.clear();
        MqttPackets.acknowledge(bytes, MqttPackets.PUBREL, 7);
        MqttPackets.disconnect(bytes);
        assertThat(written()).isEqualTo("62020007e000");
    }

    @Test
    void packetsAreFoundHoweverTheyAreTornApart() throws IOException {
        MqttPackets.publish(bytes, MqttPackets.utf8("t"), 0, false, 0, 300, false);
        bytes.put(new byte[300]);
        MqttPackets.acknowledge(bytes, MqttPackets.PUBACK, 258);
        MqttPackets.disconnect(bytes);
        bytes.flip();
        for (int split = 0; split <= bytes.limit(); split++) {
            ByteBuffer first = bytes.duplicate().limit(split);
            List<String> found = cut(first);
            ByteBuffer rest = bytes.duplicate().position(first.position());
            found.addAll(cut(rest));
            assertThat(found).containsExactly("30 303 0", "40 2 1", "e0 0 0");
            assertThat(rest.hasRemaining()).isFalse();
        }
    }

    @Test
    void aLengthOfFiveBytesIsRefused() {
        ByteBuffer in = ByteBuffer.wrap(new byte[] {0x30, -1, -1, -1, -1, 1});
        assertThatThrownBy(() -> cut(in)).isInstanceOf(IOException.class);
    }

    @Test
    void thePayloadFollowsTopicIdAndProperties() throws IOException {
        for (boolean five : new boolean[] {false, true}) {
            for (int qos = 0; qos <= 2; qos++) {
                bytes.clear();
                MqttPackets.publish(bytes, MqttPackets.utf8("some/topic"), qos, false, 1, 1, five);
                bytes.put((byte) 42).flip();
                MqttPackets.cut(bytes, (head, in, at, length) -> assertThat(in.get(MqttPackets.payload(head, in, at, five))).isEqualTo((byte) 42));
                assertThat(bytes.hasRemaining()).isFalse();
            }
        }
    }
}
