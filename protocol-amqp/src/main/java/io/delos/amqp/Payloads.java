package io.delos.amqp;

import org.apache.qpid.proton.codec.ReadableBuffer;

/** The bytes of received messages. */
final class Payloads {

    private Payloads() { }

    /** All bytes of a buffer: its own array when that holds nothing else, as for a message that came in one frame. */
    static byte[] bytes(ReadableBuffer buffer) {
        if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.array().length == buffer.remaining()) {
            return buffer.array();
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
