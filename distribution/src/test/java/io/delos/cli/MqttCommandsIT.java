package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and subscriptions of MQTT clients, listed and removed from outside. */
class MqttCommandsIT {

    @TempDir
    static Path temp;

    private static RunningBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = RunningBroker.start(temp);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** A client, and why it was disconnected. */
    private static final class Peer implements MqttCallback, AutoCloseable {
        private final MqttClient client;
        private final MqttConnectionOptions options = new MqttConnectionOptions();
        private final LinkedBlockingQueue<Integer> reasons = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();

        Peer(String clientId, long expiry) throws MqttException {
            client = new MqttClient(broker.url(), clientId, new MemoryPersistence());
            options.setUserName("admin");
            options.setPassword("secret".getBytes(StandardCharsets.UTF_8));
            options.setCleanStart(false);
            options.setSessionExpiryInterval(expiry);
            client.setCallback(this);
        }

        Peer connect() throws MqttException {
            client.connect(options);
            return this;
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            reasons.add(response.getReturnCode());
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            messages.add(topic);
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
        }

        @Override
        public void connectComplete(boolean reconnect, String serverURI) {
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
        }

        @Override
        public void close() throws MqttException {
            if (client.isConnected()) {
                client.disconnect();
            }
            client.close();
        }
    }

    private static JsonNode list(String command, String clientId) throws IOException {
        Cli.Result listed = broker.run("mqtt " + command + " list", "--json", "--field", "clientID", "--operation", "EQUALS", "--value", clientId);
        assertThat(listed.err()).isEmpty();
        return Json.parse(listed.out()).path("data");
    }

    private static boolean queueIsThere(String queue) throws IOException {
        return Json.parse(broker.run("queue stat", "--field", "NAME", "--operation", "EQUALS", "--value", queue, "--json").out()).path("count").asInt() > 0;
    }

    @Test
    void sessionsAreListedWhetherTheirClientsAreHereOrAway() throws Exception {
        try (Peer peer = new Peer("seen", 3600)) {
            peer.options.setWill("seen/last", new MqttMessage("gone".getBytes(StandardCharsets.UTF_8), 1, true, null));
            peer.connect().client.subscribe("seen/+", 1);
            JsonNode here = list("session", "seen");
            assertThat(here).hasSize(1);
            assertThat(here.get(0).path("connected").asBoolean()).isTrue();
            assertThat(here.get(0).path("version").asText()).isEqualTo("5.0");
            assertThat(here.get(0).path("user").asText()).isEqualTo("admin");
            assertThat(here.get(0).path("expiryInterval").asLong()).isEqualTo(3600);
            assertThat(here.get(0).path("subscriptionCount").asInt()).isEqualTo(1);
            assertThat(here.get(0).path("willTopic").asText()).isEqualTo("seen/last");
            assertThat(here.get(0).path("willQoS").asInt()).isEqualTo(1);
            assertThat(here.get(0).path("willRetain").asBoolean()).isTrue();
            peer.client.disconnect();
            await().until(() -> !list("session", "seen").get(0).path("connected").asBoolean());
            broker.run("producer", "--destination", "topic://seen.a", "--message-count", "3");
            JsonNode away = list("session", "seen").get(0);
            assertThat(away.path("version").asText()).isEqualTo("5.0");
            assertThat(away.path("since").asLong()).isBetween(here.get(0).path("since").asLong(), System.currentTimeMillis());
            assertThat(away.path("messageCount").asInt()).isEqualTo(3);
            assertThat(away.path("expiryInterval").asLong()).isEqualTo(3600);
            assertThat(away.path("subscriptionCount").asInt()).isEqualTo(1);
            JsonNode subscription = list("subscription", "seen").get(0);
            assertThat(subscription.path("filter").asText()).isEqualTo("seen/+");
            assertThat(subscription.path("qos").asInt()).isEqualTo(1);
            assertThat(subscription.path("queue").asText()).isEqualTo("seen.seen.*");
            assertThat(subscription.path("messageCount").asInt()).isEqualTo(3);
            assertThat(broker.run("mqtt session list", "--name", "see").out()).contains("|clientID|", "|seen");
            assertThat(broker.run("mqtt subscription list", "--name", "see").out()).contains("|seen/+|");
        }
    }

    @Test
    void aConnectedClientsSessionIsRemoved() throws Exception {
        try (Peer peer = new Peer("ousted", 3600)) {
            peer.connect().client.subscribe("ousted/#", 1);
            assertThat(queueIsThere("ousted.ousted.#")).isTrue();
            Cli.Result removed = broker.run("mqtt session remove", "--name", "ousted");
            assertThat(removed.out()).endsWith("Session ousted removed successfully.\n");
            assertThat(peer.reasons.poll(60, TimeUnit.SECONDS)).isEqualTo(0x98);
            assertThat(list("session", "ousted")).isEmpty();
            assertThat(queueIsThere("ousted.ousted.#")).isFalse();
            assertThat(peer.client.connectWithResult(peer.options).getSessionPresent()).isFalse();
        }
    }

    @Test
    void anAbsentClientsSessionIsRemoved() throws Exception {
        try (Peer peer = new Peer("away", 3600)) {
            peer.connect().client.subscribe(new String[] {"away/a", "away/b"}, new int[] {1, 2});
            peer.client.disconnect();
            assertThat(broker.run("mqtt session remove", "--name", "away").err()).isEmpty();
            assertThat(list("session", "away")).isEmpty();
            assertThat(queueIsThere("away.away.a")).isFalse();
            assertThat(queueIsThere("away.away.b")).isFalse();
            assertThat(broker.run("mqtt session remove", "--name", "away").err()).startsWith("Failed to remove session away. Reason: there is none");
            assertThat(peer.client.connectWithResult(peer.options).getSessionPresent()).isFalse();
        }
    }

    @Test
    void oneSubscriptionIsRemoved() throws Exception {
        try (Peer peer = new Peer("fewer", 3600); Peer sender = new Peer("fewer-sender", 0).connect()) {
            peer.connect().client.subscribe(new String[] {"fewer/a", "fewer/b", "fewer/c"}, new int[] {1, 1, 1});
            assertThat(broker.run("mqtt subscription remove", "--name", "fewer", "--filter", "fewer/a").out())
                    .endsWith("Subscription fewer/a of fewer removed successfully.\n");
            assertThat(list("subscription", "fewer")).hasSize(2);
            assertThat(queueIsThere("fewer.fewer.a")).isFalse();
            peer.client.disconnect();
            assertThat(broker.run("mqtt subscription remove", "--name", "fewer", "--filter", "fewer/b").err()).isEmpty();
            assertThat(queueIsThere("fewer.fewer.b")).isFalse();
            assertThat(list("subscription", "fewer")).hasSize(1);
            assertThat(broker.run("mqtt subscription remove", "--name", "fewer", "--filter", "fewer/b").err())
                    .startsWith("Failed to remove subscription fewer/b of fewer. Reason: there is none");
            assertThat(peer.client.connectWithResult(peer.options).getSessionPresent()).isTrue();
            for (String topic : new String[] {"fewer/a", "fewer/b", "fewer/c"}) {
                sender.client.publish(topic, new byte[] {1}, 1, false);
            }
            assertThat(peer.messages.poll(60, TimeUnit.SECONDS)).isEqualTo("fewer/c");
            assertThat(peer.messages).isEmpty();
        }
    }

    @Test
    void aConnectionIsClosedByItsClientId() throws Exception {
        try (Peer peer = new Peer("closed", 3600).connect();
             Messaging messaging = Dialect.CORE.connect(BrokerUrl.parse(broker.url()), new Login(Optional.of("admin"), Optional.of("secret"), Optional.empty()));
             Management management = messaging.management()) {
            assertThat(management.call("broker", "closeConnectionWithClientID", "closed").asBoolean()).isTrue();
            assertThat(peer.reasons.poll(60, TimeUnit.SECONDS)).isEqualTo(0x98);
            assertThat(management.call("broker", "closeConnectionWithClientID", "nobody").asBoolean()).isFalse();
            assertThat(list("session", "closed")).hasSize(1);
        }
    }

    @Test
    void closingAConsumerClosesTheConnectionAndKeepsTheSubscription() throws Exception {
        String mine = "{\"field\":\"clientID\",\"operation\":\"EQUALS\",\"value\":\"consumes\"}";
        try (Peer peer = new Peer("consumes", 3600).connect();
             Messaging messaging = Dialect.CORE.connect(BrokerUrl.parse(broker.url()), new Login(Optional.of("admin"), Optional.of("secret"), Optional.empty()));
             Management management = messaging.management()) {
            peer.client.subscribe("consumes/a", 1);
            JsonNode consumers = Json.parse(management.call("broker", "listConsumers", mine, 1, -1).asText()).path("data");
            assertThat(consumers).hasSize(1);
            assertThat(consumers.get(0).path("queue").asText()).isEqualTo("consumes.consumes.a");
            JsonNode sessions = Json.parse(management.call("broker", "listSessions", mine, 1, -1).asText()).path("data");
            assertThat(sessions).hasSize(1);
            String session = sessions.get(0).path("id").asText();
            assertThat(management.call("broker", "closeConsumerWithID", session, consumers.get(0).path("id").asText()).asBoolean()).isTrue();
            assertThat(peer.reasons.poll(60, TimeUnit.SECONDS)).isEqualTo(0x98);
            assertThat(peer.client.connectWithResult(peer.options).getSessionPresent()).isTrue();
            assertThat(list("subscription", "consumes")).hasSize(1);
        }
    }

    @Test
    void whoDoesNotSayWhichIsToldSo() {
        assertThat(broker.run("mqtt session remove", "--silent").err()).startsWith("Must specify --name");
        assertThat(broker.run("mqtt session list", "--field", "clientID").err()).startsWith("'--field', '--operation' and '--value' need each other");
        assertThat(broker.run("mqtt session list", "--field", "nonsense", "--operation", "EQUALS", "--value", "1").exit()).isZero();
    }
}
