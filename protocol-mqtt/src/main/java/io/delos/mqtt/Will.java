package io.delos.mqtt;

import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.Optional;

/**
 * What a client wants published when it is gone without a farewell. Immutable.
 *
 * @param draft        the message but for its times, which begin when it is published
 * @param expiryMillis how long it is worth something; 0 for ever
 * @param delaySeconds how long to wait for the client to come back
 */
record Will(String topic, Message draft, boolean retain, long expiryMillis, long delaySeconds) {

    /** The will in a CONNECT, if there is one. */
    static Optional<Will> of(MqttConnectMessage connect, Target target, byte[] clientId) {
        if (!connect.variableHeader().isWillFlag()) {
            return Optional.empty();
        }
        MqttProperties properties = connect.payload().willProperties();
        int qos = connect.variableHeader().willQos();
        boolean retain = connect.variableHeader().isWillRetain();
        byte[] stored = new Publication.Draft(qos, retain).origin(clientId).properties(PublishProperties.of(properties).write())
                .with(connect.payload().willMessageInBytes());
        Message draft = Message.of(MessageFormat.MQTT, stored).address(target.address()).routing(target.routing()).durable(qos > 0)
                .priority(0).build();
        long delay = Props.number(properties, MqttProperties.WILL_DELAY_INTERVAL).orElse(0) & 0xFFFFFFFFL;
        return Optional.of(new Will(target.topic(), draft, retain, Inbound.expiration(properties, 0), delay));
    }

    /** Whether the will in a CONNECT says that it is text and isn't. */
    static boolean falseText(MqttConnectMessage connect) {
        return connect.variableHeader().isWillFlag()
                && Props.number(connect.payload().willProperties(), MqttProperties.PAYLOAD_FORMAT_INDICATOR).orElse(0) == 1
                && !Utf8.readable(Unpooled.wrappedBuffer(connect.payload().willMessageInBytes()));
    }

    /** The message, published now. */
    Message message() {
        long now = System.currentTimeMillis();
        return draft.toBuilder().timestamp(now).expiration(expiryMillis == 0 ? 0 : now + expiryMillis).build();
    }
}
