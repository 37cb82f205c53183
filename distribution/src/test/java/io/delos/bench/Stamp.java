package io.delos.bench;

import java.nio.ByteBuffer;

/** The first bytes of each message's body: which run it belongs to, whose it is, its number, and when it was due to be sent. */
final class Stamp {
    static final int BYTES = 24;

    private Stamp() { }

    static byte[] body(int size, int run, int producer, long sequence, long dueNanos) {
        byte[] body = new byte[size];
        put(ByteBuffer.wrap(body), run, producer, sequence, dueNanos);
        return body;
    }

    static void put(ByteBuffer out, int run, int producer, long sequence, long dueNanos) {
        out.putInt(run).putInt(producer).putLong(sequence).putLong(dueNanos);
    }

    /** @param at where the body begins in these bytes */
    static int run(ByteBuffer bytes, int at) {
        return bytes.getInt(at);
    }

    static int producer(ByteBuffer bytes, int at) {
        return bytes.getInt(at + 4);
    }

    static long sequence(ByteBuffer bytes, int at) {
        return bytes.getLong(at + 8);
    }

    static long dueNanos(ByteBuffer bytes, int at) {
        return bytes.getLong(at + 16);
    }
}
