package io.delos.dist;

import io.delos.proof.MqttSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** MQTT 5, received with QoS 2. */
final class MqttVoice implements Voice {

    private final int port;
    private final MqttAsyncClient client;
    private final BlockingQueue<MqttMessage> arrived = new LinkedBlockingQueue<>();
    private final String back;
    private Optional<String> listening = Optional.empty();

    MqttVoice(int port, String clientId) throws MqttException {
        this.port = port;
        client = client(port, clientId, options(), arrived);
        back = "answers/" + clientId;
    }

    static MqttConnectionOptions options() {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        return options;
    }

    static MqttAsyncClient client(int port, String id, MqttConnectionOptions options, BlockingQueue<MqttMessage> arrived) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient("tcp://127.0.0.1:" + port, id, new MemoryPersistence());
        client.setCallback(new MqttPeer.Arrivals(arrived));
        client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        return client;
    }

    @Override
    public int samples() {
        return 3;
    }

    @Override
    public List<Said> say(Place place, int sample) throws MqttException {
        List<Said> said = new ArrayList<>();
        MqttMessage message = switch (sample) {
            case 0 -> everything(said);
            case 1 -> bytes(said);
            default -> new MqttMessage(new byte[0], 1, false, new MqttProperties());
        };
        if (sample == 2) {
            said.add(Said.body("none", new byte[0]));
        }
        MqttPeer.accepted(client.publish(MqttPeer.topic(place), message));
        return said;
    }

    private static MqttMessage everything(List<Said> said) {
        MqttProperties properties = new MqttProperties();
        properties.setPayloadFormat(true);
        said.add(Said.body("text", "héllo €"));
        properties.setUserProperties(new ArrayList<>(List.of(new UserProperty("word", "wörld: 𝄞"), new UserProperty("twice", "first"),
                new UserProperty("twice", "second"), new UserProperty("größe", "XL"), new UserProperty("a:b. c", "x"),
                new UserProperty("destination", "Rome"), new UserProperty("JMSType", "kind"))));
        said.add(Said.property("text with `:`", "word", "wörld: 𝄞"));
        said.add(Said.property("the first of a name", "twice", "first"));
        said.add(new Said("property: the second of a name", "p.twice.2", "\"second\""));
        said.add(Said.property("name of letters", "größe", "XL"));
        said.add(Said.property("name with `:`, `.` and a space", "a:b. c", "x"));
        said.add(Said.property("name of a STOMP header", "destination", "Rome"));
        said.add(Said.property("name of a header of Jakarta Messaging", "JMSType", "kind"));
        properties.setCorrelationData("question-7".getBytes(StandardCharsets.UTF_8));
        said.add(new Said("correlation data: text", "correlation id", "\"question-7\""));
        properties.setResponseTopic("answers/here");
        said.add(new Said("response topic", "reply-to", "topic answers/here"));
        properties.setContentType("text/plain");
        said.add(Said.of("content type", "text/plain"));
        properties.setMessageExpiryInterval(TEN_MINUTES / 1000);
        said.add(new Said("expiry", "expiry", "in 10 min"));
        said.add(new Said("QoS 1", "durable", "QoS 1"));
        return new MqttMessage("héllo €".getBytes(StandardCharsets.UTF_8), 1, false, properties);
    }

    private static MqttMessage bytes(List<Said> said) {
        MqttProperties properties = new MqttProperties();
        properties.setCorrelationData(new byte[] {1, 2, (byte) 0xff});
        said.add(Said.body("bytes", new byte[] {0, 1, (byte) 0xff}));
        said.add(new Said("correlation data: bytes", "correlation id", "bytes 0102ff"));
        said.add(new Said("QoS 0", "durable", "QoS 0"));
        return new MqttMessage(new byte[] {0, 1, (byte) 0xff}, 0, false, properties);
    }

    @Override
    public void listen(Place place) throws MqttException {
        if (listening.isPresent()) {
            client.unsubscribe(listening.get()).waitForCompletion(PATIENCE_MILLIS);
        }
        MqttPeer.accepted(client.subscribe(MqttPeer.topic(place), 2));
        listening = Optional.of(MqttPeer.topic(place));
    }

    /** By a client that goes without having acknowledged, and comes again; of MQTT 3.1.1, for Paho's of MQTT 5 does not tell. */
    @Override
    public String hearTwice(Place place, Callable<?> saying) throws Exception {
        boolean first;
        try (MqttSocket once = new MqttSocket(port, 4)) {
            once.connect("twice-" + place.name());
            once.subscribe(MqttPeer.topic(place), 1);
            saying.call();
            first = once.expect(MqttSocket.PUBLISH).dup();
        }
        try (MqttSocket again = new MqttSocket(port, 4)) {
            again.connect("twice-" + place.name());
            MqttSocket.Packet second = again.expect(MqttSocket.PUBLISH);
            again.answer(MqttSocket.PUBACK, second.id());
            again.disconnect();
            return "DUP " + (first ? 1 : 0) + ", then " + (second.dup() ? 1 : 0);
        }
    }

    private MqttMessage receive() throws InterruptedException {
        return receive(arrived);
    }

    static MqttMessage receive(BlockingQueue<MqttMessage> arrived) throws InterruptedException {
        MqttMessage message = arrived.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (message == null) {
            throw new AssertionError("nothing arrived");
        }
        return message;
    }

    @Override
    public Map<String, String> hear() throws InterruptedException {
        MqttMessage message = receive();
        MqttProperties told = message.getProperties();
        Map<String, String> heard = new HashMap<>();
        heard.put("arrival", Long.toString(System.currentTimeMillis()));
        heard.put("body", told.getPayloadFormat() ? Form.body(new String(message.getPayload(), StandardCharsets.UTF_8)) : Form.body(message.getPayload()));
        if (told.getCorrelationData() != null) {
            heard.put("correlation id", Form.readable(told.getCorrelationData()));
        }
        if (told.getResponseTopic() != null) {
            heard.put("reply-to", "topic " + told.getResponseTopic());
        }
        if (told.getContentType() != null) {
            heard.put("content type", Form.of(told.getContentType()));
        }
        Long seconds = told.getMessageExpiryInterval();
        heard.put("expiry", Form.expiry(seconds == null ? 0 : System.currentTimeMillis() + 1000 * seconds));
        heard.put("durable", "QoS " + message.getQos());
        for (UserProperty each : Optional.ofNullable(told.getUserProperties()).orElse(List.of())) {
            String known = heard.putIfAbsent("p." + each.getKey(), Form.of(each.getValue()));
            if (known != null) {
                heard.put("p." + each.getKey() + ".2", Form.of(each.getValue()));
            }
        }
        return heard;
    }

    @Override
    public List<Object> correlations() {
        return List.of("question-7", new byte[] {1, 2, (byte) 0xff});
    }

    @Override
    public void ask(Place place, Object correlation) throws MqttException {
        MqttPeer.accepted(client.subscribe(back, 1));
        MqttProperties properties = new MqttProperties();
        properties.setResponseTopic(back);
        properties.setCorrelationData(correlation instanceof byte[] bytes ? bytes : correlation.toString().getBytes(StandardCharsets.UTF_8));
        MqttPeer.accepted(client.publish(MqttPeer.topic(place), new MqttMessage("?".getBytes(StandardCharsets.UTF_8), 1, false, properties)));
    }

    @Override
    public void answer(String text) throws MqttException, InterruptedException {
        MqttMessage question = receive();
        MqttProperties properties = new MqttProperties();
        properties.setCorrelationData(question.getProperties().getCorrelationData());
        MqttPeer.accepted(client.publish(question.getProperties().getResponseTopic(),
                new MqttMessage(text.getBytes(StandardCharsets.UTF_8), 1, false, properties)));
    }

    @Override
    public String hearAnswer() throws InterruptedException {
        MqttMessage answer = receive();
        return Form.readable(answer.getProperties().getCorrelationData()) + " "
                + new String(answer.getPayload(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 1000, true);
        client.close();
    }
}
