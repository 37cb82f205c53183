package io.delos.stomp;

import io.delos.message.Message;
import io.delos.queue.Delivery;
import java.nio.charset.StandardCharsets;

/** Owned by the connection's loop: writes the MESSAGE frames of one subscription, their headers in the order of section 6. */
final class MessageFrame {

    private static final byte[] ANYCAST = "ANYCAST".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MULTICAST = "MULTICAST".getBytes(StandardCharsets.US_ASCII);

    private final StompSubscription.Wish wish;
    private final Outgoing out;
    private final FrameWriter frame;
    private final Version version;
    private final byte[] start;
    private final Headers stored = new Headers();
    /** Messages of a queue tend to have been sent to the same address. */
    private String lastAddress = "";
    private byte[] lastAddressBytes = {};

    MessageFrame(StompSubscription.Wish wish, Outgoing out) {
        this.wish = wish;
        this.out = out;
        this.frame = out.writer();
        this.version = out.version();
        this.start = frame.begin("MESSAGE").header(Header.SUBSCRIPTION, wish.key(), version).copy();
    }

    /** @param message the delivery's message in our dialect */
    void write(Delivery delivery, Message message) {
        byte[] encoded = message.bytes();
        int bodyAt = head(delivery, message);
        out.end(encoded, bodyAt);
    }

    /** Puts the headers together; returns where in the message's bytes the body begins. */
    int head(Delivery delivery, Message message) {
        byte[] encoded = message.bytes();
        int bodyAt = StompFormat.open(encoded, stored);
        long bodyLength = message.encodedLength() - bodyAt;
        boolean bytes = StompFormat.bodyIsBytes(encoded);
        frame.begin(start);
        if (bytes) {
            frame.header(Header.CONTENT_LENGTH, bodyLength);
        }
        frame.header(Header.MESSAGE_ID, wish.number(), delivery.messageId());
        envelope(delivery, message);
        properties();
        if (version == Version.V1_2 && wish.mode() != AckMode.AUTO) {
            frame.header(Header.ACK, wish.number(), delivery.messageId());
        }
        if (!bytes && bodyLength > 0 && (version != Version.V1_0 || message.large() || hasNul(encoded, bodyAt))) {
            frame.header(Header.CONTENT_LENGTH, bodyLength);
        }
        return bodyAt;
    }

    /** Says that a browser has seen everything. */
    void writeEndOfBrowsing(String address) {
        frame.begin(start).header(Header.MESSAGE_ID, wish.number(), 0).header(Header.DESTINATION, address, version)
                .plain(Header.BROWSER.text(), "end");
        out.end(new byte[0], 0);
    }

    private void envelope(Delivery delivery, Message message) {
        destination(message);
        copy(Header.CORRELATION_ID, Header.CORRELATION_ID);
        frame.header(Header.EXPIRES, message.expiration());
        frame.plain(Header.REDELIVERED.text(), delivery.redelivered() ? "true" : "false");
        frame.header(Header.PRIORITY, message.priority());
        frame.plain(Header.PERSISTENT.text(), message.durable() ? "true" : "false");
        copy(Header.REPLY_TO, Header.REPLY_TO);
        frame.header(Header.TIMESTAMP, message.timestamp());
        copy(Header.TYPE, Header.TYPE);
        copy(Header.CONTENT_TYPE, Header.CONTENT_TYPE);
        copy(Header.VALIDATED_USER, Header.USER_ID);
        if (message.routing() != Message.ROUTE_BOTH) {
            byte[] type = message.routing() == Message.ROUTE_ANYCAST ? ANYCAST : MULTICAST;
            frame.header(Header.DESTINATION_TYPE, type, 0, type.length, version);
        }
        copy(Header.INGRESS_TIMESTAMP, Header.INGRESS);
        if (!message.group().isEmpty()) {
            frame.header(Header.AMQ_GROUP, message.group(), version);
        }
        if (message.deliverAt() != 0) {
            frame.header(Header.SCHEDULED_DELIVERY, message.deliverAt());
        }
    }

    private void destination(Message message) {
        if (!wish.shownAs().isEmpty()) {
            frame.header(Header.DESTINATION, wish.shownAs(), version);
            return;
        }
        if (stored.has(Header.PREFIX)) {
            frame.header(Header.DESTINATION, stored.text(Header.PREFIX) + message.address(), version);
            return;
        }
        if (!message.address().equals(lastAddress)) {
            lastAddress = message.address();
            lastAddressBytes = lastAddress.getBytes(StandardCharsets.UTF_8);
        }
        frame.header(Header.DESTINATION, lastAddressBytes, 0, lastAddressBytes.length, version);
    }

    private void copy(Header from, Header to) {
        if (stored.has(from)) {
            frame.header(to, stored.bytesOf(from), stored.valueAt(from), stored.valueLength(from), version);
        }
    }

    /** The message's own, except those that would contradict what is written here. */
    private void properties() {
        Headers.Cursor cursor = stored.cursor();
        for (int i = 0; cursor.next(); i++) {
            if (stored.isProperty(i)) {
                frame.header(cursor.bytes, cursor.nameAt, cursor.nameLength, cursor.valueAt, cursor.valueLength, version);
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
