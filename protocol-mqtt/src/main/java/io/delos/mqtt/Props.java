package io.delos.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.Optional;
import java.util.OptionalInt;

/** Picks single values out of a packet's properties. */
final class Props {

    private Props() {
    }

    static OptionalInt number(MqttProperties properties, int id) {
        MqttProperties.MqttProperty<?> property = properties.getProperty(id);
        return property instanceof MqttProperties.IntegerProperty number ? OptionalInt.of(number.value()) : OptionalInt.empty();
    }

    static Optional<String> text(MqttProperties properties, int id) {
        MqttProperties.MqttProperty<?> property = properties.getProperty(id);
        return property instanceof MqttProperties.StringProperty text ? Optional.of(text.value()) : Optional.empty();
    }

    static Optional<byte[]> bytes(MqttProperties properties, int id) {
        MqttProperties.MqttProperty<?> property = properties.getProperty(id);
        return property instanceof MqttProperties.BinaryProperty bytes ? Optional.of(bytes.value()) : Optional.empty();
    }
}
