package io.delos.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes the packets that are sent once in a while. Stateless; any thread. */
final class Replies {

    private static final int CONNACK = 0x20;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;
    private static final int DISCONNECT = 0xE0;
    private static final int AUTH = 0xF0;
    private static final byte[] NOTHING = new byte[0];
    /** A reason is cut there. */
    private static final int LONGEST_REASON = 200;

    /**
     * How one talks to a client.
     *
     * @param limit    bytes that a packet may have
     * @param problems whether it wants to hear reasons also where nothing ends (MQTT 5, 3.1.2.11.7)
     */
    record Manner(MqttLevel level, long limit, boolean problems) {

        /** Before it has said anything. */
        static final Manner UNKNOWN = new Manner(MqttLevel.V3_1_1, Long.MAX_VALUE, true);

        boolean v5() {
            return level == MqttLevel.V5;
        }
    }

    private Replies() {
    }

    /** Lets a client in. */
    static ByteBuf connack(Manner manner, boolean present, Fields fields) {
        return packet(manner, CONNACK, new byte[] {(byte) (present ? 1 : 0), 0}, fields, NOTHING);
    }

    /** Turns a client away, with a code of its version. */
    static ByteBuf refusal(Manner manner, int code, String why) {
        return explained(manner, true, CONNACK, new byte[] {0, (byte) code}, NOTHING, why);
    }

    static ByteBuf suback(Manner manner, int packetId, List<Integer> codes, String why) {
        return explained(manner, manner.problems(), SUBACK, id(packetId), bytes(codes), why);
    }

    static ByteBuf unsuback(Manner manner, int packetId, List<Integer> codes, String why) {
        return explained(manner, manner.problems(), UNSUBACK, id(packetId), manner.v5() ? bytes(codes) : NOTHING, why);
    }

    /** PUBACK and its like, with a reason; for MQTT 5 only. */
    static ByteBuf acknowledgement(Manner manner, int type, int packetId, int code, String why) {
        return explained(manner, manner.problems(), type, new byte[] {(byte) (packetId >> 8), (byte) packetId, (byte) code}, NOTHING, why);
    }

    /** For MQTT 5 only. */
    static ByteBuf disconnect(Manner manner, int code, String why) {
        return explained(manner, true, DISCONNECT, new byte[] {(byte) code}, NOTHING, why);
    }

    /** For MQTT 5 only. */
    static ByteBuf auth(Manner manner, int code, Fields fields) {
        return packet(manner, AUTH, new byte[] {(byte) code}, fields, NOTHING);
    }

    private static byte[] id(int packetId) {
        return new byte[] {(byte) (packetId >> 8), (byte) packetId};
    }

    private static byte[] bytes(List<Integer> codes) {
        byte[] bytes = new byte[codes.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = codes.get(i).byteValue();
        }
        return bytes;
    }

    /** With the sentence as its reason string, if that is wanted and doesn't make the packet too large for the client. */
    private static ByteBuf explained(Manner manner, boolean wanted, int first, byte[] head, byte[] tail, String why) {
        if (manner.v5() && wanted && !why.isEmpty()) {
            ByteBuf packet = packet(manner, first, head, new Fields().text(MqttProperties.REASON_STRING, shortened(why)), tail);
            if (packet.readableBytes() <= manner.limit()) {
                return packet;
            }
            packet.release();
        }
        return packet(manner, first, head, new Fields(), tail);
    }

    private static String shortened(String sentence) {
        int end = Math.min(LONGEST_REASON, sentence.length());
        boolean half = end < sentence.length() && Character.isHighSurrogate(sentence.charAt(end - 1));
        String cut = sentence.substring(0, half ? end - 1 : end).replace('\u0000', ' ');
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static ByteBuf packet(Manner manner, int first, byte[] head, Fields fields, byte[] tail) {
        int properties = manner.v5() ? PacketWriter.intSize(fields.size()) + fields.size() : 0;
        int remaining = head.length + properties + tail.length;
        ByteBuf out = Unpooled.buffer(5 + remaining).writeByte(first);
        PacketWriter.writeInt(out, remaining);
        out.writeBytes(head);
        if (manner.v5()) {
            fields.writeTo(out);
        }
        return out.writeBytes(tail);
    }
}
