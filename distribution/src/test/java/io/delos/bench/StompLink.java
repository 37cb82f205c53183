package io.delos.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A light client of STOMP 1.2: one destination to send to, with or without receipts, and one subscription, acknowledged automatically. A
 * destination's name begins as ActiveMQ Classic has it and its kind has headers as Artemis has them, so that all brokers are sent the same bytes.
 */
final class StompLink extends LightLink implements StompFrames.Handler {
    private static final int MOST_OF_CONNECT = 192;
    private static final char SENT = 's';
    private static final char ASKED = 'a';

    private final Kind kind;
    private byte[] sendTo = {};
    private int sendBody = -1;
    private byte[] send = {};
    private long receipts;

    /** Of topics or queues, and what is sent: persistent or not, with a receipt each or none. */
    record Kind(boolean topic, boolean persistent, boolean receipts) {
        private String type() {
            return topic ? "MULTICAST" : "ANYCAST";
        }
    }

    private StompLink(LightLoop loop, SocketChannel channel, String name, Kind kind) {
        super(loop, channel, name);
        this.kind = kind;
        StompFrames.connect(room(MOST_OF_CONNECT));
    }

    /** Begins to connect. */
    static StompLink connect(LightLoop loop, int number, String name, Kind kind) throws IOException {
        return loop.connect(number, (owner, channel) -> new StompLink(owner, channel, name, kind));
    }

    @Override
    void subscribe(byte[] destination) {
        ask(StompFrames.subscribe(text(destination), kind.type()));
    }

    @Override
    void unsubscribe(byte[] destination) {
        ask(StompFrames.ascii("UNSUBSCRIBE\nid:0\n"));
    }

    private void ask(byte[] lines) {
        ByteBuffer out = room(lines.length + StompFrames.MOST_AROUND).put(lines);
        StompFrames.receipt(out, ASKED, receipts++);
        end(out);
        ask();
    }

    private static String text(byte[] destination) {
        return new String(destination, StandardCharsets.US_ASCII);
    }

    @Override
    ByteBuffer begin(byte[] destination, int body) {
        if (destination != sendTo || body != sendBody) {
            sendTo = destination;
            sendBody = body;
            send = StompFrames.send(text(destination), kind.type(), kind.persistent, body);
        }
        ByteBuffer out = room(send.length + body + StompFrames.MOST_AROUND).put(send);
        if (kind.receipts) {
            StompFrames.receipt(out, SENT, receipts++);
            sent();
        } else {
            out.put((byte) '\n');
        }
        return out;
    }

    @Override
    void end(ByteBuffer out) {
        out.put((byte) 0).put((byte) '\n');
    }

    @Override
    void sayGoodbye() {
        room(StompFrames.MOST_AROUND).put(StompFrames.ascii("DISCONNECT\n\n\0"));
    }

    @Override
    void cut(ByteBuffer in) throws IOException {
        StompFrames.cut(in, this);
    }

    @Override
    public void frame(ByteBuffer in, int at, int body, int end) throws IOException {
        switch (in.get(at)) {
            case 'M' -> received(in, body, end - body);
            case 'R' -> {
                if (StompFrames.isReceiptFor(in, at, body, SENT)) {
                    confirmed();
                } else {
                    answer();
                }
            }
            case 'C' -> letIn();
            default -> {
                byte[] said = new byte[end - at];
                in.get(at, said);
                throw new IOException("the broker says " + new String(said, StandardCharsets.UTF_8).replace('\n', '|'));
            }
        }
    }
}
