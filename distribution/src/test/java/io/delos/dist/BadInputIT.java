package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can't be understood ends the connection it came on and no other, and costs no more memory than a handshake may. */
class BadInputIT {

    private static final int PLENTY = 8 << 20;

    @TempDir
    static Path directory;
    private static TestServer server;
    private static final Map<Speech, Peer> BYSTANDERS = new EnumMap<>(Speech.class);

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
        for (Speech speech : Speech.values()) {
            Peer peer = speech.connect(server.port(), "bystander", Optional.empty());
            peer.listen(place(speech));
            BYSTANDERS.put(speech, peer);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (Peer peer : BYSTANDERS.values()) {
            peer.close();
        }
        server.close();
    }

    private static Place place(Speech speech) {
        return new Place("unharmed." + speech.name().toLowerCase(), speech == Speech.MQTT);
    }

    /** All five talk on as before, over the connections they had. */
    @AfterEach
    void othersGoOn() throws Exception {
        for (Map.Entry<Speech, Peer> each : BYSTANDERS.entrySet()) {
            each.getValue().send(place(each.getKey()), Letter.of("still here"));
            assertThat(each.getValue().receive().text()).isEqualTo("still here");
        }
    }

    /** Quoted text stands for itself, the rest is hexadecimal. */
    private static byte[] bytes(String picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String word : picture.split(" ")) {
            bytes.writeBytes(word.startsWith("'") ? word.substring(1, word.length() - 1).replace('~', '\n').getBytes(StandardCharsets.UTF_8)
                    : HexFormat.of().parseHex(word));
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(quoteCharacter = '"', value = {
        "nobody's protocol, 'abcdefghijkl'",
        "a browser, 'GET' 20 '/' 20 'HTTP/1.1~~'",
        "TLS on a plain port, 16030100a5010000a10303",
        "zeros, 00000000000000000000000000000000",
        "CORE: a negative length, 'ARTEMIS' ffffffff 1f0000000000000000",
        "CORE: a length beyond all measure, 'ARTEMIS' 7fffffff 1f0000000000000000",
        "CORE: an unknown packet, 'ARTEMIS' 00000009 fe 0000000000000001",
        "AMQP: the next version, 'AMQP' 00020000",
        "AMQP: a frame shorter than its head, 'AMQP' 00010000 00000004 02000000",
        "AMQP: a frame beyond all measure, 'AMQP' 00010000 7fffffff 02000000",
        "AMQP: a frame of garbage, 'AMQP' 00010000 00000010 02000000 ffffffffffffffff",
        "AMQP: a SASL frame beyond all measure, 'AMQP' 03010000 7fffffff 02010000",
        "MQTT: a length that doesn't end, 10 ffffffffff 0004 'MQTT' 05",
        "MQTT: version 9, 1010 0004 'MQTT' 0902003c 0004 'some'",
        "MQTT: a CONNECT that lies about its client id, 1010 0004 'MQTT' 0402003c ffff 'some'",
        "STOMP: a header without a colon, 'CONNECT~nonsense~~' 00",
        "STOMP: a version of tomorrow, 'CONNECT~accept-version:9~~' 00",
        "STOMP: no such command, 'CONNECT~accept-version:1.2~~' 00 'DANCE~~' 00",
        "STOMP: an unknown escape, 'CONNECT~accept-version:1.2~~' 00 'SEND~destination:a\\q~~' 00",
        "OpenWire: a length beyond all measure, 7fffffff 01 'ActiveMQ' 0000000c",
        "OpenWire: a command of no type, 0000000f 01 'ActiveMQ' 0000000c 0000 00000001 ee",
    })
    void endsItsOwnConnection(String what, String picture) throws Exception {
        try (Bytes stranger = new Bytes(server.port())) {
            stranger.say(bytes(picture)).expectClosed();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(quoteCharacter = '"', value = {
        "CORE, 'ARTEMIS' 7ffffff0 1f0000000000000000",
        "AMQP, 'AMQP' 03010000 7ffffff0 02010000",
        "MQTT, 10 ffffff7f 0004 'MQTT' 0402003c",
        "STOMP's header, 'CONNECT~login:'",
        "STOMP's body, 'CONNECT~accept-version:1.2~~'",
        "OpenWire, 7ffffff0 01 'ActiveMQ' 0000000c",
        "nobody, 'aaaaaaaaaaa'",
    })
    void strangersAreNotListenedToForLong(String protocol, String opening) throws Exception {
        try (Bytes stranger = new Bytes(server.port())) {
            assertThat(stranger.say(bytes(opening)).fillUntilClosed(PLENTY)).as("what the broker let through, its socket's buffers included")
                    .isLessThan(PLENTY);
        }
    }
}
