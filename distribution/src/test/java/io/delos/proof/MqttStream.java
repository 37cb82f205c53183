package io.delos.proof;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** An MQTT client that never has more than a piece of a payload in memory. Not thread-safe. */
final class MqttStream implements AutoCloseable {

    private static final int PIECE = 64 << 10;
    private static final int PATIENCE_MILLIS = 60_000;

    private final int level;
    private final int qos;
    private final Socket socket;
    private final DataInputStream in;
    private int lastId;

    /** Connects; what it publishes and subscribes to is of this QoS. */
    MqttStream(int port, int level, int qos) throws IOException {
        this.level = level;
        this.qos = qos;
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), PIECE));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF("MQTT");
        body.write(new byte[] {(byte) level, (byte) 0xC2, 0, 0});
        body.write(new byte[level == 5 ? 1 : 0]);
        body.writeUTF("stream-" + level + "-" + qos);
        body.writeUTF(BrokerProcess.USER);
        body.writeUTF(BrokerProcess.PASSWORD);
        write(0x10, bytes.toByteArray(), 0);
        if (packet(2)[1] != 0) {
            throw new IOException("not let in");
        }
    }

    void subscribe(String topic) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeShort(1);
        body.write(new byte[level == 5 ? 1 : 0]);
        body.writeUTF(topic);
        body.writeByte(qos);
        write(0x82, bytes.toByteArray(), 0);
        packet(9);
    }

    /** Returns when the broker has answered. */
    void publish(String topic, InputStream payload, long length) throws IOException {
        send(topic, payload, length);
        if (qos > 0) {
            packet(3 + qos);
        }
        if (qos == 2) {
            answer(0x62, lastId);
            packet(7);
        }
    }

    /** A PUBLISH that says it has so long a payload, and of that what there is. */
    void send(String topic, InputStream payload, long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream head = new DataOutputStream(bytes);
        head.writeUTF(topic);
        if (qos > 0) {
            head.writeShort(++lastId);
        }
        head.write(new byte[level == 5 ? 1 : 0]);
        write(0x30 | qos << 1, bytes.toByteArray(), length);
        byte[] piece = new byte[PIECE];
        for (int count; (count = payload.read(piece)) > 0;) {
            socket.getOutputStream().write(piece, 0, count);
        }
    }

    /** Takes the next message and confirms it; returns the length of its payload. */
    long receive(OutputStream payload) throws IOException {
        long left = begin(3);
        int topic = in.readUnsignedShort();
        in.skipNBytes(topic);
        int id = qos > 0 ? in.readUnsignedShort() : 0;
        left -= 2 + topic + (qos > 0 ? 2 : 0);
        if (level == 5) {
            int properties = in.readUnsignedByte();
            in.skipNBytes(properties);
            left -= 1 + properties;
        }
        long length = left;
        byte[] piece = new byte[PIECE];
        while (left > 0) {
            int count = (int) Math.min(piece.length, left);
            in.readFully(piece, 0, count);
            payload.write(piece, 0, count);
            left -= count;
        }
        if (qos == 1) {
            answer(0x40, id);
        } else if (qos == 2) {
            answer(0x50, id);
            packet(6);
            answer(0x70, id);
        }
        return length;
    }

    private void answer(int first, int id) throws IOException {
        write(first, new byte[] {(byte) (id >> 8), (byte) id}, 0);
    }

    /** The packet's beginning; so many bytes more are to follow. */
    private void write(int first, byte[] body, long more) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        long rest = body.length + more;
        do {
            all.write((int) (rest > 127 ? rest & 0x7F | 0x80 : rest));
            rest >>>= 7;
        } while (rest > 0);
        all.writeBytes(body);
        socket.getOutputStream().write(all.toByteArray());
    }

    private byte[] packet(int type) throws IOException {
        return in.readNBytes(begin(type));
    }

    private int begin(int type) throws IOException {
        int first = in.readUnsignedByte();
        if (first >> 4 != type) {
            throw new IOException("a packet of type " + (first >> 4) + " instead of " + type);
        }
        int length = 0;
        int digit = 0x80;
        for (int shift = 0; (digit & 0x80) != 0; shift += 7) {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
        }
        return length;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
