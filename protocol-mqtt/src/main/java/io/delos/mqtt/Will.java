package io.delos.mqtt;

import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a client wants published when it is gone without a farewell. Immutable.
 *
 * @param draft        the message but for its times, which begin when it is published
 * @param expiryMillis how long it is worth something; {@link #FOR_EVER} for ever
 * @param delaySeconds how long to wait for the client to come back
 */
record Will(String topic, Message draft, boolean retain, long expiryMillis, long delaySeconds) {

    static final long FOR_EVER = -1;

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
        OptionalInt expiry = Props.number(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL);
        long expiryMillis = expiry.isPresent() ? (expiry.getAsInt() & 0xFFFFFFFFL) * 1000 : FOR_EVER;
        return Optional.of(new Will(target.topic(), draft, retain, expiryMillis, delay));
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
        return draft.toBuilder().timestamp(now).expiration(expiryMillis == FOR_EVER ? 0 : now + expiryMillis).build();
    }
}
