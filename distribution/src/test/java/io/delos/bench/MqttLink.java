package io.delos.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A light client of MQTT 3.1.1 or 5, that subscribes and publishes with one QoS and answers what comes, whatever its QoS. */
final class MqttLink extends LightLink implements MqttPackets.Handler {
    private static final int MOST_OF_CONNECT = 128;

    private final boolean five;
    private final int qos;
    private int lastId;

    /** Which of the versions, with a session that ends with the connection or doesn't, and what QoS. */
    record Kind(boolean five, boolean clean, int qos) { }

    /** Made by the loop; the CONNECT leaves as soon as there is a connection. */
    private MqttLink(LightLoop loop, SocketChannel channel, String id, Kind kind) {
        super(loop, channel, id);
        this.five = kind.five;
        this.qos = kind.qos;
        MqttPackets.connect(room(MOST_OF_CONNECT + id.length()), MqttPackets.utf8(id), kind.clean, five);
    }

    /** Begins to connect. */
    static MqttLink connect(LightLoop loop, int number, String id, Kind kind) throws IOException {
        return loop.connect(number, (owner, channel) -> new MqttLink(owner, channel, id, kind));
    }

    @Override
    void subscribe(byte[] filter) {
        MqttPackets.subscribe(room(filter.length + MqttPackets.MOST_AROUND), nextId(), filter, qos, five);
        ask();
    }

    @Override
    void unsubscribe(byte[] filter) {
        MqttPackets.unsubscribe(room(filter.length + MqttPackets.MOST_AROUND), nextId(), filter, five);
        ask();
    }

    @Override
    ByteBuffer begin(byte[] topic, int body) {
        return publish(topic, false, body);
    }

    @Override
    void end(ByteBuffer out) { }

    /** Begins a PUBLISH; the caller puts its payload into what this returns. */
    ByteBuffer publish(byte[] topic, boolean retain, int payload) {
        ByteBuffer to = room(topic.length + payload + MqttPackets.MOST_AROUND);
        MqttPackets.publish(to, topic, qos, retain, qos > 0 ? nextId() : 0, payload, five);
        if (qos > 0) {
            sent();
        }
        return to;
    }

    @Override
    void sayGoodbye() {
        MqttPackets.disconnect(room(MqttPackets.MOST_AROUND));
    }

    @Override
    void cut(ByteBuffer in) throws IOException {
        MqttPackets.cut(in, this);
    }

    private int nextId() {
        lastId = lastId == 0xffff ? 1 : lastId + 1;
        return lastId;
    }

    @Override
    public void packet(int head, ByteBuffer in, int at, int length) throws IOException {
        switch (head >> 4) {
            case MqttPackets.CONNACK -> {
                refuse(in.get(at + 1) != 0, "CONNACK", in.get(at + 1));
                letIn();
            }
            case MqttPackets.PUBLISH -> published(head, in, at, length);
            case MqttPackets.PUBACK, MqttPackets.PUBCOMP -> {
                refuse(length > 2 && in.get(at + 2) < 0, "PUBACK", in.get(at + length - 1));
                confirmed();
            }
            case MqttPackets.PUBREC -> {
                refuse(length > 2 && in.get(at + 2) < 0, "PUBREC", in.get(at + length - 1));
                MqttPackets.acknowledge(room(MqttPackets.MOST_AROUND), MqttPackets.PUBREL, in.getShort(at));
            }
            case MqttPackets.PUBREL -> MqttPackets.acknowledge(room(MqttPackets.MOST_AROUND), MqttPackets.PUBCOMP, in.getShort(at));
            case MqttPackets.SUBACK -> {
                refuse(in.get(at + length - 1) < 0, "SUBACK", in.get(at + length - 1));
                answer();
            }
            case MqttPackets.UNSUBACK -> answer();
            case MqttPackets.DISCONNECT -> throw new IOException("the broker disconnects, " + (length > 0 ? in.get(at) & 0xff : 0));
            default -> throw new IOException("a packet of type " + (head >> 4));
        }
    }

    private static void refuse(boolean refused, String packet, int code) throws IOException {
        if (refused) {
            throw new IOException(packet + " refuses with " + (code & 0xff));
        }
    }

    private void published(int head, ByteBuffer in, int at, int length) throws IOException {
        int payload = MqttPackets.payload(head, in, at, five);
        received(in, payload, at + length - payload);
        int qos = head >> 1 & 3;
        if (qos > 0) {
            MqttPackets.acknowledge(room(MqttPackets.MOST_AROUND), qos == 1 ? MqttPackets.PUBACK : MqttPackets.PUBREC, in.getShort(MqttPackets.afterTopic(in, at)));
        }
    }
}
