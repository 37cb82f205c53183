package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.config.AcceptorConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.security.LoginConfig;
import io.delos.server.TestServer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web pages whose clients of STOMP, MQTT and AMQP use WebSockets, as a browser has them. */
class WebPagesIT {

    private static final String PASSWORD = "changeit";
    private static final Account USER = new Account("reader", "r");

    /** The larger frames let clients that never split theirs send a MiB. */
    private static final String ROOM = "tcp://127.0.0.1:0?webSocketMaxFramePayloadLength=2097152;webSocketCompressionSupported=true";

    private static final int TOO_BIG = 1009;
    private static final int NOT_THIS_KIND = 1003;
    private static final int NO_FAREWELL = 1006;

    @TempDir
    static Path directory;
    private static TestServer server;
    private static Chromium browser;

    @BeforeAll
    static void start() throws Exception {
        Path keys = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "me",
                "-keyalg", "EC", "-dname", "CN=localhost", "-storetype", "PKCS12", "-keystore", keys.toString(), "-storepass", PASSWORD).start();
        assertThat(keytool.waitFor()).isZero();
        browser = new Chromium(directory, fingerprint(keys));
        server = TestServer.secured(directory.resolve("data"), config -> config.withSecuritySettings(everythingToReaders()).withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"),
                AcceptorConfig.of("room", ROOM),
                AcceptorConfig.of("text", ROOM + ";webSocketEncoderType=text"),
                AcceptorConfig.of("tls", ROOM + ";sslEnabled=true;keyStoreType=PKCS12;keyStorePath=" + keys + ";keyStorePassword=" + PASSWORD),
                AcceptorConfig.of("amqp", "tcp://127.0.0.1:0?protocols=AMQP"))), login());
    }

    private static String fingerprint(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        byte[] key = store.getCertificate("me").getPublicKey().getEncoded();
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
    }

    private static SecuritySettings everythingToReaders() {
        Map<Permission, Set<String>> rights = new EnumMap<>(Permission.class);
        for (Permission permission : Permission.values()) {
            rights.put(permission, Set.of("readers"));
        }
        return new SecuritySettings(Map.of("#", rights), Map.of());
    }

    private static Login login() throws Exception {
        Files.writeString(directory.resolve("users.properties"), USER.user() + "=" + USER.password() + "\n");
        Files.writeString(directory.resolve("roles.properties"), "readers=" + USER.user() + "\n");
        Path entries = Files.writeString(directory.resolve("login.config"), "strict {\n"
                + "org.apache.activemq.artemis.spi.core.security.jaas.PropertiesLoginModule required"
                + " org.apache.activemq.jaas.properties.user=\"users.properties\""
                + " org.apache.activemq.jaas.properties.role=\"roles.properties\";\n};\n");
        return Login.of(LoginConfig.read(entries), "strict", directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static String url(String acceptor) {
        return (acceptor.equals("tls") ? "wss" : "ws") + "://localhost:" + server.server().port(acceptor) + "/any/path";
    }

    /** What each function is told: where to connect and as whom, then this, as names and values in turn. */
    private static Map<String, Object> with(String acceptor, Object... more) {
        Map<String, Object> arguments = new HashMap<>(Map.of("url", url(acceptor), "user", USER.user(), "password", USER.password()));
        for (int i = 0; i < more.length; i += 2) {
            arguments.put((String) more[i], more[i + 1]);
        }
        return arguments;
    }

    private static String fresh() {
        return "web-" + UUID.randomUUID();
    }

    private static JsonNode socket(String acceptor, List<String> names, Object... more) throws Exception {
        Map<String, Object> arguments = with(acceptor, more);
        arguments.put("protocols", names);
        return browser.run("socket", arguments);
    }

    @ParameterizedTest
    @CsvSource({"room,1.2,v12.stomp,true", "room,1.1,v11.stomp,false", "room,1.0,v10.stomp,false", "tls,1.2,v12.stomp,true", "text,1.2,v12.stomp,true"})
    void stomp(String acceptor, String version, String name, boolean large) throws Exception {
        assertThat(browser.run("stomp", with(acceptor, "version", version, "destination", fresh(), "large", large)).asText()).isEqualTo(name);
    }

    @Test
    void largeFramesOfStompMayComeInPieces() throws Exception {
        assertThat(browser.run("stomp", with("artemis", "version", "1.2", "destination", fresh(), "large", true, "split", true)).asText())
                .isEqualTo("v12.stomp");
    }

    @Test
    void aFrameBeyondTheLimitIsTooBig() throws Exception {
        assertThat(browser.run("stompTooMuch", with("artemis", "destination", fresh(), "size", 100_000)).asInt()).isEqualTo(TOO_BIG);
    }

    @ParameterizedTest
    @CsvSource({"room,3,mqttv3.1,false", "room,4,mqtt,true", "room,5,mqtt,true", "tls,5,mqtt,true", "text,5,mqtt,true"})
    void mqtt(String acceptor, int version, String name, boolean large) throws Exception {
        assertThat(browser.run("mqtt", with(acceptor, "version", version, "topic", fresh(), "large", large)).asText()).isEqualTo(name);
    }

    /** A client fills the frames of AMQP that it was told of, so that these may not be larger than those of the WebSocket. */
    @ParameterizedTest
    @CsvSource({"artemis,65536", "tls,131072", "text,131072"})
    void amqp(String acceptor, int largest) throws Exception {
        JsonNode met = browser.run("amqp", with(acceptor, "address", fresh(), "large", true));
        assertThat(met.get("protocol").asText()).isEqualTo("amqp");
        assertThat(met.get("frame").asInt()).isEqualTo(largest);
    }

    @Test
    void theFirstNameThatIsKnownIsTaken() throws Exception {
        assertThat(browser.run("amqp", with("amqp", "address", fresh(), "protocols", List.of("binary", "AMQPWSB10", "amqp"))).get("protocol").asText())
                .isEqualTo("AMQPWSB10");
        assertThat(socket("room", List.of("soap", "mqttv3.1", "mqtt")).get("protocol").asText()).isEqualTo("mqttv3.1");
    }

    /** The broker chooses none, and then the browser gives up. */
    @Test
    void aNameNobodyKnowsEndsInTheBrowser() throws Exception {
        assertThat(socket("room", List.of("soap")).get("code").asInt()).isEqualTo(NO_FAREWELL);
        assertThat(socket("amqp", List.of("mqtt")).get("code").asInt()).isEqualTo(NO_FAREWELL);
    }

    @Test
    void onlyStompHasText() throws Exception {
        assertThat(socket("room", List.of("amqp"), "send", List.of("AMQP\3\1\0\0"), "asText", true).get("code").asInt()).isEqualTo(NOT_THIS_KIND);
        assertThat(socket("room", List.of("mqtt"), "send", List.of("\20\14\0\4MQTT\4\2\0\74\0\0"), "asText", true).get("code").asInt())
                .isEqualTo(NOT_THIS_KIND);
        List<String> connect = List.of("CONNECT\nlogin:" + USER.user() + "\npasscode:" + USER.password() + "\n\n\0");
        assertThat(socket("room", List.of(), "send", connect, "asText", true, "keep", true).get("binary").asInt()).isEqualTo(1);
        assertThat(socket("text", List.of(), "send", connect, "asText", false, "keep", true).get("text").asInt()).isEqualTo(1);
    }

    @Test
    void whoIsRefusedIsToldInTheProtocolsWords() throws Exception {
        assertThat(browser.run("stompRefused", with("room", "password", "wrong")).asText()).startsWith("Security Error occurred");
        assertThat(browser.run("mqttRefused", with("room", "version", 4, "password", "wrong")).asInt()).isEqualTo(5);
        assertThat(browser.run("mqttRefused", with("room", "version", 5, "password", "wrong")).asInt()).isEqualTo(0x86);
        assertThat(browser.run("amqpRefused", with("amqp", "password", "wrong")).asText()).contains("Failed to authenticate: 1");
    }

    @Test
    void aPageSpeaksThreeProtocols() throws Exception {
        JsonNode heard = browser.run("together", with("room", "topic", fresh()));
        for (String who : List.of("stomp", "mqtt", "amqp")) {
            assertThat(heard.get(who)).extracting(JsonNode::asText).containsExactly("from stömp", "from mqtt", "from amqp");
        }
    }

    @Test
    void aPageThatIsClosedGivesBackWhatItHad() throws Exception {
        Place queue = new Place(fresh(), false);
        Place wills = new Place(fresh(), true);
        try (Peer heir = Speech.MQTT.connect(server.port(), "heir", Optional.of(USER));
             Peer other = Speech.STOMP.connect(server.port(), "other", Optional.of(USER))) {
            heir.listen(wills);
            other.send(queue, Letter.of("back"));
            assertThat(browser.run("leaves", with("room", "destination", queue.name(), "will", wills.name())).asText()).isEqualTo("back");
            assertThat(heir.receive().text()).isEqualTo("gone");
            other.listen(queue);
            assertThat(other.receive().text()).isEqualTo("back");
        }
    }
}
