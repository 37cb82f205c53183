package io.delos.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One MQTT client of a load. Its {@link MqttLoop} owns it: everything is called on that one's thread, what is written leaves at the end of
 * the loop's turn. It answers what comes, whatever the QoS, and counts what was sent and not yet confirmed. A broker that says no, or goes,
 * is an {@link IOException} out of the loop.
 */
final class MqttLink implements MqttPackets.Handler {
    private static final int FIRST_ROOM = 256;
    private static final int ROOM = 64 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Takes the messages. */
    interface Listener {
        /** The bytes may be looked at until this returns. */
        void message(ByteBuffer in, int at, int length) throws IOException;
    }

    private final MqttLoop loop;
    private final SocketChannel channel;
    private final String id;
    private final boolean five;
    private Listener listener = (in, at, length) -> { };
    private ByteBuffer out = ByteBuffer.allocate(FIRST_ROOM);
    private ByteBuffer rest = NOTHING;
    private boolean waiting;
    private boolean connected;
    private boolean leaving;
    private int lastId;
    private int underWay;
    private int asked;
    private long answered;

    /** Made by the loop; the CONNECT leaves as soon as there is a connection. */
    MqttLink(MqttLoop loop, SocketChannel channel, String id, boolean clean, boolean five) {
        this.loop = loop;
        this.channel = channel;
        this.id = id;
        this.five = five;
        MqttPackets.connect(out, MqttPackets.utf8(id), clean, five);
    }

    void listen(Listener to) {
        listener = to;
    }

    /** Whether CONNACK has come. */
    boolean connected() {
        return connected;
    }

    /** Messages sent and not confirmed; of QoS 0 none ever is. */
    int underWay() {
        return underWay;
    }

    /** SUBSCRIBEs and UNSUBSCRIBEs sent and not answered. */
    int asked() {
        return asked;
    }

    /** Those that were. */
    long answered() {
        return answered;
    }

    /** Whether more may be put into what leaves at the end of the turn. */
    boolean hasRoom() {
        return !waiting && out.position() < ROOM;
    }

    void subscribe(byte[] filter, int qos) {
        MqttPackets.subscribe(room(filter.length), nextId(), filter, qos, five);
        asked++;
    }

    void unsubscribe(byte[] filter) {
        MqttPackets.unsubscribe(room(filter.length), nextId(), filter, five);
        asked++;
    }

    /** Begins a PUBLISH; the caller puts its payload into what this returns. */
    ByteBuffer publish(byte[] topic, int qos, boolean retain, int payload) {
        ByteBuffer to = room(topic.length + payload);
        MqttPackets.publish(to, topic, qos, retain, qos > 0 ? nextId() : 0, payload, five);
        underWay += qos > 0 ? 1 : 0;
        return to;
    }

    /** Says goodbye; the broker closes then. */
    void disconnect() {
        MqttPackets.disconnect(room(0));
        leaving = true;
    }

    void close() throws IOException {
        channel.close();
    }

    private int nextId() {
        lastId = lastId == 0xffff ? 1 : lastId + 1;
        return lastId;
    }

    /** What is to be written, with room for a packet around so many bytes. */
    private ByteBuffer room(int bytes) {
        int needed = out.position() + bytes + MqttPackets.MOST_AROUND;
        if (needed > out.capacity()) {
            out = ByteBuffer.allocate(Math.max(needed, 2 * out.capacity())).put(out.flip());
        }
        loop.changed(this);
        return out;
    }

    /** The socket can do something that was waited for. */
    void ready(SelectionKey key, ByteBuffer in) throws IOException {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                loop.changed(this);
            }
            if (key.isReadable()) {
                read(in);
            }
            if (key.isValid() && key.isWritable()) {
                loop.changed(this);
            }
        } catch (IOException e) {
            if (!leaving) {
                throw new IOException(id + ": " + e.getMessage(), e);
            }
            close();
        }
    }

    private void read(ByteBuffer in) throws IOException {
        in.clear().put(rest);
        rest = NOTHING;
        if (channel.read(in) < 0) {
            throw new EOFException("the broker closes");
        }
        in.flip();
        MqttPackets.cut(in, this);
        if (in.remaining() == in.capacity()) {
            throw new IOException("a packet of more than " + in.capacity() + " bytes");
        }
        if (in.hasRemaining()) {
            rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
        }
    }

    /** Writes what the socket takes; the rest leaves when it takes more. */
    void flush() throws IOException {
        if (!channel.isConnected()) {
            return;
        }
        out.flip();
        channel.write(out);
        boolean before = waiting;
        waiting = out.hasRemaining();
        out.compact();
        if (waiting != before) {
            channel.keyFor(loop.selector()).interestOps(SelectionKey.OP_READ | (waiting ? SelectionKey.OP_WRITE : 0));
        }
    }

    @Override
    public void packet(int head, ByteBuffer in, int at, int length) throws IOException {
        switch (head >> 4) {
            case MqttPackets.CONNACK -> {
                refuse(in.get(at + 1) != 0, "CONNACK", in.get(at + 1));
                connected = true;
            }
            case MqttPackets.PUBLISH -> published(head, in, at, length);
            case MqttPackets.PUBACK, MqttPackets.PUBCOMP -> {
                refuse(length > 2 && in.get(at + 2) < 0, "PUBACK", in.get(at + length - 1));
                underWay--;
            }
            case MqttPackets.PUBREC -> {
                refuse(length > 2 && in.get(at + 2) < 0, "PUBREC", in.get(at + length - 1));
                MqttPackets.acknowledge(room(0), MqttPackets.PUBREL, in.getShort(at));
            }
            case MqttPackets.PUBREL -> MqttPackets.acknowledge(room(0), MqttPackets.PUBCOMP, in.getShort(at));
            case MqttPackets.SUBACK -> {
                refuse(in.get(at + length - 1) < 0, "SUBACK", in.get(at + length - 1));
                answer();
            }
            case MqttPackets.UNSUBACK -> answer();
            case MqttPackets.DISCONNECT -> throw new IOException("the broker disconnects, " + (length > 0 ? in.get(at) & 0xff : 0));
            default -> throw new IOException("a packet of type " + (head >> 4));
        }
    }

    private void answer() {
        asked--;
        answered++;
    }

    private static void refuse(boolean refused, String packet, int code) throws IOException {
        if (refused) {
            throw new IOException(packet + " refuses with " + (code & 0xff));
        }
    }

    private void published(int head, ByteBuffer in, int at, int length) throws IOException {
        int payload = MqttPackets.payload(head, in, at, five);
        listener.message(in, payload, at + length - payload);
        int qos = head >> 1 & 3;
        if (qos > 0) {
            MqttPackets.acknowledge(room(0), qos == 1 ? MqttPackets.PUBACK : MqttPackets.PUBREC, in.getShort(MqttPackets.afterTopic(in, at)));
        }
    }
}
