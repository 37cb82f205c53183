package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** MQTT 3.1.1 by Paho: QoS 1 into a session that outlives its connection where the row is durable, else QoS 0. */
final class MqttWire implements Wire {
    private static final long PATIENCE = 20_000;
    private final int port;

    MqttWire(int port) {
        this.port = port;
    }

    @Override
    public Sender sender(Row row, String destination) throws MqttException {
        MqttAsyncClient client = connect("bench-out-" + UUID.randomUUID(), true, row.window());
        return new PahoSender(client, topic(destination), row.load().durable() ? 1 : 0, row.window());
    }

    @Override
    public Receiver receiver(Row row, String destination, int index, Consumer<ByteBuffer> onMessage) throws MqttException {
        boolean durable = row.load().durable();
        MqttAsyncClient client = client("bench-in-" + index);
        client.setCallback(new Arrivals(onMessage));
        String topic = topic(destination);
        connect(client, !durable, 10);
        try {
            client.subscribe(topic, durable ? 1 : 0).waitForCompletion(PATIENCE);
        } catch (MqttException e) {
            disconnect(client);
            throw e;
        }
        return () -> {
            client.unsubscribe(topic).waitForCompletion(PATIENCE);
            disconnect(client);
        };
    }

    private static String topic(String destination) {
        return destination.replace('.', '/');
    }

    private MqttAsyncClient connect(String id, boolean clean, int window) throws MqttException {
        return connect(client(id), clean, window);
    }

    private MqttAsyncClient client(String id) throws MqttException {
        return new MqttAsyncClient("tcp://127.0.0.1:" + port, id, new MemoryPersistence());
    }

    private static MqttAsyncClient connect(MqttAsyncClient client, boolean clean, int window) throws MqttException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName(BrokerProcess.USER);
        options.setPassword(BrokerProcess.PASSWORD.toCharArray());
        options.setCleanSession(clean);
        // The window is kept by the sender; Paho answers a full one with an error instead of waiting.
        options.setMaxInflight(2 * window + 10);
        try {
            client.connect(options).waitForCompletion(PATIENCE);
        } catch (MqttException e) {
            client.close(true);
            throw e;
        }
        return client;
    }

    private static void disconnect(MqttAsyncClient client) throws MqttException {
        try {
            client.disconnect(2000).waitForCompletion(PATIENCE);
        } finally {
            client.close(true);
        }
    }

    private record Arrivals(Consumer<ByteBuffer> onMessage) implements MqttCallback {
        @Override
        public void connectionLost(Throwable cause) { }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            onMessage.accept(ByteBuffer.wrap(message.getPayload()));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) { }
    }

    private static final class PahoSender implements Sender, IMqttActionListener {
        private final MqttAsyncClient client;
        private final String topic;
        private final int qos;
        private final boolean waiting;
        private final Window window;

        PahoSender(MqttAsyncClient client, String topic, int qos, int size) {
            this.client = client;
            this.topic = topic;
            this.qos = qos;
            this.waiting = size == 1;
            this.window = new Window(size);
        }

        @Override
        public void send(byte[] body) throws Exception {
            if (waiting) {
                client.publish(topic, body, qos, false).waitForCompletion(PATIENCE);
            } else {
                window.enter();
                client.publish(topic, body, qos, false, null, this);
            }
        }

        @Override
        public void flush() throws Exception {
            window.flush();
        }

        @Override
        public void close() throws MqttException {
            disconnect(client);
        }

        @Override
        public void onSuccess(IMqttToken token) {
            window.leave();
        }

        @Override
        public void onFailure(IMqttToken token, Throwable cause) {
            window.fail(cause);
        }
    }
}
