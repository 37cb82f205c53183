package io.delos.mqtt;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.List;
import java.util.Optional;

/** What the protocol demands of packets and the decoder doesn't check. Each rule answers with what is wrong, if something is. */
final class PacketRules {

    /** A fault in a packet: the reason code of MQTT 5, and a sentence. */
    record Fault(int code, String sentence) { }

    private PacketRules() {
    }

    private static Optional<Fault> malformed(String sentence) {
        return Optional.of(new Fault(MqttErrors.MALFORMED, sentence));
    }

    private static Optional<Fault> wrong(String sentence) {
        return Optional.of(new Fault(MqttErrors.PROTOCOL_ERROR, sentence));
    }

    static Optional<Fault> check(MqttConnectMessage connect) {
        MqttConnectVariableHeader header = connect.variableHeader();
        if (header.willQos() > 2 || !header.isWillFlag() && (header.willQos() > 0 || header.isWillRetain())) {
            return malformed("the will's flags contradict each other");
        }
        if (header.isWillFlag() && (connect.payload().willTopic() == null || badName(connect.payload().willTopic()))) {
            return malformed("the will has no topic name");
        }
        if (header.isWillFlag() && Props.text(connect.payload().willProperties(), MqttProperties.RESPONSE_TOPIC)
                .filter(PacketRules::badName).isPresent()) {
            return wrong("the response topic of the will is no topic name");
        }
        if (header.hasPassword() && !header.hasUserName() && header.version() == MqttLevel.V3_1_1.number()) {
            return malformed("a password without a user name");
        }
        return Optional.empty();
    }

    private static boolean flag(MqttProperties properties, int id) {
        int value = Props.number(properties, id).orElse(0);
        return value == 0 || value == 1;
    }

    private static boolean badName(String topic) {
        return topic.isEmpty() || topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0;
    }

    static Optional<Fault> check(MqttPublishMessage publish, MqttLevel level) {
        if (publish.fixedHeader().isDup() && publish.fixedHeader().qosLevel().value() == 0) {
            return malformed("a message of QoS 0 is no duplicate");
        }
        MqttProperties properties = publish.variableHeader().properties();
        if (level != MqttLevel.V5) {
            return publish.variableHeader().topicName().isEmpty() ? malformed("PUBLISH without a topic") : Optional.empty();
        }
        if (properties.isEmpty()) {
            return Optional.empty();
        }
        if (!properties.getProperties(MqttProperties.SUBSCRIPTION_IDENTIFIER).isEmpty()) {
            return wrong("a client's PUBLISH has no subscription identifier");
        }
        if (!flag(properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR)) {
            return malformed("the payload format indicator is neither 0 nor 1");
        }
        boolean response = Props.text(properties, MqttProperties.RESPONSE_TOPIC).filter(PacketRules::badName).isPresent();
        return response ? wrong("the response topic is no topic name") : Optional.empty();
    }

    static Optional<Fault> check(MqttSubscribeMessage subscribe, MqttLevel level) {
        if (subscribe.payload().topicSubscriptions().isEmpty()) {
            return wrong("SUBSCRIBE without a filter");
        }
        for (MqttTopicSubscription each : subscribe.payload().topicSubscriptions()) {
            if (each.topicFilter() == null || each.topicFilter().isEmpty()) {
                return malformed("an empty filter");
            }
            MqttSubscriptionOption option = each.option();
            if (option.isNoLocal() && each.topicFilter().startsWith(TopicFilter.SHARE)) {
                return wrong("a shared subscription can't leave out what its client publishes");
            }
            if (level != MqttLevel.V5 && (option.isNoLocal() || option.isRetainAsPublished() || option.retainHandling().value() != 0)) {
                return malformed("reserved bits of a subscription are set");
            }
        }
        MqttProperties.MqttProperty<?> identifier =
                subscribe.idAndPropertiesVariableHeader().properties().getProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER);
        boolean zero = identifier instanceof MqttProperties.IntegerProperty number && number.value() == 0;
        return zero ? wrong("a subscription identifier must not be 0") : Optional.empty();
    }

    static Optional<Fault> check(MqttUnsubscribeMessage unsubscribe) {
        List<String> filters = unsubscribe.payload().topics();
        if (filters.stream().anyMatch(String::isEmpty)) {
            return malformed("an empty filter");
        }
        return filters.isEmpty() ? wrong("UNSUBSCRIBE without a filter") : Optional.empty();
    }
}
