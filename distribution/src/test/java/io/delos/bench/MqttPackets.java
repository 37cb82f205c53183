package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The packets of MQTT 3.1.1 and 5 that a load needs, put into and cut out of buffers (OASIS standards, sections 2 and 3 of both), without an
 * object for any. Whoever puts one sees to it that there is room.
 */
final class MqttPackets {
    static final int CONNECT = 1;
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBSCRIBE = 8;
    static final int SUBACK = 9;
    static final int UNSUBSCRIBE = 10;
    static final int UNSUBACK = 11;
    static final int DISCONNECT = 14;
    /** Fixed header, topic's length, packet id and an empty set of properties. */
    static final int MOST_AROUND = 1 + 4 + 2 + 2 + 1;

    private static final int SESSION_EXPIRY_INTERVAL = 0x11;
    private static final int SESSION_SECONDS = 3600;
    /** User name and password. */
    private static final int LOGIN = 0xC0;
    private static final int CLEAN = 0x02;
    private static final byte[] USER = utf8(BrokerProcess.USER);
    private static final byte[] PASSWORD = utf8(BrokerProcess.PASSWORD);

    private MqttPackets() { }

    /** Takes what {@link #cut} finds. */
    interface Handler {
        /**
         * One packet, whole; its bytes may be looked at until this returns.
         *
         * @param head   the first byte: type and flags
         * @param at     where what follows the fixed header begins
         * @param length and how long it is
         */
        void packet(int head, ByteBuffer in, int at, int length) throws IOException;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Hands over each whole packet between position and limit; what is left is the beginning of one. */
    static void cut(ByteBuffer in, Handler handler) throws IOException {
        while (true) {
            int start = in.position();
            int length = 0;
            int at = start + 1;
            int part;
            do {
                if (at >= in.limit()) {
                    return;
                }
                part = in.get(at);
                length |= (part & 0x7f) << 7 * (at - start - 1);
                at++;
            } while (part < 0 && at - start <= 4);
            if (part < 0) {
                throw new IOException("a length of more than four bytes");
            }
            if (at + length > in.limit()) {
                return;
            }
            in.position(at + length);
            handler.packet(in.get(start) & 0xff, in, at, length);
        }
    }

    /** With user and password, without a keep-alive; a session that isn't clean lives for an hour, with MQTT 3.1.1 for ever. */
    static void connect(ByteBuffer out, byte[] id, boolean clean, boolean five) {
        int properties = !five ? 0 : clean ? 1 : 6;
        head(out, CONNECT << 4, 10 + properties + 2 + id.length + 2 + USER.length + 2 + PASSWORD.length);
        out.putShort((short) 4).put((byte) 'M').put((byte) 'Q').put((byte) 'T').put((byte) 'T').put((byte) (five ? 5 : 4));
        out.put((byte) (LOGIN | (clean ? CLEAN : 0))).putShort((short) 0);
        if (five) {
            out.put((byte) (properties - 1));
            if (!clean) {
                out.put((byte) SESSION_EXPIRY_INTERVAL).putInt(SESSION_SECONDS);
            }
        }
        string(out, id);
        string(out, USER);
        string(out, PASSWORD);
    }

    static void subscribe(ByteBuffer out, int id, byte[] filter, int qos, boolean five) {
        head(out, SUBSCRIBE << 4 | 2, 2 + (five ? 1 : 0) + 2 + filter.length + 1);
        out.putShort((short) id);
        noProperties(out, five);
        string(out, filter);
        out.put((byte) qos);
    }

    static void unsubscribe(ByteBuffer out, int id, byte[] filter, boolean five) {
        head(out, UNSUBSCRIBE << 4 | 2, 2 + (five ? 1 : 0) + 2 + filter.length);
        out.putShort((short) id);
        noProperties(out, five);
        string(out, filter);
    }

    /** All of a PUBLISH but its payload, which is to follow. */
    static void publish(ByteBuffer out, byte[] topic, int qos, boolean retain, int id, int payload, boolean five) {
        head(out, PUBLISH << 4 | qos << 1 | (retain ? 1 : 0), 2 + topic.length + (qos > 0 ? 2 : 0) + (five ? 1 : 0) + payload);
        string(out, topic);
        if (qos > 0) {
            out.putShort((short) id);
        }
        noProperties(out, five);
    }

    /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
    static void acknowledge(ByteBuffer out, int type, int id) {
        out.put((byte) (type << 4 | (type == PUBREL ? 2 : 0))).put((byte) 2).putShort((short) id);
    }

    static void disconnect(ByteBuffer out) {
        out.put((byte) (DISCONNECT << 4)).put((byte) 0);
    }

    /** Where a PUBLISH's packet id lies, or would if it had one. */
    static int afterTopic(ByteBuffer in, int at) {
        return at + 2 + (in.getShort(at) & 0xffff);
    }

    /** Where the payload begins. */
    static int payload(int head, ByteBuffer in, int at, boolean five) {
        int index = afterTopic(in, at) + ((head & 6) == 0 ? 0 : 2);
        if (!five) {
            return index;
        }
        int length = 0;
        int shift = 0;
        int part;
        do {
            part = in.get(index++);
            length |= (part & 0x7f) << shift;
            shift += 7;
        } while (part < 0);
        return index + length;
    }

    private static void noProperties(ByteBuffer out, boolean five) {
        if (five) {
            out.put((byte) 0);
        }
    }

    private static void string(ByteBuffer out, byte[] text) {
        out.putShort((short) text.length).put(text);
    }

    static void head(ByteBuffer out, int head, int length) {
        out.put((byte) head);
        int left = length;
        do {
            out.put((byte) (left & 0x7f | (left > 0x7f ? 0x80 : 0)));
            left >>>= 7;
        } while (left > 0);
    }
}
