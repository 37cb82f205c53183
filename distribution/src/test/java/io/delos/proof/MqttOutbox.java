package io.delos.proof;

import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** QoS 1 publishes from a clean session, so that an unconfirmed one is never sent again by the client. */
final class MqttOutbox implements Outbox {
    private static final long PATIENCE = 60_000;
    private final MqttAsyncClient client;
    private final String topic;
    private final int window;
    private final Semaphore free;
    private volatile Throwable broken;

    MqttOutbox(String uri, String topic, int window) throws MqttException {
        this.topic = topic;
        this.window = window;
        free = new Semaphore(window);
        client = new MqttAsyncClient(uri, "out-" + UUID.randomUUID(), new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                broken = cause;
            }

            @Override
            public void messageArrived(String on, MqttMessage message) { }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) { }
        });
        MqttConnectOptions options = options(window);
        options.setCleanSession(true);
        connect(client, options);
    }

    static MqttConnectOptions options(int window) {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName(BrokerProcess.USER);
        options.setPassword(BrokerProcess.PASSWORD.toCharArray());
        options.setMaxInflight(2 * window + 10);
        options.setConnectionTimeout(10);
        return options;
    }

    static void connect(MqttAsyncClient client, MqttConnectOptions options) throws MqttException {
        try {
            client.connect(options).waitForCompletion(PATIENCE);
        } catch (MqttException e) {
            disconnect(client);
            throw e;
        }
    }

    static void disconnect(MqttAsyncClient client) throws MqttException {
        if (client.isConnected()) {
            client.disconnectForcibly(0, 1000);
        }
        client.close(true);
    }

    @Override
    public void send(byte[] body, Runnable onConfirmed) throws Exception {
        take(1);
        IMqttDeliveryToken token = client.publish(topic, body, 1, false, null, new IMqttActionListener() {
            @Override
            public void onSuccess(IMqttToken published) {
                onConfirmed.run();
                free.release();
            }

            @Override
            public void onFailure(IMqttToken unpublished, Throwable cause) {
                broken = cause;
                free.release();
            }
        });
        if (window == 1) {
            token.waitForCompletion(PATIENCE);
        }
    }

    @Override
    public void flush() throws Exception {
        take(window);
        free.release(window);
    }

    @Override
    public void close() throws MqttException {
        disconnect(client);
    }

    private void take(int permits) throws Exception {
        for (int waited = 0; !free.tryAcquire(permits, 100, TimeUnit.MILLISECONDS); waited++) {
            if (waited == 100) {
                throw new MqttException(MqttException.REASON_CODE_CLIENT_TIMEOUT);
            }
            check();
        }
        check();
    }

    private void check() throws MqttException {
        if (broken != null) {
            throw new MqttException(MqttException.REASON_CODE_CONNECTION_LOST, broken);
        }
    }
}
