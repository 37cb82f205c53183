package io.delos.mqtt;

import io.delos.message.LargeBody;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A look at stored MQTT bytes, without copying them. Immutable.
 * <pre>
 *   flags       1 byte   bits 0-1 QoS · 2 retain as published · 3 topic · 4 origin · 5 properties · 6 notes · 7 a copy of a retained one
 *   topic       2 bytes length, UTF-8     only where the envelope's address doesn't tell it
 *   origin      2 bytes length, UTF-8     client id of the publisher
 *   properties  4 bytes length, as MQTT 5 writes them, those that are passed on
 *   notes       4 bytes length, what the broker added (see {@link Notes})
 *   payload     the rest; that of a large message lies in a file, and nothing of it here
 * </pre>
 */
final class Publication {

    private static final int QOS = 0x03;
    private static final int RETAIN = 0x04;
    private static final int TOPIC = 0x08;
    private static final int ORIGIN = 0x10;
    private static final int PROPERTIES = 0x20;
    private static final int NOTES = 0x40;
    private static final int COPY = 0x80;

    private static final byte[] NONE = new byte[0];

    private final byte[] bytes;
    private final int topic;
    private final int topicLength;
    private final int origin;
    private final int originLength;
    private final int properties;
    private final int propertiesLength;
    private final int notes;
    private final int notesLength;
    private final int payload;

    private final LargeBody body;

    private Publication(byte[] bytes, LargeBody body) {
        this.bytes = bytes;
        this.body = body;
        if (bytes.length == 0 || (bytes[0] & QOS) == 3) {
            throw new MalformedMessageException("not a stored MQTT message: wrong flags");
        }
        int at = 1;
        topicLength = has(TOPIC) ? length(at, 2) : 0;
        topic = has(TOPIC) ? at + 2 : at;
        at = topic + topicLength;
        originLength = has(ORIGIN) ? length(at, 2) : 0;
        origin = has(ORIGIN) ? at + 2 : at;
        at = origin + originLength;
        propertiesLength = has(PROPERTIES) ? length(at, 4) : 0;
        properties = has(PROPERTIES) ? at + 4 : at;
        at = properties + propertiesLength;
        notesLength = has(NOTES) ? length(at, 4) : 0;
        notes = has(NOTES) ? at + 4 : at;
        payload = notes + notesLength;
    }

    /** Looks at the bytes; MalformedMessageException if they aren't a stored MQTT message. */
    static Publication of(byte[] bytes) {
        return new Publication(bytes, LargeBody.NONE);
    }

    /** The same of a message in this dialect, whose payload may lie in a file. */
    static Publication of(Message message) {
        return new Publication(message.bytes(), message.body());
    }

    private boolean has(int flag) {
        return (bytes[0] & flag) != 0;
    }

    private int length(int at, int size) {
        if (bytes.length - at < size) {
            throw new MalformedMessageException("a stored MQTT message ends early at byte " + at);
        }
        int length = 0;
        for (int i = 0; i < size; i++) {
            length = length << 8 | bytes[at + i] & 0xFF;
        }
        if (length < 0 || length > bytes.length - at - size) {
            throw new MalformedMessageException("a stored MQTT message has a part of " + length + " bytes at byte " + at);
        }
        return length;
    }

    int qos() {
        return bytes[0] & QOS;
    }

    /** Whether it was published with the retain flag. */
    boolean retain() {
        return has(RETAIN);
    }

    /** Whether it is a copy of a retained message, for one new subscription. */
    boolean copy() {
        return has(COPY);
    }

    /** Whether the topic is in here; otherwise the envelope's address is to be translated. */
    boolean hasTopic() {
        return has(TOPIC);
    }

    byte[] topicBytes() {
        return Arrays.copyOfRange(bytes, topic, topic + topicLength);
    }

    /** The publisher's client id; empty if it had no MQTT client. */
    String origin() {
        return new String(bytes, origin, originLength, StandardCharsets.UTF_8);
    }

    boolean cameFrom(byte[] clientId) {
        return has(ORIGIN) && Arrays.equals(bytes, origin, origin + originLength, clientId, 0, clientId.length);
    }

    int propertiesLength() {
        return propertiesLength;
    }

    /** Appends the properties as MQTT 5 writes them, without their length. */
    void writeProperties(ByteBuf out) {
        out.writeBytes(bytes, properties, propertiesLength);
    }

    PublishProperties properties() {
        return PublishProperties.read(bytes, properties, propertiesLength);
    }

    Notes notes() {
        return notesLength == 0 ? Notes.NONE : Notes.read(bytes, notes, notesLength);
    }

    int payloadStart() {
        return payload;
    }

    /** Bytes of the payload, wherever it lies. */
    long payloadLength() {
        return bytes.length - payload + body.length();
    }

    /** The file in which the payload lies; {@link LargeBody#NONE} if it is in the bytes. */
    LargeBody body() {
        return body;
    }

    /** Whether the payload lies in a file. */
    boolean large() {
        return body != LargeBody.NONE;
    }

    byte[] payload() {
        return Arrays.copyOfRange(bytes, payload, bytes.length);
    }

    byte[] bytes() {
        return bytes;
    }

    /** The same with the broker's notes replaced, and without a topic: the envelope's address tells where it is now. */
    byte[] annotated(Notes changed) {
        byte[] noted = changed.write();
        Draft draft = new Draft(qos(), retain());
        draft.origin = has(ORIGIN) ? Arrays.copyOfRange(bytes, origin, origin + originLength) : NONE;
        draft.properties = Arrays.copyOfRange(bytes, properties, properties + propertiesLength);
        draft.notes = noted;
        return with(draft);
    }

    /** The same without properties. */
    Publication bare() {
        Draft draft = new Draft(qos(), retain());
        draft.topic = topicBytes();
        draft.origin = Arrays.copyOfRange(bytes, origin, origin + originLength);
        draft.notes = Arrays.copyOfRange(bytes, notes, notes + notesLength);
        draft.copy = copy();
        return new Publication(with(draft), body);
    }

    private byte[] with(Draft draft) {
        int here = bytes.length - payload;
        byte[] made = draft.allocate(here);
        System.arraycopy(bytes, payload, made, made.length - here, here);
        return made;
    }

    /** The same as a copy for one new subscription: it says its topic, because it is sent to a queue and not to the topic's address. */
    byte[] copyFor(String topicName) {
        Draft draft = new Draft(qos(), true);
        draft.copy = true;
        draft.topic = topicName.getBytes(StandardCharsets.UTF_8);
        draft.properties = Arrays.copyOfRange(bytes, properties, properties + propertiesLength);
        return with(draft);
    }

    /** The same as it is sent to one client, wherever that is from: with its topic, and with QoS and retain flag as they are there. */
    byte[] asSent(int qos, boolean retain, byte[] topicName, Notes changed) {
        Draft draft = new Draft(qos, retain);
        draft.topic = topicName;
        draft.properties = Arrays.copyOfRange(bytes, properties, properties + propertiesLength);
        draft.notes = changed.write();
        return with(draft);
    }

    /** Collects the parts in front of a payload. Not thread-safe. */
    static final class Draft {
        private final int qos;
        private final boolean retain;
        private boolean copy;
        private byte[] topic = NONE;
        private byte[] origin = NONE;
        private byte[] properties = NONE;
        private byte[] notes = NONE;

        Draft(int qos, boolean retain) {
            this.qos = qos;
            this.retain = retain;
        }

        /** The publisher's client id in UTF-8. */
        Draft origin(byte[] clientId) {
            origin = clientId;
            return this;
        }

        /** Properties as MQTT 5 writes them, without their length. */
        Draft properties(byte[] encoded) {
            properties = encoded;
            return this;
        }

        /** The finished bytes with the payload copied in. */
        byte[] with(byte[] payload) {
            byte[] made = allocate(payload.length);
            System.arraycopy(payload, 0, made, made.length - payload.length, payload.length);
            return made;
        }

        /** The finished bytes with the payload copied in; its indexes don't move. */
        byte[] with(ByteBuf payload) {
            int length = payload.readableBytes();
            byte[] made = allocate(length);
            payload.getBytes(payload.readerIndex(), made, made.length - length, length);
            return made;
        }

        private byte[] allocate(int payloadLength) {
            int size = 1 + part(topic, 2) + part(origin, 2) + part(properties, 4) + part(notes, 4) + payloadLength;
            byte[] made = new byte[size];
            made[0] = (byte) (qos | (retain ? RETAIN : 0) | (topic.length > 0 ? TOPIC : 0) | (origin.length > 0 ? ORIGIN : 0)
                    | (properties.length > 0 ? PROPERTIES : 0) | (notes.length > 0 ? NOTES : 0) | (copy ? COPY : 0));
            int at = put(made, 1, topic, 2);
            at = put(made, at, origin, 2);
            at = put(made, at, properties, 4);
            put(made, at, notes, 4);
            return made;
        }

        private static int part(byte[] part, int lengthSize) {
            return part.length == 0 ? 0 : lengthSize + part.length;
        }

        private static int put(byte[] made, int at, byte[] part, int lengthSize) {
            if (part.length == 0) {
                return at;
            }
            for (int i = 0; i < lengthSize; i++) {
                made[at + i] = (byte) (part.length >>> 8 * (lengthSize - 1 - i));
            }
            System.arraycopy(part, 0, made, at + lengthSize, part.length);
            return at + lengthSize + part.length;
        }
    }
}
