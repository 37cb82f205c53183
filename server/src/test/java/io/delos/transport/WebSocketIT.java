package io.delos.transport;

import static io.delos.transport.Fixture.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketIT {

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FIN = 0x80;

    private final Fixture fixture = new Fixture();

    @AfterEach
    void end() {
        fixture.close();
    }

    @Test
    void aProtocolRunsInsideAWebSocket() throws Exception {
        fixture.start("");
        try (Browser browser = new Browser()) {
            assertThat(browser.upgrade("alpha.v2, alpha.v1")).startsWith("HTTP/1.1 101 ").containsIgnoringCase("sec-websocket-protocol: alpha.v2\r\n")
                    .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            browser.send(FIN | BINARY, ascii("ALPHA..."));
            assertThat(browser.frame(FIN | BINARY)).isEqualTo(ascii("ALPHA..."));
        }
    }

    @Test
    void bordersOfFramesMeanNothing() throws Exception {
        fixture.start("");
        try (Browser browser = new Browser()) {
            browser.upgrade("beta");
            browser.send(TEXT, ascii("AL"));
            browser.send(CONTINUATION, ascii("PHA"));
            browser.send(FIN | PING, ascii("are you there"));
            assertThat(browser.frame(FIN | PONG)).isEqualTo(ascii("are you there"));
            browser.send(FIN | CONTINUATION, ascii(".."));
            browser.send(FIN | BINARY, ascii("."));
            assertThat(browser.frame(FIN | BINARY)).isEqualTo(ascii("ALPHA..."));
            browser.send(FIN | CLOSE, new byte[] {3, (byte) 0xE8});
            assertThat(browser.frame(FIN | CLOSE)).isEqualTo(new byte[] {3, (byte) 0xE8});
            assertThat(browser.in.read()).isEqualTo(-1);
        }
    }

    @Test
    void longWritesAreCutAtTheFrameLimit() throws Exception {
        fixture.start("webSocketMaxFramePayloadLength=100;webSocketEncoderType=text");
        try (Browser browser = new Browser()) {
            browser.upgrade("");
            browser.send(FIN | TEXT, ascii("ALPHA..."));
            browser.frame(FIN | TEXT);
            fixture.connections.element().loop().post(() -> write(new byte[250]));
            assertThat(browser.frame(TEXT)).hasSize(100);
            assertThat(browser.frame(CONTINUATION)).hasSize(100);
            assertThat(browser.frame(FIN | CONTINUATION)).hasSize(50);
        }
    }

    @Test
    void whatIsNotTextIsNotSentAsText() throws Exception {
        fixture.start("webSocketEncoderType=text");
        try (Browser browser = new Browser()) {
            browser.upgrade("");
            browser.send(FIN | TEXT, ascii("ALPHA..."));
            browser.frame(FIN | TEXT);
            byte[] letter = "ä".getBytes(StandardCharsets.UTF_8);
            fixture.connections.element().loop().post(() -> {
                write(letter);
                write(new byte[] {letter[0]});
                write(new byte[] {letter[1]});
            });
            assertThat(browser.frame(FIN | TEXT)).isEqualTo(letter);
            assertThat(browser.frame(FIN | BINARY)).containsExactly(letter[0]);
            assertThat(browser.frame(FIN | BINARY)).containsExactly(letter[1]);
        }
    }

    private void write(byte[] bytes) {
        try {
            var field = SocketConnection.class.getDeclaredField("channel");
            field.setAccessible(true);
            ((io.netty.channel.Channel) field.get(fixture.connections.element()))
                    .writeAndFlush(io.netty.buffer.Unpooled.wrappedBuffer(bytes));
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void aFrameBeyondTheLimitEndsIt() throws Exception {
        fixture.start("webSocketMaxFramePayloadLength=100");
        try (Browser browser = new Browser()) {
            browser.upgrade("alpha.v1");
            browser.send(FIN | BINARY, ascii("ALPHA..."));
            browser.frame(FIN | BINARY);
            browser.send(FIN | BINARY, new byte[101]);
            // what comes after it is in nobody's way
            browser.socket.getOutputStream().write(new byte[1 << 20]);
            assertThat(browser.frame(FIN | CLOSE)).startsWith(3, 0xF1);
            assertThat(browser.in.read()).isEqualTo(-1);
        }
    }

    @Test
    void compressionIsAgreedOnlyIfAllowed() throws Exception {
        fixture.start("webSocketCompressionSupported=true");
        try (Browser browser = new Browser()) {
            assertThat(browser.request("GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"))
                    .containsIgnoringCase("sec-websocket-extensions: permessage-deflate");
        }
    }

    @Test
    void noCommonSubprotocolIsNoObstacle() throws Exception {
        fixture.start("");
        for (String offered : new String[] {"", "mqtt"}) {
            try (Browser browser = new Browser()) {
                assertThat(browser.upgrade(offered)).startsWith("HTTP/1.1 101 ").doesNotContainIgnoringCase("sec-websocket-protocol");
            }
        }
    }

    @Test
    void httpIsNotFoundInsideAWebSocket() throws Exception {
        fixture.start("");
        try (Browser browser = new Browser()) {
            browser.upgrade("alpha.v1");
            browser.send(FIN | BINARY, ascii("GET / HTTP/1.1\r\n\r\n"));
            assertThat(browser.closedAfterFarewell()).isTrue();
        }
    }

    @Test
    void otherRequestsAreRefused() throws Exception {
        fixture.start("");
        String get = "GET / HTTP/1.1\r\nHost: h\r\n";
        assertAnswer(get + "\r\n", "HTTP/1.1 404 ");
        assertAnswer("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 404 ");
        assertAnswer(get + "Upgrade: activemq-remoting\r\nConnection: Upgrade\r\n\r\n", "HTTP/1.1 403 ");
        assertAnswer(get + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\n\r\n", "HTTP/1.1 426 ");
        assertAnswer(get + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n", "HTTP/1.1 400 ");
        assertAnswer("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n", "HTTP/1.1 413 ");
        assertAnswer("GET / HTTP/1.1\r\nx: " + "y".repeat(9000) + "\r\n\r\n", "HTTP/1.1 400 ");
    }

    private void assertAnswer(String request, String answer) throws IOException {
        try (Browser browser = new Browser()) {
            assertThat(browser.request(request)).startsWith(answer);
        }
    }

    /** Speaks RFC 6455 byte by byte. */
    private final class Browser implements AutoCloseable {
        private final Socket socket = fixture.connect();
        final DataInputStream in = new DataInputStream(socket.getInputStream());

        Browser() throws IOException {
        }

        String upgrade(String subprotocols) throws IOException {
            return request("GET /any/path HTTP/1.1\r\nHost: h\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + (subprotocols.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocols + "\r\n") + "\r\n");
        }

        String request(String text) throws IOException {
            socket.getOutputStream().write(ascii(text));
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                head.write(in.readByte());
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        void send(int first, byte[] payload) throws IOException {
            byte[] mask = {1, 2, 3, 4};
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(first);
            frame.write(0x80 | payload.length);
            frame.write(mask);
            for (int i = 0; i < payload.length; i++) {
                frame.write(payload[i] ^ mask[i % 4]);
            }
            socket.getOutputStream().write(frame.toByteArray());
        }

        byte[] frame(int first) throws IOException {
            assertThat(in.readUnsignedByte()).isEqualTo(first);
            int length = in.readUnsignedByte();
            assertThat(length).isLessThan(126);
            return in.readNBytes(length);
        }

        boolean closedAfterFarewell() throws IOException {
            int first = in.read();
            return first == -1 || first == (FIN | CLOSE) && in.readNBytes(in.read()).length >= 2 && in.read() == -1;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
