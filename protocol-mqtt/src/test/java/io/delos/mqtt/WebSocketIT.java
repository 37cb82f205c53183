package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MQTT over WebSocket (MQTT 5 and 3.1.1, 6), frame by frame. */
class WebSocketIT {

    private static final byte[] CONNECT = WireClient.packet(0x10, WireClient.body("MQTT", 4, 2, (short) 60, "socket"));
    private static final byte[] PING = {(byte) 0xC0, 0};

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Gathers what comes. */
    private static final class Ear implements WebSocket.Listener {
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();

        @Override
        public synchronized CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            heard.writeBytes(bytes);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(null);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.complete(null);
        }

        synchronized int size() {
            return heard.size();
        }

        synchronized String hex() {
            return HexFormat.of().formatHex(heard.toByteArray());
        }
    }

    private static WebSocket open(Ear ear, String protocol) throws Exception {
        return HttpClient.newHttpClient().newWebSocketBuilder().subprotocols(protocol)
                .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/any/path"), ear).get(10, TimeUnit.SECONDS);
    }

    @Test
    void theProtocolIsNamedAndPacketsNeedNotBeFrames() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "mqtt");
        assertThat(socket.getSubprotocol()).isEqualTo("mqtt");
        for (byte each : CONNECT) {
            socket.sendBinary(ByteBuffer.wrap(new byte[] {each}), true).join();
        }
        byte[] pings = Arrays.copyOf(PING, 5);
        System.arraycopy(PING, 0, pings, 2, 2);
        pings[4] = PING[0];
        socket.sendBinary(ByteBuffer.wrap(pings), true).join();
        socket.sendBinary(ByteBuffer.wrap(PING, 1, 1), true).join();
        Awaitility.await().untilAsserted(() -> assertThat(ear.hex()).isEqualTo("20020000" + "d000".repeat(3)));
        socket.abort();
    }

    @Test
    void largePayloadsComeAndGoInManyFrames() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "mqtt");
        socket.sendBinary(ByteBuffer.wrap(CONNECT), true).join();
        socket.sendBinary(ByteBuffer.wrap(WireClient.packet(0x82, WireClient.body((short) 1, "socket/large", 0))), true).join();
        byte[] packet = WireClient.packet(0x30, WireClient.body("socket/large", "0123456789".repeat(150_000).getBytes(StandardCharsets.US_ASCII)));
        for (int at = 0; at < packet.length; at += 50_000) {
            socket.sendBinary(ByteBuffer.wrap(packet, at, Math.min(50_000, packet.length - at)), true).join();
        }
        String expected = "20020000" + "9003000100" + HexFormat.of().formatHex(packet);
        Awaitility.await().until(() -> 2 * ear.size() >= expected.length());
        assertThat(ear.hex().equals(expected)).isTrue();
        socket.abort();
    }

    @Test
    void textEndsTheConnection() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "mqtt");
        socket.sendBinary(ByteBuffer.wrap(CONNECT), true).join();
        Awaitility.await().untilAsserted(() -> assertThat(ear.hex()).isEqualTo("20020000"));
        socket.sendText("text", true).join();
        ear.closed.get(10, TimeUnit.SECONDS);
    }
}
