package io.delos.transport;

import static io.delos.transport.Fixture.ascii;
import static io.delos.transport.Fixture.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyIT {

    private static final byte[] V2 = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private final Fixture fixture = new Fixture();
    private final Logged log = new Logged();

    @AfterEach
    void end() {
        fixture.close();
        log.close();
    }

    @Test
    void version1NamesThePeer() throws Exception {
        fixture.start("proxyProtocolEnabled=true");
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream().write(ascii("PROXY TCP4 192.0.2.7 198.51.100.1 4711 61616\r\n"));
            assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
        }
        assertThat(fixture.guests.element().remote).isEqualTo("192.0.2.7:4711");
    }

    @Test
    void version1ByteByByte() throws Exception {
        fixture.start("proxyProtocolEnabled=true");
        try (Socket socket = fixture.connect()) {
            OutputStream out = socket.getOutputStream();
            for (byte b : ascii("PROXY TCP6 2001:db8::7 2001:db8::1 4711 61616\r\nALPHA...")) {
                out.write(b);
            }
            assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(ascii("ALPHA..."));
        }
        assertThat(fixture.guests.element().remote).isEqualTo("2001:db8::7:4711");
    }

    @Test
    void version2NamesThePeer() throws Exception {
        fixture.start("proxyProtocolEnabled=true");
        try (Socket socket = fixture.connect()) {
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            header.write(V2);
            header.write(new byte[] {0x21, 0x11, 0, 12, (byte) 192, 0, 2, 9, (byte) 198, 51, 100, 1});
            header.write(ByteBuffer.allocate(4).putShort((short) 4712).putShort((short) 61616).array());
            socket.getOutputStream().write(header.toByteArray());
            assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
        }
        assertThat(fixture.guests.element().remote).isEqualTo("192.0.2.9:4712");
    }

    @Test
    void aProxyThatSpeaksForItselfLeavesTheSocketsAddress() throws Exception {
        fixture.start("proxyProtocolEnabled=true");
        try (Socket unknown = fixture.connect(); Socket local = fixture.connect()) {
            unknown.getOutputStream().write(ascii("PROXY UNKNOWN\r\n"));
            echo(unknown, "ALPHA...");
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            header.write(V2);
            header.write(new byte[] {0x20, 0, 0, 0});
            local.getOutputStream().write(header.toByteArray());
            echo(local, "ALPHA...");
        }
        assertThat(fixture.guests).hasSize(2).allMatch(guest -> guest.remote.startsWith("127.0.0.1:"));
    }

    @Test
    void aMissingHeaderIsRefused() throws Exception {
        fixture.start("proxyProtocolEnabled=true");
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream().write(ascii("ALPHA..."));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(log.lines()).filteredOn(line -> line.startsWith("AMQ224152") && line.contains("did not use")).hasSize(1);
    }

    @Test
    void anUnexpectedHeaderIsRefused() throws Exception {
        fixture.start("");
        for (byte[] header : new byte[][] {ascii("PROXY TCP4 1.2.3.4 "), V2}) {
            try (Socket socket = fixture.connect()) {
                socket.getOutputStream().write(header);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(log.lines()).filteredOn(line -> line.startsWith("AMQ224152") && line.contains(" used the PROXY")).hasSize(2);
    }

    @Test
    void aBrokenHeaderIsRefusedWithOneLine() throws Exception {
        fixture.start("proxyProtocolEnabled=true");
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream().write(ascii("PROXY TCP4 not.an.address 1.1.1.1 a b\r\nALPHA..."));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(log.lines()).filteredOn(line -> line.startsWith("Closing the connection")).hasSize(1));
        assertThat(log.anyStackTrace()).isFalse();
        assertThat(fixture.guests).isEmpty();
    }
}
