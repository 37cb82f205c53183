package io.delos.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A QoS 1 subscription in a session that outlives its connections. MQTT doesn't confirm a PUBACK, so nothing here is confirmed. */
final class MqttInbox implements Inbox {
    private final MqttAsyncClient client;
    private final BlockingQueue<MqttMessage> arrived = new LinkedBlockingQueue<>();
    private final List<Integer> unacknowledged = new ArrayList<>();
    private volatile Throwable broken;

    MqttInbox(String uri, String topic, String clientId) throws MqttException {
        client = new MqttAsyncClient(uri, clientId, new MemoryPersistence());
        client.setManualAcks(true);
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                broken = cause;
            }

            @Override
            public void messageArrived(String on, MqttMessage message) {
                arrived.add(message);
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) { }
        });
        MqttConnectOptions options = MqttOutbox.options(100);
        options.setCleanSession(false);
        MqttOutbox.connect(client, options);
        try {
            client.subscribe(topic, 1).waitForCompletion(10_000);
        } catch (MqttException e) {
            MqttOutbox.disconnect(client);
            throw e;
        }
    }

    @Override
    public Optional<byte[]> receive() throws MqttException, InterruptedException {
        MqttMessage message = arrived.poll(100, TimeUnit.MILLISECONDS);
        if (message == null) {
            if (broken != null) {
                throw new MqttException(MqttException.REASON_CODE_CONNECTION_LOST, broken);
            }
            return Optional.empty();
        }
        unacknowledged.add(message.getId());
        return Optional.of(message.getPayload());
    }

    @Override
    public boolean acknowledge() throws MqttException {
        for (int id : unacknowledged) {
            client.messageArrivedComplete(id, 1);
        }
        unacknowledged.clear();
        return false;
    }

    @Override
    public void close() throws MqttException {
        MqttOutbox.disconnect(client);
    }
}
