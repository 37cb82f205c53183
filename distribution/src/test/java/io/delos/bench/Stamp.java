package io.delos.bench;

import java.nio.ByteBuffer;

/** The first bytes of each message's body: which run it belongs to, whose it is, its number, and when it was due to be sent. */
final class Stamp {
    static final int BYTES = 24;

    private Stamp() { }

    static byte[] body(int size, int run, int producer, long sequence, long dueNanos) {
        byte[] body = new byte[size];
        ByteBuffer.wrap(body).putInt(run).putInt(producer).putLong(sequence).putLong(dueNanos);
        return body;
    }

    static int run(ByteBuffer body) {
        return body.getInt(0);
    }

    static int producer(ByteBuffer body) {
        return body.getInt(4);
    }

    static long sequence(ByteBuffer body) {
        return body.getLong(8);
    }

    static long dueNanos(ByteBuffer body) {
        return body.getLong(16);
    }
}
