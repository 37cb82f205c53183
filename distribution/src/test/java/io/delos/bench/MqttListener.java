package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * One subscriber of QoS 0 by MQTT 3.1.1 (OASIS standard, sections 2 and 3), on a thread of its own: as little as can be, because Paho takes
 * half a second and four threads for each of a hundred.
 */
final class MqttListener implements Wire.Receiver {
    private static final int CONNECT = 0x10;
    private static final int SUBSCRIBE = 0x82;
    private static final int PUBLISH = 0x30;
    private static final int DISCONNECT = 0xe0;
    private static final int LARGEST = 1 << 20;
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream in;

    private MqttListener(Socket socket, DataInputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /** Returns when the broker has confirmed the subscription. */
    static MqttListener open(int port, String id, String topic, Consumer<ByteBuffer> onMessage) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            MqttListener listener = new MqttListener(socket, new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 15)));
            listener.send(CONNECT, connect(id));
            expectZero(listener.next().bytes(), 1, "CONNACK");
            listener.send(SUBSCRIBE, subscribe(topic));
            expectZero(listener.next().bytes(), 2, "SUBACK");
            socket.setSoTimeout(0);
            Thread thread = new Thread(() -> listener.listen(onMessage), id);
            thread.setDaemon(true);
            thread.start();
            return listener;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private record Packet(int head, byte[] bytes) { }

    private static void expectZero(byte[] bytes, int index, String what) throws IOException {
        if (bytes.length <= index || bytes[index] != 0) {
            throw new IOException(what + " refuses");
        }
    }

    private static byte[] connect(String id) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF("MQTT");
        out.writeByte(4);
        // User name, password, clean session; and no keep-alive.
        out.writeByte(0xc2);
        out.writeShort(0);
        out.writeUTF(id);
        out.writeUTF(BrokerProcess.USER);
        out.writeUTF(BrokerProcess.PASSWORD);
        return bytes.toByteArray();
    }

    private static byte[] subscribe(String topic) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(1);
        out.writeUTF(topic);
        out.writeByte(0);
        return bytes.toByteArray();
    }

    private void send(int head, byte[] body) throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(body.length + 5).put((byte) head);
        int left = body.length;
        do {
            packet.put((byte) (left & 0x7f | (left > 0x7f ? 0x80 : 0)));
            left >>>= 7;
        } while (left > 0);
        packet.put(body);
        socket.getOutputStream().write(packet.array(), 0, packet.position());
    }

    private Packet next() throws IOException {
        int head = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int part;
        do {
            part = in.readUnsignedByte();
            length |= (part & 0x7f) << shift;
            shift += 7;
        } while ((part & 0x80) != 0 && shift < 28);
        if (length > LARGEST) {
            throw new IOException("a packet of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new Packet(head, bytes);
    }

    private void listen(Consumer<ByteBuffer> onMessage) {
        try {
            while (true) {
                Packet packet = next();
                if ((packet.head() & 0xf0) == PUBLISH) {
                    int topic = ByteBuffer.wrap(packet.bytes()).getShort() + 2;
                    onMessage.accept(ByteBuffer.wrap(packet.bytes(), topic, packet.bytes().length - topic).slice());
                }
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                System.err.println(Thread.currentThread().getName() + ": " + e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        send(DISCONNECT, new byte[0]);
        socket.close();
    }
}
