package io.delos.dist;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** MQTT 5 as Paho speaks it. A durable letter is a QoS 1 publish, another one QoS 0; everything is received with QoS 2. */
final class MqttPeer implements Peer {

    private final MqttAsyncClient client;
    private final BlockingQueue<MqttMessage> arrived = new LinkedBlockingQueue<>();
    private Optional<String> listening = Optional.empty();

    MqttPeer(int port, String clientId, Optional<Account> account) throws MqttException {
        client = new MqttAsyncClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
        client.setCallback(new Arrivals(arrived));
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        account.ifPresent(known -> {
            options.setUserName(known.user());
            options.setPassword(known.password().getBytes(StandardCharsets.UTF_8));
        });
        try {
            client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        } catch (MqttException e) {
            client.close();
            throw e;
        }
    }

    static String topic(Place place) {
        return place.name().replace('.', '/');
    }

    @Override
    public void listen(Place place) throws MqttException {
        if (listening.isPresent()) {
            client.unsubscribe(listening.get()).waitForCompletion(PATIENCE_MILLIS);
        }
        accepted(client.subscribe(topic(place), 2));
        listening = Optional.of(topic(place));
    }

    @Override
    public long send(Place place, Letter letter) throws MqttException {
        MqttProperties properties = new MqttProperties();
        properties.setUserProperties(letter.properties().entrySet().stream()
                .map(each -> new UserProperty(each.getKey(), String.valueOf(each.getValue()))).toList());
        if (!letter.correlation().isEmpty()) {
            properties.setCorrelationData(letter.correlation().getBytes(StandardCharsets.UTF_8));
        }
        if (!letter.replyTo().isEmpty()) {
            properties.setResponseTopic(letter.replyTo().replace('.', '/'));
        }
        if (letter.expires() != 0) {
            properties.setMessageExpiryInterval((letter.expires() - System.currentTimeMillis()) / 1000);
        }
        byte[] body = letter.body() instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) letter.body();
        MqttMessage message = new MqttMessage(body, letter.durable() ? 1 : 0, false, properties);
        accepted(client.publish(topic(place), message));
        return letter.expires();
    }

    /** The client doesn't take a refusal for a failure. */
    static void accepted(IMqttToken token) throws MqttException {
        token.waitForCompletion(PATIENCE_MILLIS);
        int[] codes = token.getReasonCodes();
        for (int code : codes == null ? new int[0] : codes) {
            if (code >= 0x80) {
                throw new MqttException(code);
            }
        }
    }

    @Override
    public Letter receive() throws Exception {
        MqttMessage message = arrived.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (message == null) {
            throw new TimeoutException("nothing arrived");
        }
        MqttProperties told = message.getProperties();
        Map<String, Object> properties = new HashMap<>();
        Optional.ofNullable(told.getUserProperties()).orElse(List.of()).forEach(each -> properties.put(each.getKey(), each.getValue()));
        byte[] correlation = told.getCorrelationData();
        String replyTo = told.getResponseTopic();
        Long seconds = told.getMessageExpiryInterval();
        return new Letter(message.getPayload(), properties, correlation == null ? "" : new String(correlation, StandardCharsets.UTF_8),
                replyTo == null ? "" : replyTo.replace('/', '.'), message.getQos() > 0, null,
                seconds == null ? 0 : System.currentTimeMillis() + 1000 * seconds);
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 1000, true);
        client.close();
    }

    record Arrivals(BlockingQueue<MqttMessage> queue) implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            queue.add(message);
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
        }
    }
}
