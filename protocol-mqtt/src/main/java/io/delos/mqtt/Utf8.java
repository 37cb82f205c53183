package io.delos.mqtt;

import io.netty.buffer.ByteBuf;

/** Tells texts from other bytes (RFC 3629; MQTT 5, 1.5.4). Stateless; any thread. */
final class Utf8 {

    private Utf8() {
    }

    /** Whether these bytes are well-formed UTF-8, without surrogates and U+0000. */
    static boolean sound(ByteBuf in, int start, int length) {
        return sound(in, start, length, false);
    }

    /** Whether a payload is text, in which U+0000 may be. */
    static boolean readable(ByteBuf payload) {
        return sound(payload, payload.readerIndex(), payload.readableBytes(), true);
    }

    private static boolean sound(ByteBuf in, int start, int length, boolean nul) {
        int at = start;
        int end = start + length;
        while (at < end) {
            int lead = in.getUnsignedByte(at++);
            if (lead < 0x80) {
                if (lead == 0 && !nul) {
                    return false;
                }
                continue;
            }
            int more = lead >= 0xC2 && lead < 0xE0 ? 1 : lead >= 0xE0 && lead < 0xF0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : 0;
            if (more == 0 || end - at < more || !continued(in, lead, at, more)) {
                return false;
            }
            at += more;
        }
        return true;
    }

    /** Whether what follows the first byte is well-formed, not longer than needed, no surrogate and within Unicode. */
    private static boolean continued(ByteBuf in, int lead, int at, int more) {
        int second = in.getUnsignedByte(at);
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        boolean sound = second >= lowest && second <= highest;
        for (int i = 1; i < more; i++) {
            sound &= (in.getByte(at + i) & 0xC0) == 0x80;
        }
        return sound;
    }
}
