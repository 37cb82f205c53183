package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AddressConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.message.DropCounters;
import io.delos.server.TestServer;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each protocol says all it can say, each hears it, from queues and from topics: docs/interop.md is what was heard. */
class InteropIT {

    /** Traits that a protocol may have in a property. */
    private static final Set<String> ELSEWHERE = Set.of("type", "group", "user id", "content type", "content encoding", "reply group", "annotation",
            "footer", "correlation id");

    @TempDir
    static Path directory;
    private static TestServer server;
    private static final Map<Speech, Voice> SPEAKERS = new EnumMap<>(Speech.class);
    private static final Map<Speech, Voice> LISTENERS = new EnumMap<>(Speech.class);

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAddresses(Stream.of(Speech.values()).flatMap(from -> Stream.of("said.", "again.", "asked.")
                .map(what -> place(what, from, Speech.MQTT, false).name()))
                .map(name -> new AddressConfig(name, Set.of(RoutingType.ANYCAST), List.of(QueueRequest.of(name, name, RoutingType.ANYCAST)))).toList()));
        for (Speech speech : Speech.values()) {
            SPEAKERS.put(speech, voice(speech, "speaker"));
            LISTENERS.put(speech, voice(speech, "listener"));
        }
    }

    private static Voice voice(Speech speech, String name) throws Exception {
        return switch (speech) {
            case CORE, OPENWIRE -> new JmsVoice(speech, server.port());
            case AMQP -> new AmqpVoice(server.port(), name);
            case MQTT -> new MqttVoice(server.port(), name);
            case STOMP -> new StompVoice(server.port());
        };
    }

    @AfterAll
    static void stop() throws Exception {
        for (Map<Speech, Voice> side : List.of(SPEAKERS, LISTENERS)) {
            for (Voice voice : side.values()) {
                voice.close();
            }
        }
        server.close();
    }

    /** MQTT's subscriptions are to topics, but of an address that is a queue and nothing else they take the messages as anybody. */
    private static Place place(String what, Speech from, Speech to, boolean topic) {
        return new Place(what + (topic ? "topic." : "queue.") + from.name().toLowerCase() + "." + to.name().toLowerCase(), topic);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Speech.values()).flatMap(from -> Stream.of(Speech.values()).map(to -> Arguments.of(from, to)));
    }

    @Test
    void whatTheDocumentSaysIsHeard() throws Exception {
        InteropTables tables = new InteropTables();
        for (Speech from : Speech.values()) {
            for (Speech to : Speech.values()) {
                Map<String, String> queue = heard(from, to, false);
                Map<String, String> topic = heard(from, to, true);
                assertThat(topic).as("%s to %s, from a topic as from a queue", from, to).isEqualTo(queue);
                queue.forEach((said, what) -> tables.put(from, said, to, what));
            }
        }
        assertThat(tables.differences()).as("docs/interop.md should be as distribution/target/interop.md").isEmpty();
    }

    private static Map<String, String> heard(Speech from, Speech to, boolean topic) throws Exception {
        Place place = place("said.", from, to, topic);
        LISTENERS.get(to).listen(place);
        Map<String, Long> before = drops(from, to);
        Map<String, String> heard = new LinkedHashMap<>();
        for (int sample = 0; sample < SPEAKERS.get(from).samples(); sample++) {
            List<Said> said = SPEAKERS.get(from).say(place, sample);
            Map<String, String> found = LISTENERS.get(to).hear();
            said.forEach(each -> heard.put(about(each), cell(each, found)));
        }
        Map<String, Long> after = drops(from, to);
        Set<String> counted = new TreeSet<>();
        after.forEach((what, count) -> counted.add(count - before.getOrDefault(what, 0L) + " × " + what));
        heard.put("*dropped and counted*", counted.isEmpty() ? "–" : String.join(", ", counted));
        Place again = place("again.", from, to, topic);
        heard.put("delivered twice", LISTENERS.get(to).hearTwice(again, () -> SPEAKERS.get(from).say(again, 0)));
        return heard;
    }

    private static Map<String, Long> drops(Speech from, Speech to) {
        return server.broker().formats().drops().rows().stream().filter(row -> row.from().equals(from.name()) && row.to().equals(to.name()))
                .collect(Collectors.toMap(row -> row.trait().toString(), DropCounters.Row::count));
    }

    private static String about(Said said) {
        boolean value = said.about().startsWith("body") || said.about().startsWith("property") || said.key().equals("reply-to")
                || said.key().equals("correlation id") || said.about().startsWith("message id:");
        return said.about() + (value ? " " + code(said.form()) : "");
    }

    private static String cell(Said said, Map<String, String> heard) {
        String found = heard.get(said.key());
        if (said.key().equals("arrival")) {
            return Long.parseLong(found) >= Long.parseLong(said.form()) ? "kept" : "early";
        }
        if (said.form().equals(found)) {
            return "same";
        }
        List<String> elsewhere = new ArrayList<>();
        heard.forEach((key, form) -> {
            if (key.startsWith("p.") && isThat(said, key.substring(2), form)) {
                boolean same = form.equals(said.form()) || form.equals('"' + said.form() + '"') || form.equals("int " + said.form());
                elsewhere.add("in " + code(key.substring(2)) + (same ? "" : ": " + code(form)));
            }
        });
        elsewhere.sort(null);
        boolean another = said.key().equals("message id") && found != null;
        if (found != null) {
            elsewhere.add(0, another ? "another" : code(found));
        }
        return elsewhere.isEmpty() ? "–" : String.join(", ", elsewhere);
    }

    /** Whether this property is where a protocol without a place for it has it. */
    private static boolean isThat(Said said, String name, String form) {
        if (said.key().equals("message id")) {
            return List.of("NATIVE_MESSAGE_ID", "JMSMessageID", "__HDR_MESSAGE_ID").contains(name);
        } else if (said.key().startsWith("p.")) {
            String wanted = said.key().substring(2).replaceFirst("\\.2$", "");
            return form.equals(said.form()) && !wanted.isEmpty() && name.endsWith("." + wanted);
        } else if (said.key().equals("group sequence")) {
            return name.toLowerCase().startsWith("jmsxgroupseq") || name.equals("_AMQ_GROUP_SEQUENCE");
        }
        return ELSEWHERE.contains(said.key()) && form.equals(said.form());
    }

    private static String code(String form) {
        return "`" + form.replace("\n", "\\n").replace("\0", "\\0").replace("|", "\\|") + "`";
    }

    @Test
    void aClientWithoutRoomForPropertiesGetsTheMessageAndTheyAreCounted() throws Exception {
        Place place = new Place("said.briefly", true);
        long before = drops(Speech.CORE, Speech.MQTT).getOrDefault("property", 0L);
        MqttConnectionOptions options = MqttVoice.options();
        options.setMaximumPacketSize(100L);
        BlockingQueue<MqttMessage> came = new LinkedBlockingQueue<>();
        MqttAsyncClient small = MqttVoice.client(server.port(), "small", options, came);
        MqttPeer.accepted(small.subscribe(MqttPeer.topic(place), 1));
        SPEAKERS.get(Speech.CORE).say(place, 0);
        MqttMessage message = MqttVoice.receive(came);
        assertThat(message.getPayload()).isEqualTo("héllo €".getBytes(StandardCharsets.UTF_8));
        assertThat(message.getProperties().getUserProperties()).isEmpty();
        assertThat(drops(Speech.CORE, Speech.MQTT).get("property")).isGreaterThan(before);
        small.disconnectForcibly(0, 1000, true);
        small.close();
    }

    @Test
    void managementShowsWhatWasDropped() throws Exception {
        Place place = new Place("said.aside", true);
        LISTENERS.get(Speech.MQTT).listen(place);
        SPEAKERS.get(Speech.STOMP).say(place, 0);
        LISTENERS.get(Speech.MQTT).hear();
        try (JMSContext context = Speech.CORE.factory(server.port(), null, null).createContext()) {
            long dropped = ((Number) attribute(context, "DroppedInTranslation")).longValue();
            assertThat(dropped).isGreaterThanOrEqualTo(2);
            assertThat((String) attribute(context, "DroppedInTranslationAsJSON"))
                    .containsPattern("\\{\"from\":\"STOMP\",\"to\":\"MQTT\",\"what\":\"priority\",\"count\":\\d+}");
        }
    }

    private static Object attribute(JMSContext context, String name) throws Exception {
        Queue back = context.createTemporaryQueue();
        Message request = context.createMessage();
        JMSManagementHelper.putAttribute(request, "broker", name);
        request.setJMSReplyTo(back);
        try (JMSConsumer answers = context.createConsumer(back)) {
            context.createProducer().send(context.createQueue("activemq.management"), request);
            return JMSManagementHelper.getResult(answers.receive(Voice.PATIENCE_MILLIS));
        }
    }

    @ParameterizedTest(name = "{0} asks {1}")
    @MethodSource("pairs")
    void whoAsksIsAnswered(Speech from, Speech to) throws Exception {
        for (boolean topic : new boolean[] {false, true}) {
            Place place = place("asked.", from, to, topic);
            LISTENERS.get(to).listen(place);
            for (Object id : SPEAKERS.get(from).correlations()) {
                SPEAKERS.get(from).ask(place, id);
                LISTENERS.get(to).answer("answer of " + to);
                assertThat(SPEAKERS.get(from).hearAnswer()).isEqualTo(Form.of(id) + " answer of " + to);
            }
        }
    }
}
