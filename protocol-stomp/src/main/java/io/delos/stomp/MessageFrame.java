package io.delos.stomp;

import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Owned by the connection's loop: writes the MESSAGE frames of one subscription, their headers in the order of section 6. */
final class MessageFrame {

    private static final int ROOM = 256;
    private static final byte[] ANYCAST = "ANYCAST".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MULTICAST = "MULTICAST".getBytes(StandardCharsets.US_ASCII);

    private final StompSubscription.Wish wish;
    private final Outgoing out;
    private final Headers stored = new Headers();

    MessageFrame(StompSubscription.Wish wish, Outgoing out) {
        this.wish = wish;
        this.out = out;
    }

    /** @param message the delivery's message in our dialect */
    void write(Delivery delivery, Message message) {
        byte[] encoded = message.bytes();
        int bodyAt = StompFormat.open(encoded, stored);
        int bodyLength = encoded.length - bodyAt;
        boolean bytes = StompFormat.bodyIsBytes(encoded);
        Version version = out.version();
        ByteBuf frame = out.buffer(ROOM + encoded.length + message.address().length() + wish.key().length());
        FrameWriter.command(frame, "MESSAGE");
        FrameWriter.header(frame, Header.SUBSCRIPTION, wish.key(), version);
        if (bytes) {
            FrameWriter.header(frame, Header.CONTENT_LENGTH, bodyLength);
        }
        identity(frame, Header.MESSAGE_ID, delivery.messageId());
        envelope(frame, delivery, message, version);
        properties(frame, version);
        if (version == Version.V1_2 && wish.mode() != AckMode.AUTO) {
            identity(frame, Header.ACK, delivery.messageId());
        }
        if (!bytes && bodyLength > 0 && (version != Version.V1_0 || hasNul(encoded, bodyAt))) {
            FrameWriter.header(frame, Header.CONTENT_LENGTH, bodyLength);
        }
        FrameWriter.body(frame, encoded, bodyAt);
        out.write(frame);
    }

    private void identity(ByteBuf frame, Header name, long messageId) {
        frame.writeBytes(name.bytes()).writeByte(':');
        FrameWriter.number(frame, wish.number());
        frame.writeByte(',');
        FrameWriter.number(frame, messageId);
        frame.writeByte('\n');
    }

    private void envelope(ByteBuf frame, Delivery delivery, Message message, Version version) {
        String prefix = stored.text(Header.PREFIX);
        FrameWriter.header(frame, Header.DESTINATION, prefix.isEmpty() ? message.address() : prefix + message.address(), version);
        copy(frame, Header.CORRELATION_ID, Header.CORRELATION_ID, version);
        FrameWriter.header(frame, Header.EXPIRES, message.expiration());
        FrameWriter.plain(frame, Header.REDELIVERED.text(), delivery.redelivered() ? "true" : "false");
        FrameWriter.header(frame, Header.PRIORITY, message.priority());
        FrameWriter.plain(frame, Header.PERSISTENT.text(), message.durable() ? "true" : "false");
        copy(frame, Header.REPLY_TO, Header.REPLY_TO, version);
        FrameWriter.header(frame, Header.TIMESTAMP, message.timestamp());
        copy(frame, Header.TYPE, Header.TYPE, version);
        copy(frame, Header.CONTENT_TYPE, Header.CONTENT_TYPE, version);
        copy(frame, Header.VALIDATED_USER, Header.USER_ID, version);
        if (message.routing() != Message.ROUTE_BOTH) {
            byte[] type = message.routing() == Message.ROUTE_ANYCAST ? ANYCAST : MULTICAST;
            FrameWriter.header(frame, Header.DESTINATION_TYPE, type, 0, type.length, version);
        }
        copy(frame, Header.INGRESS_TIMESTAMP, Header.INGRESS, version);
        if (!message.group().isEmpty()) {
            FrameWriter.header(frame, Header.AMQ_GROUP, message.group(), version);
        }
        if (message.deliverAt() != 0) {
            FrameWriter.header(frame, Header.SCHEDULED_DELIVERY, message.deliverAt());
        }
    }

    private void copy(ByteBuf frame, Header from, Header to, Version version) {
        if (stored.has(from)) {
            FrameWriter.header(frame, to, stored.bytesOf(from), stored.valueAt(from), stored.valueLength(from), version);
        }
    }

    /** The message's own, except those that would contradict what is written here. */
    private void properties(ByteBuf frame, Version version) {
        for (Headers.Cursor cursor = stored.cursor(); cursor.next();) {
            int known = Header.find(cursor.bytes, cursor.nameAt, cursor.nameLength);
            if (known < 0 || Header.at(known).use() == Header.Use.PROPERTY) {
                FrameWriter.escaped(frame, cursor.bytes, cursor.nameAt, cursor.nameLength, version);
                frame.writeByte(':');
                FrameWriter.escaped(frame, cursor.bytes, cursor.valueAt, cursor.valueLength, version);
                frame.writeByte('\n');
            }
        }
    }

    private static boolean hasNul(byte[] encoded, int from) {
        for (int i = from; i < encoded.length; i++) {
            if (encoded[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
