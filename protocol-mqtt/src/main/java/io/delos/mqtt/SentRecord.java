package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How far a QoS 2 message to a client has come, remembered under its packet id. Immutable.
 *
 * @param released  whether the client has it, so that only PUBREL and PUBCOMP are left
 * @param queue     where it came from; empty when released
 * @param messageId which message of that queue; 0 when released
 */
record SentRecord(boolean released, String queue, long messageId) {

    static final SentRecord RELEASED = new SentRecord(true, "", 0);

    byte[] write() {
        byte[] name = queue.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(9 + name.length).put((byte) (released ? 1 : 0)).putLong(messageId).put(name).array();
    }

    /** Reads what {@link #write} wrote; MalformedMessageException if it is something else. */
    static SentRecord read(byte[] bytes) {
        if (bytes.length < 9) {
            throw new MalformedMessageException("what is remembered of a sent MQTT message has " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        boolean released = in.get() != 0;
        long messageId = in.getLong();
        return new SentRecord(released, new String(bytes, 9, bytes.length - 9, StandardCharsets.UTF_8), messageId);
    }
}
