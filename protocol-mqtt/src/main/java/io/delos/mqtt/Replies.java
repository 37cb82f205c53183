package io.delos.mqtt;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import java.util.List;
import java.util.Optional;

/** Makes the packets that are sent once in a while; Netty's encoder writes them. */
final class Replies {

    private static final MqttProperties NONE = MqttProperties.NO_PROPERTIES;
    /** A reason is cut there: a client with a small packet limit must be able to read it. */
    private static final int LONGEST_REASON = 200;

    private Replies() {
    }

    private static MqttFixedHeader header(MqttMessageType type) {
        return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
    }

    static MqttMessage connack(int code, boolean present, MqttProperties properties) {
        return new MqttConnAckMessage(header(MqttMessageType.CONNACK),
                new MqttConnAckVariableHeader(MqttConnectReturnCode.valueOf((byte) code), present, properties));
    }

    /** The properties of a CONNACK that lets a client in (mqtt document, section 3). */
    static MqttProperties connected(MqttOptions options, int askedKeepAlive, Optional<String> assignedId) {
        MqttProperties properties = new MqttProperties();
        if (options.topicAliasMaximum() >= 0) {
            number(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, options.highestAlias());
        }
        if (options.maximumPacketSize() > 0) {
            number(properties, MqttProperties.MAXIMUM_PACKET_SIZE, options.maximumPacketSize());
        }
        if (options.inboundWindow() < MqttOptions.PACKET_IDS) {
            number(properties, MqttProperties.RECEIVE_MAXIMUM, options.inboundWindow());
        }
        if (options.imposes(askedKeepAlive)) {
            number(properties, MqttProperties.SERVER_KEEP_ALIVE, Math.min(0xFFFF, options.serverKeepAlive()));
        }
        assignedId.ifPresent(id -> properties.add(new MqttProperties.StringProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, id)));
        return properties;
    }

    private static void number(MqttProperties properties, int id, int value) {
        properties.add(new MqttProperties.IntegerProperty(id, value));
    }

    /** The sentence as MQTT 5's reason string; nothing for older clients. */
    static MqttProperties reason(MqttLevel level, String sentence) {
        if (level != MqttLevel.V5) {
            return NONE;
        }
        MqttProperties properties = new MqttProperties();
        String text = sentence.substring(0, Math.min(LONGEST_REASON, sentence.length())).replace('\u0000', ' ');
        properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, text));
        return properties;
    }

    static MqttMessage suback(int packetId, List<Integer> codes) {
        int[] all = codes.stream().mapToInt(Integer::intValue).toArray();
        return new MqttSubAckMessage(header(MqttMessageType.SUBACK), new MqttMessageIdAndPropertiesVariableHeader(packetId, NONE),
                new MqttSubAckPayload(all));
    }

    static MqttMessage unsuback(int packetId, List<Short> codes, MqttLevel level) {
        return new MqttUnsubAckMessage(header(MqttMessageType.UNSUBACK), new MqttMessageIdAndPropertiesVariableHeader(packetId, NONE),
                level == MqttLevel.V5 ? new MqttUnsubAckPayload(codes) : new MqttUnsubAckPayload());
    }

    /** For MQTT 5 only. */
    static MqttMessage disconnect(int code, String sentence) {
        return new MqttMessage(header(MqttMessageType.DISCONNECT),
                new MqttReasonCodeAndPropertiesVariableHeader((byte) code, reason(MqttLevel.V5, sentence)));
    }
}
