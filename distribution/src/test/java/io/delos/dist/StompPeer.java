package io.delos.dist;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** STOMP 1.2 on a bare socket. */
final class StompPeer implements Peer {

    private static final String SUBSCRIPTION = "matrix";

    private final Socket socket;
    private final InputStream in;
    private final Queue<Frame> messages = new ArrayDeque<>();
    private boolean subscribed;
    private int receipts;

    /** A frame, its headers in the order they came, unescaped. */
    record Frame(String command, Map<String, String> headers, byte[] body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** The broker said ERROR. */
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        Refused(Frame error) {
            super(error.header("message") + " / " + error.text());
        }
    }

    StompPeer(int port, Optional<Account> account) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        Map<String, String> headers = new LinkedHashMap<>(Map.of("accept-version", "1.2", "host", "localhost"));
        account.ifPresent(known -> headers.putAll(Map.of("login", known.user(), "passcode", known.password())));
        try {
            write("CONNECT", headers, new byte[0]);
            expect("CONNECTED");
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static String routing(Place place) {
        return place.topic() ? "MULTICAST" : "ANYCAST";
    }

    @Override
    public void listen(Place place) throws IOException {
        if (subscribed) {
            confirmed("UNSUBSCRIBE", new LinkedHashMap<>(Map.of("id", SUBSCRIPTION)), new byte[0]);
        }
        confirmed("SUBSCRIBE", new LinkedHashMap<>(Map.of("id", SUBSCRIPTION, "destination", place.name(),
                "subscription-type", routing(place))), new byte[0]);
        subscribed = true;
    }

    @Override
    public long send(Place place, Letter letter) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("destination", place.name());
        headers.put("destination-type", routing(place));
        headers.put("persistent", letter.durable().toString());
        headers.put("priority", letter.priority().toString());
        if (letter.expires() != 0) {
            headers.put("expires", Long.toString(letter.expires()));
        }
        if (!letter.correlation().isEmpty()) {
            headers.put("correlation-id", letter.correlation());
        }
        if (!letter.replyTo().isEmpty()) {
            headers.put("reply-to", letter.replyTo());
        }
        letter.properties().forEach((name, value) -> headers.put(name, String.valueOf(value)));
        byte[] body;
        if (letter.body() instanceof String text) {
            body = text.getBytes(StandardCharsets.UTF_8);
        } else {
            body = (byte[]) letter.body();
            headers.put("content-length", Integer.toString(body.length));
        }
        confirmed("SEND", headers, body);
        return letter.expires();
    }

    /** The length stands before the other headers when the body is bytes, and after them when it is text. */
    @Override
    public Letter receive() throws IOException {
        Frame frame = next();
        Map<String, Object> properties = new HashMap<>(frame.headers());
        boolean bytes = frame.headers().keySet().stream().takeWhile(name -> !name.equals("message-id")).anyMatch("content-length"::equals);
        return new Letter(bytes ? frame.body() : frame.text(), properties, frame.header("correlation-id"), frame.header("reply-to"),
                Boolean.valueOf(frame.header("persistent")), Integer.valueOf(frame.header("priority")), Long.parseLong(frame.header("expires")));
    }

    /** The next MESSAGE. */
    Frame next() throws IOException {
        return messages.isEmpty() ? expect("MESSAGE") : messages.remove();
    }

    void confirmed(String command, Map<String, String> headers, byte[] body) throws IOException {
        String receipt = "r" + ++receipts;
        headers.put("receipt", receipt);
        write(command, headers, body);
        Frame reply = expect("RECEIPT");
        if (!reply.header("receipt-id").equals(receipt)) {
            throw new IOException("a receipt for " + reply.header("receipt-id") + " instead of " + receipt);
        }
    }

    private void write(String command, Map<String, String> headers, byte[] body) throws IOException {
        StringBuilder head = new StringBuilder(command).append('\n');
        headers.forEach((name, value) -> head.append(escape(name)).append(':').append(escape(value)).append('\n'));
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        frame.write(body);
        frame.write(0);
        socket.getOutputStream().write(frame.toByteArray());
    }

    /** Messages that come before what is waited for are kept. */
    Frame expect(String command) throws IOException {
        Frame frame = read();
        while (frame.command().equals("MESSAGE") && !command.equals("MESSAGE")) {
            messages.add(frame);
            frame = read();
        }
        if (frame.command().equals("ERROR")) {
            throw new Refused(frame);
        }
        if (!frame.command().equals(command)) {
            throw new IOException("expected " + command + ", got " + frame);
        }
        return frame;
    }

    private Frame read() throws IOException {
        String command = line();
        while (command.isEmpty()) {
            command = line();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.putIfAbsent(unescape(line.substring(0, colon)), unescape(line.substring(colon + 1)));
        }
        byte[] body;
        if (headers.containsKey("content-length")) {
            body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
            until(0);
        } else {
            body = until(0);
        }
        return new Frame(command, headers, body);
    }

    private String line() throws IOException {
        return new String(until('\n'), StandardCharsets.UTF_8);
    }

    private byte[] until(int end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b = in.read(); b != end; b = in.read()) {
            if (b < 0) {
                throw new EOFException("after '" + bytes.toString(StandardCharsets.UTF_8) + "'");
            }
            bytes.write(b);
        }
        return bytes.toByteArray();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace(":", "\\c");
    }

    private static String unescape(String text) {
        return text.replace("\\c", ":").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
