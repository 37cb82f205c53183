package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Packets that are sent once in a while, and the reasons in them. */
class RepliesTest {

    private static final Replies.Manner FIVE = new Replies.Manner(MqttLevel.V5, Long.MAX_VALUE, true);

    private static String hex(ByteBuf packet) {
        return ByteBufUtil.hexDump(packet);
    }

    @Test
    void olderClientsHearNoReasons() {
        assertThat(hex(Replies.refusal(Replies.Manner.UNKNOWN, 5, "why"))).isEqualTo("20020005");
        assertThat(hex(Replies.suback(Replies.Manner.UNKNOWN, 7, List.of(2, 0x80), "why"))).isEqualTo("900400070280");
        assertThat(hex(Replies.unsuback(Replies.Manner.UNKNOWN, 7, List.of(0, 0x11), "why"))).isEqualTo("b0020007");
    }

    @Test
    void aReasonIsThereIfItFitsToTheByte() {
        assertThat(hex(Replies.disconnect(FIVE, 0x82, "why"))).isEqualTo("e0088206" + "1f0003776879");
        assertThat(hex(Replies.disconnect(new Replies.Manner(MqttLevel.V5, 10, true), 0x82, "why"))).isEqualTo("e0088206" + "1f0003776879");
        assertThat(hex(Replies.disconnect(new Replies.Manner(MqttLevel.V5, 9, true), 0x82, "why"))).isEqualTo("e0028200");
    }

    @Test
    void whoDoesNotWantReasonsHearsThemWhereSomethingEnds() {
        Replies.Manner indifferent = new Replies.Manner(MqttLevel.V5, Long.MAX_VALUE, false);
        assertThat(hex(Replies.disconnect(indifferent, 0x82, "why"))).contains("776879");
        assertThat(hex(Replies.suback(indifferent, 7, List.of(0x87), "why"))).isEqualTo("9004000700" + "87");
    }

    @Test
    void aLongReasonIsCutBetweenCharacters() {
        String packet = hex(Replies.disconnect(FIVE, 0x82, "x".repeat(199) + "\uD83D\uDE00 and more"));
        assertThat(packet).startsWith("e0cd0182ca01" + "1f00c7").endsWith("78".repeat(199));
        assertThat(hex(Replies.disconnect(FIVE, 0x82, "a\u0000b"))).endsWith("1f0003612062");
    }

    @Test
    void codesAreThoseOfTheirPackets() {
        assertThat(MqttErrors.inConnack(MqttErrors.SHUTTING_DOWN)).isEqualTo(0x88);
        assertThat(MqttErrors.inConnack(MqttErrors.TAKEN_OVER)).isEqualTo(0x80);
        assertThat(MqttErrors.inConnack(MqttErrors.BAD_METHOD)).isEqualTo(0x8C);
        assertThat(MqttErrors.inDisconnect(0x86)).isEqualTo(0x87);
        assertThat(MqttErrors.inDisconnect(0x88)).isEqualTo(0x83);
        assertThat(MqttErrors.inDisconnect(MqttErrors.NOT_AUTHORIZED)).isEqualTo(0x87);
        assertThat(MqttErrors.inDisconnect(MqttErrors.RECEIVE_MAXIMUM)).isEqualTo(0x93);
    }
}
