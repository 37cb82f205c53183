package io.delos.message;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one form between dialects: headers, properties and a content. Absent strings are empty, absent numbers 0.
 *
 * @param header     what every dialect has a place for
 * @param properties application properties in their order; values are boxed primitives, Character, String, byte[] or null
 * @param content    the body
 */
public record NeutralMessage(Header header, Map<String, Object> properties, Content content) {

    /**
     * The headers.
     *
     * @param address       where it was sent
     * @param routing       as {@link Message#routing()}
     * @param durable       whether it survives a restart
     * @param priority      0 to 9
     * @param expiration    milliseconds since the epoch, 0 for never
     * @param timestamp     milliseconds since the epoch, 0 if unknown
     * @param deliverAt     milliseconds since the epoch, 0 for at once
     * @param messageId     the sender's id as a JMS client shows it ("ID:…"); empty if none
     * @param correlationId a String or a byte[]; the empty string if none
     * @param replyTo       {@link Destination#NONE} if none
     * @param type          JMSType or AMQP's subject
     * @param group         the message group; empty if none
     * @param groupSequence the place in the group, 0 if unknown
     * @param contentType   a MIME type; empty if none
     * @param userId        the user the sender claims to be; empty if none
     */
    public record Header(String address, byte routing, boolean durable, int priority, long expiration, long timestamp, long deliverAt,
                         String messageId, Object correlationId, Destination replyTo, String type, String group, int groupSequence,
                         String contentType, String userId) { }

    /** Starts a neutral message with the envelope of {@code message}. */
    public static Builder from(Message message) {
        Builder builder = new Builder();
        builder.address = message.address();
        builder.routing = message.routing();
        builder.durable = message.durable();
        builder.priority = message.priority();
        builder.expiration = message.expiration();
        builder.timestamp = message.timestamp();
        builder.deliverAt = message.deliverAt();
        builder.group = message.group();
        return builder;
    }

    /** Collects a neutral message. Not thread-safe. */
    public static final class Builder {
        private String address = "";
        private byte routing = Message.ROUTE_BOTH;
        private boolean durable;
        private int priority = 4;
        private long expiration;
        private long timestamp;
        private long deliverAt;
        private String messageId = "";
        private Object correlationId = "";
        private Destination replyTo = Destination.NONE;
        private String type = "";
        private String group = "";
        private int groupSequence;
        private String contentType = "";
        private String userId = "";
        private final Map<String, Object> properties = new LinkedHashMap<>();
        private Content content = new Content.Empty();

        public Builder messageId(String value) {
            messageId = value;
            return this;
        }

        /** A String or a byte[]. */
        public Builder correlationId(Object value) {
            correlationId = value;
            return this;
        }

        public Builder replyTo(Destination value) {
            replyTo = value;
            return this;
        }

        public Builder type(String value) {
            type = value;
            return this;
        }

        public Builder group(String value, int sequence) {
            group = value;
            groupSequence = sequence;
            return this;
        }

        public Builder contentType(String value) {
            contentType = value;
            return this;
        }

        public Builder userId(String value) {
            userId = value;
            return this;
        }

        public Builder property(String name, Object value) {
            properties.put(name, value);
            return this;
        }

        public Builder content(Content value) {
            content = value;
            return this;
        }

        public NeutralMessage build() {
            Header header = new Header(address, routing, durable, priority, expiration, timestamp, deliverAt, messageId, correlationId,
                    replyTo, type, group, groupSequence, contentType, userId);
            return new NeutralMessage(header, properties, content);
        }
    }
}
