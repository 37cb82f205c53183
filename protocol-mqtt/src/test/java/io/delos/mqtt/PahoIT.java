package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eclipse Paho, both generations. */
class PahoIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String url(String scheme) {
        return scheme + "://127.0.0.1:" + server.port();
    }

    private static MqttClient three(String clientId, int version, boolean clean) throws Exception {
        MqttClient client = new MqttClient(url("tcp"), clientId, new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(version);
        options.setCleanSession(clean);
        client.connect(options);
        return client;
    }

    private static String take(BlockingQueue<String> got) throws InterruptedException {
        return got.poll(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {MqttConnectOptions.MQTT_VERSION_3_1, MqttConnectOptions.MQTT_VERSION_3_1_1})
    void olderClients(int version) throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        MqttClient subscriber = three("paho-sub" + version, version, false);
        subscriber.subscribe("paho" + version + "/#", 2, (topic, message) -> got.add(topic + "=" + message));
        MqttClient publisher = three("paho-pub" + version, version, true);
        for (int qos = 0; qos < 3; qos++) {
            publisher.publish("paho" + version + "/" + qos, "hello".getBytes(StandardCharsets.UTF_8), qos, false);
            assertThat(take(got)).isEqualTo("paho" + version + "/" + qos + "=hello");
        }
        subscriber.disconnect();
        publisher.publish("paho" + version + "/later", "waited".getBytes(StandardCharsets.UTF_8), 2, false);
        subscriber.setCallback(new org.eclipse.paho.client.mqttv3.MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                got.add("lost");
            }

            @Override
            public void messageArrived(String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {
                got.add(topic + "=" + message);
            }

            @Override
            public void deliveryComplete(org.eclipse.paho.client.mqttv3.IMqttDeliveryToken token) {
            }
        });
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(version);
        options.setCleanSession(false);
        subscriber.connect(options);
        assertThat(take(got)).isEqualTo("paho" + version + "/later=waited");
        subscriber.unsubscribe("paho" + version + "/#");
        subscriber.disconnect();
        publisher.disconnect();
        subscriber.close();
        publisher.close();
    }

    @Test
    void largePayloads() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        MqttClient subscriber = three("paho-large", MqttConnectOptions.MQTT_VERSION_3_1_1, true);
        subscriber.subscribe("paho-large", 2, (topic, message) -> got.add(message.toString()));
        org.eclipse.paho.mqttv5.client.MqttClient publisher = new org.eclipse.paho.mqttv5.client.MqttClient(url("tcp"), "paho-large-pub",
                new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
        publisher.connect();
        for (int qos = 0; qos < 3; qos++) {
            String large = qos + "0123456789".repeat(150_000);
            publisher.publish("paho-large", large.getBytes(StandardCharsets.UTF_8), qos, false);
            assertThat(take(got).equals(large)).isTrue();
        }
        subscriber.disconnect();
        publisher.disconnect();
        subscriber.close();
        publisher.close();
    }

    @Test
    void webSockets() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        MqttClient client = new MqttClient(url("ws"), "paho-ws", new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
        await().ignoreExceptions().until(() -> {
            client.connect();
            return true;
        });
        client.subscribe("ws/t", 1, (topic, message) -> got.add(message.toString()));
        String large = "x".repeat(30_000);
        client.publish("ws/t", large.getBytes(StandardCharsets.UTF_8), 1, false);
        assertThat(take(got)).isEqualTo(large);
        client.disconnect();
        client.close();
    }

    @Test
    void versionFive() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        org.eclipse.paho.mqttv5.client.MqttClient client = new org.eclipse.paho.mqttv5.client.MqttClient(url("tcp"), "paho-five",
                new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3600L);
        options.setReceiveMaximum(10);
        client.setCallback(new Collecting(got));
        client.connect(options);
        client.subscribe(new MqttSubscription[] {new MqttSubscription("five/#", 2)});
        MqttProperties properties = new MqttProperties();
        properties.setContentType("text/plain");
        properties.setResponseTopic("answers/here");
        properties.setCorrelationData(new byte[] {1, 2, 3});
        properties.getUserProperties().add(new org.eclipse.paho.mqttv5.common.packet.UserProperty("k", "v"));
        for (int i = 0; i < 60; i++) {
            MqttMessage message = new MqttMessage(("m" + i).getBytes(StandardCharsets.UTF_8));
            message.setQos(i % 3);
            message.setProperties(properties);
            client.publish("five/" + i % 2, message);
        }
        for (int i = 0; i < 60; i++) {
            assertThat(take(got)).isEqualTo("five/" + i % 2 + "=m" + i + " text/plain answers/here 3 v");
        }
        client.disconnect();
        client.close();
    }

    /** Writes down what arrives. */
    private record Collecting(BlockingQueue<String> got) implements org.eclipse.paho.mqttv5.client.MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            MqttProperties properties = message.getProperties();
            got.add(topic + "=" + message + " " + properties.getContentType() + " " + properties.getResponseTopic() + " "
                    + properties.getCorrelationData().length + " " + properties.getUserProperties().get(0).getValue());
        }

        @Override
        public void disconnected(org.eclipse.paho.mqttv5.client.MqttDisconnectResponse response) {
        }

        @Override
        public void mqttErrorOccurred(org.eclipse.paho.mqttv5.common.MqttException exception) {
            got.add("error " + exception);
        }

        @Override
        public void deliveryComplete(org.eclipse.paho.mqttv5.client.IMqttToken token) {
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
        }
    }
}
