package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client of HiveMQ, both versions. */
class HiveMqIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(
                List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?validatePayloadFormat=true;receiveMaximum=20"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Mqtt5BlockingClient five(String id) {
        return MqttClient.builder().useMqttVersion5().identifier(id).serverHost("127.0.0.1").serverPort(server.port()).buildBlocking();
    }

    private static Mqtt3BlockingClient three(String id) {
        return MqttClient.builder().useMqttVersion3().identifier(id).serverHost("127.0.0.1").serverPort(server.port()).buildBlocking();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void versionFive() throws Exception {
        Mqtt5BlockingClient subscriber = five("hive-sub");
        subscriber.connectWith().cleanStart(false).sessionExpiryInterval(3600).restrictions().receiveMaximum(5).topicAliasMaximum(4).applyRestrictions().send();
        Mqtt5BlockingClient publisher = five("hive-pub");
        publisher.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            subscriber.subscribeWith().topicFilter("hive/+").qos(MqttQos.EXACTLY_ONCE).userProperties().add("a", "b").applyUserProperties().send();
            for (int i = 0; i < 60; i++) {
                publisher.publishWith().topic("hive/" + i % 2).qos(MqttQos.fromCode(1 + i % 2)).payload(utf8("m" + i)).contentType("text/plain")
                        .responseTopic("answers").correlationData(new byte[] {1, 2}).messageExpiryInterval(600)
                        .userProperties().add("k", "1").add("k", "2").applyUserProperties().send();
            }
            for (int i = 0; i < 60; i++) {
                Mqtt5Publish got = publishes.receive(10, TimeUnit.SECONDS).orElseThrow();
                assertThat(new String(got.getPayloadAsBytes(), StandardCharsets.UTF_8)).isEqualTo("m" + i);
                assertThat(got.getTopic()).hasToString("hive/" + i % 2);
                assertThat(got.getUserProperties().asList()).hasSize(2);
                assertThat(got.getMessageExpiryInterval().orElse(0)).isBetween(590L, 600L);
            }
            subscriber.disconnect();
            publisher.publishWith().topic("hive/x").qos(MqttQos.EXACTLY_ONCE).payload(utf8("later")).send();
            Mqtt5ConnAck back = subscriber.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
            assertThat(back.isSessionPresent()).isTrue();
            assertThat(publishes.receive(10, TimeUnit.SECONDS).map(Mqtt5Publish::getPayloadAsBytes)).contains(utf8("later"));
        }
        subscriber.disconnectWith().sessionExpiryInterval(0).send();
        publisher.disconnect();
    }

    /** The client finds by the topic which of its subscriptions a copy is for, and gives it to all of them. */
    @Test
    void overlappingSubscriptionsAllHear() throws Exception {
        Mqtt5AsyncClient client = five("hive-over").toAsync();
        client.connect().get(60, TimeUnit.SECONDS);
        Set<String> heard = ConcurrentHashMap.newKeySet();
        List<String> filters = List.of("hive-over/a", "hive-over/+", "hive-over/#");
        for (String filter : filters) {
            client.subscribeWith().topicFilter(filter).qos(MqttQos.EXACTLY_ONCE).callback(each -> heard.add(filter)).send().get(60, TimeUnit.SECONDS);
        }
        client.publishWith().topic("hive-over/a").qos(MqttQos.EXACTLY_ONCE).payload(utf8("m")).send().get(60, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(filters));
        client.disconnect().get(60, TimeUnit.SECONDS);
    }

    @Test
    void refusalsHaveTheirReasons() {
        Mqtt5BlockingClient client = five("hive-refused");
        client.connect();
        assertThatThrownBy(() -> client.publishWith().topic("hive/f").qos(MqttQos.AT_LEAST_ONCE).payload(new byte[] {(byte) 0xC3})
                .payloadFormatIndicator(com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator.UTF_8).send())
                .isInstanceOfSatisfying(Mqtt5PubAckException.class, refused -> {
                    assertThat(refused.getMqttMessage().getReasonCode().getCode()).isEqualTo(0x99);
                    assertThat(refused.getMqttMessage().getReasonString()).isPresent();
                });
        client.disconnect();
    }

    @Test
    void versionThree() throws Exception {
        Mqtt3BlockingClient client = three("hive-three");
        client.connectWith().cleanSession(false).send();
        try (Mqtt3BlockingClient.Mqtt3Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("three/#").qos(MqttQos.EXACTLY_ONCE).send();
            for (int qos = 0; qos < 3; qos++) {
                client.publishWith().topic("three/t").qos(MqttQos.fromCode(qos)).payload(utf8("q" + qos)).send();
                Optional<Mqtt3Publish> got = publishes.receive(10, TimeUnit.SECONDS);
                assertThat(got.map(Mqtt3Publish::getPayloadAsBytes)).contains(utf8("q" + qos));
                assertThat(got.orElseThrow().getQos().getCode()).isEqualTo(qos);
            }
        }
        client.disconnect();
    }
}
