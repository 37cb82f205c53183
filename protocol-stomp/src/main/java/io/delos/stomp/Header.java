package io.delos.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The headers that mean something to us. All others are a message's own properties. */
enum Header {

    DESTINATION("destination", Use.OURS),
    DESTINATION_TYPE("destination-type", Use.OURS),
    SUBSCRIPTION_TYPE("subscription-type", Use.PROPERTY),
    CONTENT_LENGTH("content-length", Use.OURS),
    CONTENT_TYPE("content-type", Use.OURS),
    RECEIPT("receipt", Use.PROPERTY),
    TRANSACTION("transaction", Use.PROPERTY),
    PERSISTENT("persistent", Use.ENVELOPE),
    PRIORITY("priority", Use.ENVELOPE),
    EXPIRES("expires", Use.ENVELOPE),
    SCHEDULED_DELAY("AMQ_SCHEDULED_DELAY", Use.ENVELOPE),
    SCHEDULED_PERIOD("AMQ_SCHEDULED_PERIOD", Use.PROPERTY),
    SCHEDULED_REPEAT("AMQ_SCHEDULED_REPEAT", Use.PROPERTY),
    SCHEDULED_CRON("AMQ_SCHEDULED_CRON", Use.PROPERTY),
    SCHEDULED_JOB("scheduledJobId", Use.PROPERTY),
    SCHEDULED_TIME("AMQ_SCHEDULED_TIME", Use.ENVELOPE),
    SCHEDULED_DELIVERY("_AMQ_SCHED_DELIVERY", Use.ENVELOPE),
    GROUP("JMSXGroupID", Use.ENVELOPE),
    AMQ_GROUP("_AMQ_GROUP_ID", Use.ENVELOPE),
    DUPLICATE_ID("_AMQ_DUPL_ID", Use.PROPERTY),
    CORRELATION_ID("correlation-id", Use.OURS),
    TYPE("type", Use.OURS),
    REPLY_TO("reply-to", Use.OURS),
    VALIDATED_USER("_AMQ_VALIDATED_USER", Use.OURS),
    PREFIX("_AMQ_PREFIX", Use.OURS),
    INGRESS_TIMESTAMP("_AMQ_INGRESS_TIMESTAMP", Use.OURS),
    CONNECTION_ID("__AMQ_CID", Use.PROPERTY),
    MESSAGE_ID("message-id", Use.OURS),
    SUBSCRIPTION("subscription", Use.OURS),
    REDELIVERED("redelivered", Use.OURS),
    TIMESTAMP("timestamp", Use.OURS),
    ACK("ack", Use.OURS),
    ID("id", Use.PROPERTY),
    SELECTOR("selector", Use.PROPERTY),
    BROWSER("browser", Use.PROPERTY),
    NO_LOCAL("no-local", Use.PROPERTY),
    OLD_NO_LOCAL("activemq.noLocal", Use.PROPERTY),
    DURABLE_SUBSCRIPTION("durable-subscription-name", Use.PROPERTY),
    DURABLE_SUBSCRIBER("durable-subscriber-name", Use.PROPERTY),
    OLD_DURABLE("activemq.subscriptionName", Use.PROPERTY),
    WINDOW("consumer-window-size", Use.PROPERTY),
    OLD_WINDOW("activemq.prefetchSize", Use.PROPERTY),
    ACCEPT_VERSION("accept-version", Use.PROPERTY),
    LOGIN("login", Use.PROPERTY),
    PASSCODE("passcode", Use.PROPERTY),
    CLIENT_ID("client-id", Use.PROPERTY),
    HEART_BEAT("heart-beat", Use.PROPERTY),
    REQUEST_ID("request-id", Use.PROPERTY),
    MESSAGE("message", Use.PROPERTY),
    RECEIPT_ID("receipt-id", Use.PROPERTY),
    USER_ID("JMSXUserID", Use.PROPERTY),
    INGRESS("ingress-timestamp", Use.PROPERTY);

    /** What becomes of a header of a message. */
    enum Use {
        /** Stored with the message and written on every MESSAGE like any property. */
        PROPERTY,
        /** Stored with the message; on a MESSAGE we write it ourselves, at its place or not at all. */
        OURS,
        /** Not stored: the message's envelope knows it. */
        ENVELOPE
    }

    private static final Header[] ALL = values();
    static final int COUNT = ALL.length;
    private static final Header[][] BY_HASH = new Header[256][0];

    static {
        for (Header header : ALL) {
            int slot = hash(header.bytes, 0, header.bytes.length);
            BY_HASH[slot] = Arrays.copyOf(BY_HASH[slot], BY_HASH[slot].length + 1);
            BY_HASH[slot][BY_HASH[slot].length - 1] = header;
        }
    }

    private final String text;
    private final byte[] bytes;
    private final Use use;

    Header(String text, Use use) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
        this.use = use;
    }

    String text() {
        return text;
    }

    /** The name's bytes; not to be written to. */
    byte[] bytes() {
        return bytes;
    }

    Use use() {
        return use;
    }

    /** The header at this position. */
    static Header at(int ordinal) {
        return ALL[ordinal];
    }

    /** The position of the header of this name; -1 if it is none of these. */
    static int find(byte[] source, int from, int length) {
        if (length == 0) {
            return -1;
        }
        Header[] candidates = BY_HASH[hash(source, from, length)];
        for (int i = 0; i < candidates.length; i++) {
            byte[] name = candidates[i].bytes;
            if (name.length == length && Arrays.equals(name, 0, length, source, from, from + length)) {
                return candidates[i].ordinal();
            }
        }
        return -1;
    }

    /** Of a name that isn't empty; 0 to 255. */
    static int hash(byte[] source, int from, int length) {
        return length * 31 + source[from] * 7 + source[from + length - 1] & 0xFF;
    }
}
