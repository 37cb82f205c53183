package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

/** MQTT 3.1.1 by Paho, used by one thread: QoS 1 into a session that outlives its connection where the row is durable, else QoS 0. */
final class MqttWire implements Wire {
    private static final long PATIENCE = 20_000;
    private final int port;
    private final Map<String, Client> clients = new HashMap<>();

    /** @param listeners by topic */
    private record Client(MqttAsyncClient paho, Map<String, Consumer<ByteBuffer>> listeners) { }

    MqttWire(int port) {
        this.port = port;
    }

    @Override
    public Sender sender(Row row, String destination, int index) throws MqttException {
        Client client = client("bench-out-" + UUID.randomUUID(), "out" + index / row.perConnection(), true,
                row.window() * row.perConnection());
        return new PahoSender(client.paho(), topic(destination), row.load().durable() ? 1 : 0, row.window());
    }

    @Override
    public Receiver receiver(Row row, String destination, int index, Consumer<ByteBuffer> onMessage) throws MqttException, IOException {
        boolean durable = row.load().durable();
        String topic = topic(destination);
        if (row.load() == Row.Load.FAN_OUT && row.perConnection() > 1) {
            // A client gets a message once, however many of its listeners want it: those of one topic can't share one.
            return MqttListener.open(port, "bench-in-" + index, topic, onMessage);
        }
        int number = index / row.perConnection();
        Client client = client("bench-in-" + number, "in" + number, !durable, 10);
        client.listeners().put(topic, onMessage);
        client.paho().subscribe(topic, durable ? 1 : 0).waitForCompletion(PATIENCE);
        return () -> client.paho().unsubscribe(topic).waitForCompletion(PATIENCE);
    }

    @Override
    public void close() throws MqttException {
        for (Client each : clients.values()) {
            disconnect(each.paho());
        }
        clients.clear();
    }

    private static String topic(String destination) {
        return destination.replace('.', '/');
    }

    /** The connection of that name; made if it isn't there. */
    private Client client(String id, String name, boolean clean, int window) throws MqttException {
        Client client = clients.get(name);
        if (client == null) {
            client = new Client(new MqttAsyncClient("tcp://127.0.0.1:" + port, id, new MemoryPersistence()), new ConcurrentHashMap<>());
            client.paho().setCallback(new Arrivals(client.listeners()));
            connect(client.paho(), clean, window);
            clients.put(name, client);
        }
        return client;
    }

    private static void connect(MqttAsyncClient client, boolean clean, int window) throws MqttException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName(BrokerProcess.USER);
        options.setPassword(BrokerProcess.PASSWORD.toCharArray());
        options.setCleanSession(clean);
        // The window is kept by the sender; Paho answers a full one with an error instead of waiting, and when acknowledgements come
        // very soon its own count creeps up though nothing is under way.
        options.setMaxInflight(65_535);
        try {
            client.connect(options).waitForCompletion(PATIENCE);
        } catch (MqttException e) {
            client.close(true);
            throw e;
        }
    }

    private static void disconnect(MqttAsyncClient client) throws MqttException {
        try {
            client.disconnect(2000).waitForCompletion(PATIENCE);
        } finally {
            client.close(true);
        }
    }

    private record Arrivals(Map<String, Consumer<ByteBuffer>> listeners) implements MqttCallback {
        @Override
        public void connectionLost(Throwable cause) { }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            Consumer<ByteBuffer> listener = listeners.get(topic);
            if (listener != null) {
                listener.accept(ByteBuffer.wrap(message.getPayload()));
            }
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
        public void close() { }

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
