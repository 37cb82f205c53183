package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each protocol produces, each consumes: what survives in which direction (interoperation document, section 5). */
class MatrixIT {

    private static final Map<String, Object> PROPERTIES = properties();
    private static final String MQTT_PROPERTY = "mqtt.ordered.user.property.";
    private static final long TEN_MINUTES = 600_000;

    @TempDir
    static Path directory;
    private static TestServer server;
    private static final Map<Speech, Peer> WRITERS = new EnumMap<>(Speech.class);
    private static final Map<Speech, Peer> READERS = new EnumMap<>(Speech.class);

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
        for (Speech speech : Speech.values()) {
            WRITERS.put(speech, speech.connect(server.port(), "writer", Optional.empty()));
            READERS.put(speech, speech.connect(server.port(), "reader", Optional.empty()));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (Map<Speech, Peer> side : List.of(WRITERS, READERS)) {
            for (Peer peer : side.values()) {
                peer.close();
            }
        }
        server.close();
    }

    private static Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("word", "héllo: wörld");
        properties.put("number", 42);
        properties.put("far", 1L << 40);
        properties.put("yes", true);
        return properties;
    }

    static Stream<Arguments> cells() {
        return Stream.of(Speech.values()).flatMap(from -> Stream.of(Speech.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("cells")
    void whatIsSaidIsHeard(Speech from, Speech to) throws Exception {
        // subscriptions of MQTT are to topics; everybody else shares a queue, which MQTT reaches too when it publishes
        Place place = new Place("matrix." + from.name().toLowerCase() + "." + to.name().toLowerCase(), to == Speech.MQTT);
        READERS.get(to).listen(place);
        exchange(from, to, place, new Letter("héllo", PROPERTIES, "question-7", "answers.here", true, 7,
                System.currentTimeMillis() + TEN_MINUTES));
        exchange(from, to, place, new Letter(new byte[] {0, 1, 2, (byte) 0xff}, Map.of(), "", "", false, 2, 0));
    }

    /** So long that CORE and AMQP send them through files. */
    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("cells")
    void whatIsLongIsHeardWhole(Speech from, Speech to) throws Exception {
        Place place = new Place("long." + from.name().toLowerCase() + "." + to.name().toLowerCase(), to == Speech.MQTT);
        READERS.get(to).listen(place);
        byte[] noise = new byte[1_500_001];
        new Random(1).nextBytes(noise);
        for (Object body : new Object[] {noise, Arrays.copyOf(noise, 300_000), "ä€".repeat(300_000), new byte[0]}) {
            WRITERS.get(from).send(place, new Letter(body, Map.of(), "", "", true, 4, 0));
            Object heard = READERS.get(to).receive().body();
            assertThat(Objects.deepEquals(heard, body(from, to, body))).as("%s of %s", heard.getClass(), from).isTrue();
        }
        await().until(() -> bodies() == 0);
    }

    private static int bodies() {
        String[] files = directory.resolve("data/largemessages").toFile().list();
        return files == null ? 0 : files.length;
    }

    private static void exchange(Speech from, Speech to, Place place, Letter letter) throws Exception {
        long expires = WRITERS.get(from).send(place, letter);
        Letter heard = READERS.get(to).receive();
        assertThat(heard.body()).as("body").isEqualTo(body(from, to, letter.body()));
        assertThat(known(heard.properties())).as("properties").isEqualTo(properties(from, to, letter.properties()));
        assertThat(heard.correlation()).as("correlation").isEqualTo(letter.correlation());
        assertThat(heard.replyTo()).as("reply-to").isEqualTo(replyTo(from, to, letter.replyTo()));
        if (to == Speech.MQTT) {
            assertThat(heard.durable()).as("QoS above 0").isEqualTo(from != Speech.MQTT || letter.durable());
        } else {
            assertThat(heard.durable()).as("durable").isEqualTo(letter.durable());
            assertThat(heard.priority()).as("priority").isEqualTo(from == Speech.MQTT ? 0 : letter.priority());
        }
        if (from == Speech.MQTT || to == Speech.MQTT) {
            assertThat(heard.expires()).as("expiry, told in seconds").isBetween(expires - (expires == 0 ? 0 : TEN_MINUTES),
                    expires == 0 ? 0 : System.currentTimeMillis() + TEN_MINUTES);
        } else {
            assertThat(heard.expires()).as("expiry").isEqualTo(expires);
        }
    }

    /** MQTT has bytes only, so what comes from it or goes to it is bytes. */
    private static Object body(Speech from, Speech to, Object body) {
        return (from == Speech.MQTT || to == Speech.MQTT) && body instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : body;
    }

    /** Types survive between the clients of Jakarta Messaging; STOMP and MQTT have but strings, and MQTT an order of its own too. */
    private static Map<String, Object> properties(Speech from, Speech to, Map<String, Object> sent) {
        Map<String, Object> heard = new HashMap<>();
        int index = 0;
        for (Map.Entry<String, Object> each : sent.entrySet()) {
            Object value = from.isJms() && to.isJms() ? each.getValue() : String.valueOf(each.getValue());
            heard.put(each.getKey(), value);
            if (from == Speech.MQTT && to != Speech.MQTT && to != Speech.AMQP) {
                // the AMQP client shows no names with dots
                heard.put(MQTT_PROPERTY + index + "." + each.getKey(), value);
            }
            index++;
        }
        return heard;
    }

    private static Map<String, Object> known(Map<String, Object> heard) {
        Set<String> names = PROPERTIES.keySet();
        Map<String, Object> known = new HashMap<>(heard);
        known.keySet().removeIf(name -> !names.contains(name) && !name.startsWith(MQTT_PROPERTY));
        return known;
    }

    /** STOMP has names and no kinds of destinations: it says none and hears them as prefixes. */
    private static String replyTo(Speech from, Speech to, String sent) {
        return sent.isEmpty() || to != Speech.STOMP || from == Speech.STOMP ? sent : (from == Speech.MQTT ? "topic://" : "queue://") + sent;
    }
}
