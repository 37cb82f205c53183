package io.delos.proof;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** MQTT packet by packet, for who wants to stop in the middle of an exchange. Not thread-safe. */
public final class MqttSocket implements AutoCloseable {

    public static final int PUBLISH = 3;
    public static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;

    private final int level;
    private final Socket socket = new Socket();
    private final DataInputStream in;

    /** A packet as it arrived; id and text are those of a PUBLISH, id also that of its answers. */
    public record Packet(int first, byte[] body, int id, String text) {
        int type() {
            return first >> 4;
        }

        public boolean dup() {
            return (first & 8) != 0;
        }
    }

    /** Level 4 is MQTT 3.1.1. */
    public MqttSocket(int port, int level) throws IOException {
        this.level = level;
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** A session that lasts; whether there was one. */
    public boolean connect(String clientId) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF("MQTT");
        body.writeByte(level);
        body.writeByte(0xC0);
        body.writeShort(0);
        if (level == 5) {
            body.write(new byte[] {5, 0x11, 0, 0, 0x0E, 0x10});
        }
        body.writeUTF(clientId);
        body.writeUTF(BrokerProcess.USER);
        body.writeUTF(BrokerProcess.PASSWORD);
        write(0x10, bytes.toByteArray());
        Packet connack = expect(2);
        if (connack.body[1] != 0) {
            throw new IOException("not let in: " + connack.body[1]);
        }
        return connack.body[0] == 1;
    }

    public void subscribe(String filter, int qos) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeShort(1);
        body.write(new byte[level == 5 ? 1 : 0]);
        body.writeUTF(filter);
        body.writeByte(qos);
        write(0x82, bytes.toByteArray());
        expect(9);
    }

    void publish(String topic, String text, int qos, int id, boolean dup) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF(topic);
        body.writeShort(id);
        body.write(new byte[level == 5 ? 1 : 0]);
        body.write(text.getBytes(StandardCharsets.UTF_8));
        write(0x30 | qos << 1 | (dup ? 8 : 0), bytes.toByteArray());
    }

    public void answer(int type, int id) throws IOException {
        write(type << 4 | (type == PUBREL ? 2 : 0), new byte[] {(byte) (id >> 8), (byte) id});
    }

    private void write(int first, byte[] body) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        for (int rest = body.length; ; ) {
            all.write(rest > 127 ? rest & 0x7F | 0x80 : rest);
            rest >>>= 7;
            if (rest == 0) {
                break;
            }
        }
        all.writeBytes(body);
        socket.getOutputStream().write(all.toByteArray());
    }

    Packet read() throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        int digit = 0x80;
        for (int shift = 0; (digit & 0x80) != 0; shift += 7) {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
        }
        byte[] body = new byte[length];
        in.readFully(body);
        if (first >> 4 != PUBLISH) {
            return new Packet(first, body, length >= 2 ? u16(body, 0) : 0, "");
        }
        int at = 2 + u16(body, 0);
        boolean numbered = (first & 6) > 0;
        int text = at + (numbered ? 2 : 0) + (level == 5 ? 1 + body[at + (numbered ? 2 : 0)] : 0);
        return new Packet(first, body, numbered ? u16(body, at) : 0, new String(body, text, length - text, StandardCharsets.UTF_8));
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    /** The next packet, which must be of this type. */
    public Packet expect(int type) throws IOException {
        Packet packet = read();
        if (packet.type() != type) {
            throw new IOException("expected a packet of type " + type + ", got " + packet.type());
        }
        return packet;
    }

    /** Says goodbye. A PUBREL may be on its way by then, and do no harm; nothing else may come. */
    public void disconnect() throws IOException {
        write(0xE0, new byte[0]);
        int first;
        while ((first = in.read()) >= 0) {
            if (first >> 4 != PUBREL) {
                throw new IOException("a packet that begins with " + Integer.toHexString(first) + " came after the farewell");
            }
            in.readNBytes(in.read());
        }
        close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
