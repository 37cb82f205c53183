package io.delos.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/** Tells whether a payload that comes in pieces is text, as {@link Utf8#readable} does with a whole one. Not thread-safe. */
final class Utf8Pieces implements ByteProcessor {

    private static final int FIRST_FOLLOWING = 0x80;
    private static final int LAST_FOLLOWING = 0xBF;

    private boolean sound = true;
    /** Bytes that the character begun still needs, and between which the next of them is. */
    private int missing;
    private int lowest = FIRST_FOLLOWING;
    private int highest = LAST_FOLLOWING;

    /** The next bytes; the buffer's indexes don't move. */
    void add(ByteBuf piece) {
        sound = sound && piece.forEachByte(this) < 0;
    }

    /** Whether all that has come is text, and no character is begun. */
    boolean readable() {
        return sound && missing == 0;
    }

    @Override
    public boolean process(byte next) {
        if (missing == 0) {
            return next >= 0 || begin(next & 0xFF);
        }
        int value = next & 0xFF;
        boolean fits = value >= lowest && value <= highest;
        missing--;
        lowest = FIRST_FOLLOWING;
        highest = LAST_FOLLOWING;
        return fits;
    }

    private boolean begin(int lead) {
        missing = lead >= 0xC2 && lead < 0xE0 ? 1 : lead >= 0xE0 && lead < 0xF0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : 0;
        lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : FIRST_FOLLOWING;
        highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : LAST_FOLLOWING;
        return missing > 0;
    }
}
