package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.direct.DirectCounters;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Direct addresses in protocols that have few words for what happens there. */
class DirectWordsIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAddressSettings("direct.#", Map.of("direct", "true", "direct-wait", "0")));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static DirectCounters counters(String address) {
        return server.broker().routes().find(address).orElseThrow().direct().orElseThrow().counters();
    }

    private static MqttAsyncClient mqtt(String name, MqttCallback told) throws Exception {
        MqttAsyncClient client = new MqttAsyncClient("tcp://127.0.0.1:" + server.port(), name, new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(true);
        client.setCallback(told);
        client.connect(options).waitForCompletion(10_000);
        return client;
    }

    /** Hears the end of its connection. */
    private static final class Told implements MqttCallback {
        private final CompletableFuture<Void> lost = new CompletableFuture<>();

        @Override
        public void connectionLost(Throwable cause) {
            lost.complete(null);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            // it subscribes to nothing
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // the test asks the token itself
        }
    }

    @Test
    void mqtt311HearsThatNobodyTookItByTheEndOfItsConnection() throws Exception {
        Told told = new Told();
        MqttAsyncClient client = mqtt("direct-311", told);
        try {
            var published = client.publish("direct/words/mqtt", new byte[1], 1, false);
            assertThatThrownBy(() -> published.waitForCompletion(10_000)).isInstanceOf(org.eclipse.paho.client.mqttv3.MqttException.class);
            told.lost.get(10, TimeUnit.SECONDS);
            assertThat(counters("direct.words.mqtt").returned()).isEqualTo(1);
        } finally {
            if (client.isConnected()) {
                client.disconnectForcibly(0, 1000, false);
            }
            client.close();
        }
    }

    @Test
    void openWireHearsOfAMessageWithoutAnAnswerByItsExceptionListener() throws Exception {
        try (Connection connection = Speech.OPENWIRE.factory(server.port(), null, null).createConnection()) {
            CompletableFuture<Exception> heard = new CompletableFuture<>();
            connection.setExceptionListener(heard::complete);
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue("direct.words.openwire"));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(session.createTextMessage("m"));
            assertThat(heard.get(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(counters("direct.words.openwire").returned() + counters("direct.words.openwire").dropped()).isEqualTo(1);
        }
    }

    private static void frame(OutputStream out, String frame) throws Exception {
        out.write((frame + "\0").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String frame(InputStream in) throws Exception {
        StringBuilder frame = new StringBuilder();
        for (int b = in.read(); b > 0; b = in.read()) {
            frame.append((char) b);
        }
        return frame.toString().strip();
    }

    @Test
    void aStompConsumersWindowIsTheProducersCredit() throws Exception {
        String address = "direct.words.stomp";
        try (Socket socket = new Socket("127.0.0.1", server.port()); Peer writer = Speech.CORE.connect(server.port(), "writer", Optional.empty())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            frame(out, "CONNECT\naccept-version:1.2\nhost:localhost\n\n");
            assertThat(frame(in)).startsWith("CONNECTED");
            frame(out, "SUBSCRIBE\nid:1\ndestination:" + address + "\nsubscription-type:ANYCAST\nack:client-individual\nconsumer-window-size:1\n"
                    + "receipt:r\n\n");
            assertThat(frame(in)).startsWith("RECEIPT");
            Place place = new Place(address, false);
            Letter letter = new Letter("m", Map.of(), "", "", true, 4, 0);
            CompletableFuture<Void> first = sending(writer, place, letter);
            String message = frame(in);
            assertThat(message).startsWith("MESSAGE");
            // its window is full: nobody else's message is taken
            try (Peer other = Speech.CORE.connect(server.port(), "other", Optional.empty())) {
                assertThatThrownBy(() -> other.send(place, letter));
            }
            assertThat(first).isNotDone();
            String ack = message.lines().filter(line -> line.startsWith("ack:")).findFirst().orElseThrow().substring("ack:".length());
            frame(out, "ACK\nid:" + ack + "\nreceipt:a\n\n");
            first.get(10, TimeUnit.SECONDS);
            assertThat(frame(in)).startsWith("RECEIPT");
            assertThat(counters(address).accepted()).isEqualTo(1);
            assertThat(counters(address).returned()).isEqualTo(1);
        }
    }

    private static CompletableFuture<Void> sending(Peer writer, Place place, Letter letter) {
        return CompletableFuture.runAsync(() -> {
            try {
                writer.send(place, letter);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP"})
    void volatileSharedSubscriptionsDivideWhatComes(Speech speech) throws Exception {
        String address = "direct.words.shared." + speech.name().toLowerCase();
        try (Connection connection = speech.factory(server.port(), null, null).createConnection()) {
            Session one = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            AtomicInteger ones = new AtomicInteger();
            AtomicInteger others = new AtomicInteger();
            one.createSharedConsumer(one.createTopic(address), "both").setMessageListener(message -> ones.incrementAndGet());
            other.createSharedConsumer(other.createTopic(address), "both").setMessageListener(message -> others.incrementAndGet());
            connection.start();
            try (Connection second = speech.factory(server.port(), null, null).createConnection()) {
                Session session = second.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createTopic(address));
                for (int i = 0; i < 4; i++) {
                    producer.send(session.createTextMessage("m" + i));
                }
            }
            await().untilAsserted(() -> assertThat(List.of(ones.get(), others.get())).containsExactly(2, 2));
            await().until(() -> counters(address).accepted() == 4);
        }
    }
}
