package io.delos.mqtt;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;

/**
 * What CONNACK tells a client that is let in (mqtt document, section 3).
 *
 * @param asked       the keep-alive it asked for, in seconds
 * @param information whether it wants to hear where it may have answers sent to
 * @param first       what its login adds
 */
record Greeting(MqttOptions options, MqttLevel level, int asked, boolean information, Fields first) {

    static Greeting of(MqttConnectMessage packet, MqttOptions options, Fields first) {
        boolean information = Props.number(packet.variableHeader().properties(), MqttProperties.REQUEST_RESPONSE_INFORMATION).orElse(0) == 1;
        return new Greeting(options, MqttLevel.of(packet.variableHeader().version()), packet.variableHeader().keepAliveTimeSeconds(),
                information, first);
    }

    /** The keep-alive that counts, in seconds; 0 for none. */
    int keepAlive() {
        return options.keepAlive(asked);
    }

    /** The properties, for the client of this id; for MQTT 5. To be called once. */
    Fields fields(String clientId, boolean assigned) {
        Fields fields = first;
        if (options.topicAliasMaximum() >= 0) {
            fields.u16(MqttProperties.TOPIC_ALIAS_MAXIMUM, options.highestAlias());
        }
        if (options.maximumPacketSize() > 0) {
            fields.u32(MqttProperties.MAXIMUM_PACKET_SIZE, options.maximumPacketSize());
        }
        if (options.inboundWindow() < MqttOptions.PACKET_IDS) {
            fields.u16(MqttProperties.RECEIVE_MAXIMUM, options.inboundWindow());
        }
        if (options.imposes(asked)) {
            fields.u16(MqttProperties.SERVER_KEEP_ALIVE, Math.min(0xFFFF, options.serverKeepAlive()));
        }
        if (assigned) {
            fields.text(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, clientId);
        }
        if (information && !options.responseInformation().isEmpty()) {
            fields.text(MqttProperties.RESPONSE_INFORMATION, options.responseInformation() + clientId);
        }
        return fields;
    }
}
