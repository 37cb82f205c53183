package io.delos.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class DetectorProperties {

    private static Fixture fixture;

    @BeforeContainer
    static void open() throws IOException {
        fixture = new Fixture();
        fixture.start("");
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    /** Anything that doesn't begin like a protocol is closed, however it is cut; only HTTP gets an answer first. */
    @Property(tries = 300)
    void randomBytesGetNowhere(@ForAll @Size(min = 8, max = 64) byte[] bytes, @ForAll int cut) throws IOException {
        if (bytes[0] == 'A' || bytes[0] == 'C') {
            bytes[0] = 0;
        }
        boolean http = HttpGate.beginsRequest(io.netty.buffer.Unpooled.wrappedBuffer(bytes));
        try (Socket socket = fixture.connect()) {
            int head = Math.floorMod(cut, bytes.length);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(bytes, 0, head);
                out.write(bytes, head, bytes.length - head);
                if (http) {
                    out.write("\r\n\r\n".getBytes());
                }
                assertThat(drain(socket.getInputStream())).satisfies(answer -> assertThat(answer.length == 0 || http).isTrue());
            } catch (SocketException reset) {
                assertThat(reset).hasMessageMatching("(?s).*(reset|Broken pipe).*");
            }
        }
        assertThat(fixture.guests).isEmpty();
    }

    private static byte[] drain(InputStream in) throws IOException {
        return in.readAllBytes();
    }
}
