package io.delos.mqtt;

import io.delos.mqtt.PacketRules.Fault;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Judges the bytes of a whole packet before the decoder sees them: what MQTT 5 forbids and the decoder would let pass, or would refuse with
 * another reason than the standard's. A packet that is too short for what it says is left to the decoder. Used for one packet each.
 */
final class WireRules {

    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int PUBACK = 4;
    private static final int PUBREC = 5;
    private static final int PUBREL = 6;
    private static final int PUBCOMP = 7;
    private static final int SUBSCRIBE = 8;
    private static final int UNSUBSCRIBE = 10;
    private static final int DISCONNECT = 14;
    private static final int AUTH = 15;

    private static final int FIVE = 5;
    private static final int WILL_FLAG = 4;
    private static final int RESERVED_OPTIONS = 0xC0;

    private final ByteBuf in;

    private WireRules(ByteBuf packet, int body) {
        this.in = packet.duplicate().readerIndex(packet.readerIndex() + body);
    }

    /** The version of MQTT a CONNECT asks for, as its bytes say; -1 when they don't. */
    static int version(ByteBuf packet, int body) {
        int name = packet.readerIndex() + body;
        boolean connect = packet.getUnsignedByte(packet.readerIndex()) >> 4 == CONNECT;
        if (!connect || packet.readableBytes() < body + 2 || packet.readableBytes() < body + 3 + packet.getUnsignedShort(name)) {
            return -1;
        }
        String spoken = packet.toString(name + 2, packet.getUnsignedShort(name), StandardCharsets.ISO_8859_1);
        return spoken.equals("MQTT") || spoken.equals("MQIsdp") ? packet.getUnsignedByte(name + 2 + spoken.length()) : -1;
    }

    /**
     * What is wrong with a packet of MQTT 5, if it is something to be found here.
     *
     * @param packet from its first byte to its last
     * @param body   where the variable header begins in it
     */
    static Optional<Fault> judge(ByteBuf packet, int body) {
        int start = packet.readerIndex();
        int first = packet.getUnsignedByte(start);
        int type = first >> 4;
        int rest = packet.readableBytes() - body;
        if (type != PUBLISH && type != 0 && (first & 0x0F) != (type == PUBREL || type == SUBSCRIBE || type == UNSUBSCRIBE ? 2 : 0)) {
            return malformed("reserved flags are set");
        }
        if (body > 2 && packet.getByte(start + body - 1) == 0) {
            return malformed("a length is written with more bytes than it needs");
        }
        boolean brief = type >= PUBACK && type <= PUBCOMP && rest <= 2 || (type == DISCONNECT || type == AUTH) && rest == 0;
        if (brief || type == PUBLISH && plain(packet, body)) {
            return Optional.empty();
        }
        try {
            return new WireRules(packet, body).judge(type, first);
        } catch (IndexOutOfBoundsException tooShort) {
            return Optional.empty();
        }
    }

    /** Whether a PUBLISH has no properties: nearly all have none. */
    private static boolean plain(ByteBuf packet, int body) {
        int start = packet.readerIndex();
        int end = packet.readableBytes();
        int at = body + 2 <= end ? body + 2 + packet.getUnsignedShort(start + body) + ((packet.getByte(start) & 6) > 0 ? 2 : 0) : end;
        return at >= end || packet.getByte(start + at) == 0;
    }

    static Optional<Fault> malformed(String sentence) {
        return Optional.of(new Fault(MqttErrors.MALFORMED, sentence));
    }

    static Optional<Fault> wrong(String sentence) {
        return Optional.of(new Fault(MqttErrors.PROTOCOL_ERROR, sentence));
    }

    private Optional<Fault> judge(int type, int first) {
        return switch (type) {
            case CONNECT -> connect();
            case PUBLISH -> {
                in.skipBytes(in.readUnsignedShort() + ((first & 6) > 0 ? 2 : 0));
                yield new PropertyRules(PropertyRules.PUBLISH).judge(in);
            }
            case PUBACK, PUBREC -> answer(2, "00 10 80 83 87 90 91 97 99", PropertyRules.ANSWER);
            case PUBREL, PUBCOMP -> answer(2, "00 92", PropertyRules.ANSWER);
            case SUBSCRIBE -> subscribe();
            case UNSUBSCRIBE -> {
                in.skipBytes(2);
                yield new PropertyRules(PropertyRules.UNSUBSCRIBE).judge(in);
            }
            case DISCONNECT -> answer(0, "00 04 80 81 82 83 90 93 94 95 96 97 98 99", PropertyRules.DISCONNECT);
            case AUTH -> answer(0, "18 19", PropertyRules.AUTH);
            default -> Optional.empty();
        };
    }

    private Optional<Fault> connect() {
        in.skipBytes(in.readUnsignedShort());
        if (in.readUnsignedByte() != FIVE) {
            return Optional.empty();
        }
        int flags = in.readUnsignedByte();
        in.skipBytes(2);
        Optional<Fault> fault = new PropertyRules(PropertyRules.CONNECT).judge(in);
        if (fault.isPresent() || (flags & WILL_FLAG) == 0) {
            return fault;
        }
        in.skipBytes(in.readUnsignedShort());
        return new PropertyRules(PropertyRules.WILL).judge(in);
    }

    /** A packet of a packet id perhaps, a reason code and properties. */
    private Optional<Fault> answer(int idBytes, String reasons, int kind) {
        in.skipBytes(idBytes);
        String reason = String.format("%02x", in.readUnsignedByte());
        if (!reasons.contains(reason)) {
            return wrong("0x" + reason + " is no reason to be given here");
        }
        return in.isReadable() ? new PropertyRules(kind).judge(in) : Optional.empty();
    }

    private Optional<Fault> subscribe() {
        in.skipBytes(2);
        Optional<Fault> fault = new PropertyRules(PropertyRules.SUBSCRIBE).judge(in);
        while (fault.isEmpty() && in.isReadable()) {
            in.skipBytes(in.readUnsignedShort());
            int options = in.readUnsignedByte();
            if ((options & RESERVED_OPTIONS) != 0) {
                return malformed("reserved bits of a subscription are set");
            }
            if ((options & 3) == 3 || (options >> 4 & 3) == 3) {
                return wrong("there is neither a QoS nor a retain handling of 3");
            }
        }
        return fault;
    }
}
