package io.delos.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttPublishMessage;

/** A PUBLISH whose payload is too long for the memory: here is what stands before it, and the payload follows in {@link Piece}s. */
final class LargePublish extends MqttPublishMessage {

    private final int length;

    /** @param length bytes of the payload */
    LargePublish(MqttPublishMessage head, int length) {
        super(head.fixedHeader(), head.variableHeader(), head.payload());
        this.length = length;
    }

    /** Bytes of the payload. */
    int length() {
        return length;
    }

    /** The next bytes of such a payload. */
    static final class Piece extends MqttPublishMessage {

        private final boolean last;

        Piece(ByteBuf bytes, boolean last) {
            super(null, null, bytes);
            this.last = last;
        }

        /** Whether that is all. */
        boolean last() {
            return last;
        }
    }
}
