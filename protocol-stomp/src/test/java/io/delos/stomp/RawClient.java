package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that writes and reads frames byte by byte, and knows nothing of our code. */
final class RawClient implements Closeable {

    private final Socket socket;
    private final InputStream in;

    /** What the server said; headers as they came, still escaped. */
    record Reply(String command, List<String> headers, byte[] body) {

        String header(String name) {
            return headers.stream().filter(line -> line.startsWith(name + ":")).findFirst().map(line -> line.substring(name.length() + 1)).orElse("");
        }

        boolean has(String name) {
            return headers.stream().anyMatch(line -> line.startsWith(name + ":"));
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return command + headers + text();
        }
    }

    RawClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    /** Over a socket that is connected, TLS perhaps. */
    RawClient(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A client that has said CONNECT in this version and was answered. */
    static RawClient connected(int port, String version, String... headers) throws IOException {
        RawClient client = new RawClient(port);
        List<String> lines = new ArrayList<>(List.of(headers));
        lines.add("accept-version:" + version);
        lines.add("host:localhost");
        client.send("CONNECT", "", lines.toArray(String[]::new));
        assertThat(client.read().command()).isEqualTo("CONNECTED");
        return client;
    }

    RawClient raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Writes a frame; the body ends at NUL unless the headers say content-length. */
    RawClient send(String command, String body, String... headers) throws IOException {
        StringBuilder frame = new StringBuilder(command).append('\n');
        for (String header : headers) {
            frame.append(header).append('\n');
        }
        return raw(frame.append('\n').append(body).append('\0').toString());
    }

    /** Writes a frame that asks for a receipt, and waits for it. */
    RawClient sendAndWait(String command, String body, String... headers) throws IOException {
        String receipt = "r" + System.nanoTime();
        List<String> lines = new ArrayList<>(List.of(headers));
        lines.add("receipt:" + receipt);
        send(command, body, lines.toArray(String[]::new));
        Reply reply = read();
        assertThat(reply.command()).as(reply.toString()).isEqualTo("RECEIPT");
        assertThat(reply.header("receipt-id")).isEqualTo(receipt);
        return this;
    }

    /** The next frame; line ends between frames are passed over. */
    Reply read() throws IOException {
        int b = in.read();
        while (b == '\n') {
            b = in.read();
        }
        String command = line(b);
        List<String> headers = new ArrayList<>();
        for (String line = line(in.read()); !line.isEmpty(); line = line(in.read())) {
            headers.add(line);
        }
        Reply head = new Reply(command, headers, new byte[0]);
        byte[] body;
        if (head.has("content-length")) {
            body = in.readNBytes(Integer.parseInt(head.header("content-length")));
            assertThat(in.read()).isZero();
        } else {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int next = in.read(); next != 0; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("in a body");
                }
                bytes.write(next);
            }
            body = bytes.toByteArray();
        }
        return new Reply(command, headers, body);
    }

    private String line(int first) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = first; b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("after " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    Reply expect(String command) throws IOException {
        Reply reply = read();
        assertThat(reply.command()).as(reply.toString()).isEqualTo(command);
        return reply;
    }

    /** Waits for the beginning of a frame, and leaves it to be read. */
    void await() throws IOException {
        int b;
        do {
            in.mark(1);
            b = in.read();
        } while (b == '\n');
        assertThat(b).isNotNegative();
        in.reset();
    }

    /** One byte, as it comes. */
    int readByte() throws IOException {
        return in.read();
    }

    void expectEnd() throws IOException {
        int b = in.read();
        while (b == '\n') {
            b = in.read();
        }
        assertThat(b).isEqualTo(-1);
    }

    /** Whether nothing comes for a while. Ask the server something first that it answers in order, where possible. */
    boolean silent(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            int b = in.read();
            while (b == '\n') {
                b = in.read();
            }
            return false;
        } catch (SocketTimeoutException nothing) {
            return true;
        } finally {
            socket.setSoTimeout(60_000);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
