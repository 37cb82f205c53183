package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.spi.Protocol;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecognitionTest {

    private final Protocol protocol = new MqttProvider().create(AcceptorConfig.of("a", "tcp://localhost:1?serverKeepAlive=10"));

    @Test
    void aConnectIsRecognisedByItsFirstEightBytes() {
        Map.ofEntries(Map.entry("100c00044d515454", true), Map.entry("100e00064d514973", true), Map.entry("10ff7f00044d5154", true),
                Map.entry("10ffff7f00044d51", true), Map.entry("10ffffff7f00044d", true), Map.entry("10ffffffff00044d", false),
                Map.entry("100c00044d585454", false), Map.entry("100c0004415154ff", false), Map.entry("100c01044d515454", false),
                Map.entry("300c00044d515454", false), Map.entry("110c00044d515454", false), Map.entry("100c000541515454", true),
                Map.entry("414d515003010000", false), Map.entry("434f4e4e4543540a", false), Map.entry("100c00004d515454", true))
                .forEach((hex, expected) -> assertThat(protocol.recognises(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)))).as(hex)
                        .isEqualTo(expected));
        assertThat(protocol.webSocketNames()).containsExactlyInAnyOrder("mqtt", "mqttv3.1");
    }

    @Test
    void keepAlive() {
        MqttOptions sixty = AcceptorConfig.of("a", "tcp://localhost:1").options(MqttOptions.class);
        assertThat(sixty.keepAlive(0)).isEqualTo(60);
        assertThat(sixty.keepAlive(120)).isEqualTo(60);
        assertThat(sixty.keepAlive(60)).isEqualTo(60);
        assertThat(sixty.imposes(60)).isFalse();
        MqttOptions any = AcceptorConfig.of("a", "tcp://localhost:1?serverKeepAlive=-1").options(MqttOptions.class);
        assertThat(any.keepAlive(0)).isZero();
        assertThat(any.imposes(0)).isFalse();
        MqttOptions none = AcceptorConfig.of("a", "tcp://localhost:1?serverKeepAlive=0").options(MqttOptions.class);
        assertThat(none.keepAlive(30)).isZero();
        assertThat(none.imposes(30)).isTrue();
    }
}
