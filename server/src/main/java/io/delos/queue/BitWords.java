package io.delos.queue;

import java.nio.ByteBuffer;
import java.util.BitSet;

/** Sets of bits as a checkpoint has them: count of words i32, words i64 each. */
final class BitWords {

    private BitWords() {
    }

    static void write(BitSet bits, ByteBuffer out) {
        long[] words = bits.toLongArray();
        out.putInt(words.length);
        for (long word : words) {
            out.putLong(word);
        }
    }

    static BitSet read(ByteBuffer in) {
        long[] words = new long[in.getInt()];
        for (int i = 0; i < words.length; i++) {
            words[i] = in.getLong();
        }
        return BitSet.valueOf(words);
    }
}
