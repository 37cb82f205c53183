package io.delos.mqtt;

import io.delos.mqtt.PacketRules.Fault;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * Judges the properties of one packet of MQTT 5 (2.2.2): which may be there, each once unless it may come again, and of which type. Used
 * for one list each. What reaches behind the packet is an IndexOutOfBoundsException.
 */
final class PropertyRules {

    /** Kinds of lists, as bits. */
    static final int CONNECT = 1;
    static final int WILL = 2;
    static final int PUBLISH = 4;
    static final int ANSWER = 8;
    static final int SUBSCRIBE = 16;
    static final int UNSUBSCRIBE = 32;
    static final int DISCONNECT = 64;
    static final int AUTH = 128;
    /** In a packet that only a server sends. */
    private static final int NOWHERE = 0;
    private static final int EVERYWHERE = 255;

    private static final int USER = 38;
    private static final int AUTHENTICATION_METHOD = 21;
    private static final int AUTHENTICATION_DATA = 22;

    private enum Type { NONE, OCTET, FLAG, U16, POSITIVE16, U32, POSITIVE32, VARIABLE, TEXT, BINARY, PAIR }

    private record Known(Type type, int where) { }

    private static final Known UNKNOWN = new Known(Type.NONE, NOWHERE);
    private static final Known[] ALL = new Known[43];

    static {
        known(Type.OCTET, PUBLISH | WILL, 1);
        known(Type.U32, PUBLISH | WILL, 2);
        known(Type.TEXT, PUBLISH | WILL, 3, 8);
        known(Type.BINARY, PUBLISH | WILL, 9);
        known(Type.VARIABLE, PUBLISH | SUBSCRIBE, 11);
        known(Type.U32, CONNECT | DISCONNECT, 17);
        known(Type.TEXT, CONNECT | AUTH, AUTHENTICATION_METHOD);
        known(Type.BINARY, CONNECT | AUTH, AUTHENTICATION_DATA);
        known(Type.FLAG, CONNECT, 23, 25);
        known(Type.U32, WILL, 24);
        known(Type.TEXT, ANSWER | DISCONNECT | AUTH, 31);
        known(Type.POSITIVE16, CONNECT, 33);
        known(Type.U16, CONNECT, 34);
        known(Type.U16, PUBLISH, 35);
        known(Type.PAIR, EVERYWHERE, USER);
        known(Type.POSITIVE32, CONNECT, 39);
    }

    private final int kind;
    private long seen;

    private static void known(Type type, int where, int... ids) {
        for (int id : ids) {
            ALL[id] = new Known(type, where);
        }
    }

    PropertyRules(int kind) {
        this.kind = kind;
    }

    /** Reads the list and its length. */
    Optional<Fault> judge(ByteBuf in) {
        int length = variable(in);
        if (length < 0 || length > in.readableBytes()) {
            return WireRules.malformed("the properties are longer than their packet");
        }
        int end = in.readerIndex() + length;
        while (in.readerIndex() < end) {
            int id = in.readUnsignedByte();
            Known known = id < ALL.length && ALL[id] != null ? ALL[id] : UNKNOWN;
            if ((known.where & kind) == 0) {
                return WireRules.malformed("property " + id + " has no place in this packet");
            }
            if (id != USER && (seen & 1L << id) != 0) {
                return WireRules.wrong("property " + id + " is there twice");
            }
            seen |= 1L << id;
            Optional<Fault> fault = value(in, known.type, id);
            if (fault.isPresent()) {
                return fault;
            }
        }
        if (in.readerIndex() != end) {
            return WireRules.malformed("a property reaches behind the others");
        }
        boolean data = (seen & 1L << AUTHENTICATION_DATA) != 0;
        boolean method = (seen & 1L << AUTHENTICATION_METHOD) != 0;
        return (data || kind == AUTH) && !method ? WireRules.wrong("the authentication method is missing") : Optional.empty();
    }

    private static Optional<Fault> value(ByteBuf in, Type type, int id) {
        boolean sound = true;
        boolean allowed = true;
        switch (type) {
            case OCTET -> in.skipBytes(1);
            case U16 -> in.skipBytes(2);
            case U32 -> in.skipBytes(4);
            case BINARY -> in.skipBytes(in.readUnsignedShort());
            case TEXT -> sound = text(in);
            case PAIR -> sound = text(in) & text(in);
            case VARIABLE -> sound = variable(in) >= 0;
            case FLAG -> allowed = in.readUnsignedByte() <= 1;
            case POSITIVE16 -> allowed = in.readShort() != 0;
            case POSITIVE32 -> allowed = in.readInt() != 0;
            case NONE -> sound = false;
        }
        if (!sound) {
            return WireRules.malformed("property " + id + " is not of its type");
        }
        return allowed ? Optional.empty() : WireRules.wrong("property " + id + " has a value it must not have");
    }

    /** A variable byte integer in as few bytes as it needs (1.5.5); -1 for another. */
    private static int variable(ByteBuf in) {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int digit = in.readByte();
            value |= (digit & 0x7F) << shift;
            if (digit >= 0) {
                return digit == 0 && shift > 0 ? -1 : value;
            }
        }
        return -1;
    }

    private static boolean text(ByteBuf in) {
        int length = in.readUnsignedShort();
        int start = in.readerIndex();
        in.skipBytes(length);
        return Utf8.sound(in, start, length);
    }
}
