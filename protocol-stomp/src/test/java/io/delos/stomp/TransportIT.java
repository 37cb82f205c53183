package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** STOMP over WebSocket and TLS. */
class TransportIT {

    @TempDir
    static Path directory;
    private static TestServer server;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws Exception {
        Path keys = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "me",
                "-keyalg", "EC", "-dname", "CN=localhost", "-storetype", "PKCS12", "-keystore", keys.toString(), "-storepass", "changeit").start();
        assertThat(keytool.waitFor()).isZero();
        server = TestServer.start(directory.resolve("data"), config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?protocols=STOMP"),
                AcceptorConfig.of("text", "tcp://127.0.0.1:0?protocols=STOMP;webSocketEncoderType=text"),
                AcceptorConfig.of("tls", "tcp://127.0.0.1:0?sslEnabled=true;keyStoreType=PKCS12;keyStorePath=" + keys + ";keyStorePassword=changeit"))));
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), new SecureRandom());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Gathers what comes. */
    private static final class Ear implements WebSocket.Listener {
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        @Override
        public synchronized CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            heard.writeBytes(bytes);
            socket.request(1);
            return null;
        }

        @Override
        public synchronized CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heard.writeBytes(("<text>" + data).getBytes(StandardCharsets.UTF_8));
            socket.request(1);
            return null;
        }

        synchronized String text() {
            return heard.toString(StandardCharsets.UTF_8);
        }

        void await(String part) {
            Awaitility.await().untilAsserted(() -> assertThat(text()).contains(part));
        }
    }

    private static WebSocket open(Ear ear, String scheme, String acceptor, String first, String... others) throws Exception {
        return HttpClient.newBuilder().sslContext(trusting).build().newWebSocketBuilder().subprotocols(first, others)
                .buildAsync(URI.create(scheme + "://localhost:" + server.server().port(acceptor) + "/any/path"), ear).get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"v10.stomp,1.0", "v11.stomp,1.1", "v12.stomp,1.2"})
    void eachVersionHasItsName(String name, String version) throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "ws", "artemis", name);
        assertThat(socket.getSubprotocol()).isEqualTo(name);
        socket.sendText("CONNECT\naccept-version:" + version + "\nhost:x\n\n\0", true).join();
        ear.await("CONNECTED\nversion:" + version + "\n");
        socket.abort();
    }

    @Test
    void theFirstNameThatIsKnownIsTaken() throws Exception {
        WebSocket socket = open(new Ear(), "ws", "artemis", "soap", "v11.stomp", "v12.stomp");
        assertThat(socket.getSubprotocol()).isEqualTo("v11.stomp");
        socket.abort();
    }

    @Test
    void framesOfStompNeedNotBeFramesOfTheSocket() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "ws", "artemis", "v12.stomp");
        String all = "CONNECT\naccept-version:1.2\nhost:x\n\n\0\nSUBSCRIBE\nid:s\ndestination:pieces\n\n\0SEND\ndestination:pieces\n\nhello\0";
        for (byte each : all.getBytes(StandardCharsets.US_ASCII)) {
            socket.sendBinary(ByteBuffer.wrap(new byte[] {each}), true).join();
        }
        ear.await("\n\nhello\0");
        socket.sendText("UNSUBSCRIBE\nid:s\n\n\0DISCONNECT\nrec", true).join();
        socket.sendText("eipt:bye\n\n\0", true).join();
        ear.await("RECEIPT\nreceipt-id:bye\n\n\0");
        // a client of Java's does not always notice
        Awaitility.await().untilAsserted(() -> assertThat(server.broker().clients().all()).isEmpty());
        socket.abort();
    }

    @Test
    void textIsSentWhereItIsWanted() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "ws", "text", "v12.stomp");
        socket.sendText("CONNECT\naccept-version:1.2\nhost:x\n\n\0", true).join();
        ear.await("<text>CONNECTED\n");
        socket.abort();
    }

    @Test
    void anErrorEndsTheSocketToo() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "ws", "artemis", "v12.stomp");
        socket.sendText("CONNECT\naccept-version:1.2\nhost:x\n\n\0NONSENSE\n\n\0", true).join();
        ear.await("ERROR\nmessage:AMQ339023 ");
        // a client of Java's does not always notice
        Awaitility.await().untilAsserted(() -> assertThat(server.broker().clients().all()).isEmpty());
        socket.abort();
    }

    @Test
    void tlsUnderneathChangesNothing() throws Exception {
        try (RawClient client = new RawClient(trusting.getSocketFactory().createSocket("127.0.0.1", server.server().port("tls")))) {
            client.send("CONNECT", "", "accept-version:1.2", "host:x").expect("CONNECTED");
            client.sendAndWait("SUBSCRIBE", "", "destination:secret", "id:s");
            String large = "0123456789".repeat(20_000);
            client.send("SEND", large, "destination:secret");
            assertThat(client.expect("MESSAGE").text()).isEqualTo(large);
            client.send("NONSENSE", "").expect("ERROR");
            client.expectEnd();
        }
    }

    @Test
    void webSocketsOverTls() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "wss", "tls", "v12.stomp");
        socket.sendText("CONNECT\naccept-version:1.2\nhost:x\n\n\0", true).join();
        ear.await("CONNECTED\nversion:1.2\n");
        socket.abort();
    }
}
