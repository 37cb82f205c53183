package io.delos.amqp;

import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import java.nio.charset.StandardCharsets;

/**
 * What the broker looks at in a message a client sent, read in one pass over the sections in front of the body. Not thread-safe. The
 * constructor answers bytes that are not an AMQP message with {@link MalformedMessageException}.
 */
final class Envelope {

    private static final byte[] ROUTING_TYPE = Names.ascii(Names.ROUTING_TYPE);
    private static final byte[] JMS_DESTINATION = Names.ascii(Names.JMS_DESTINATION);
    private static final byte[] DELIVERY_TIME = Names.ascii(Names.DELIVERY_TIME);
    private static final byte[] DELIVERY_DELAY = Names.ascii(Names.DELIVERY_DELAY);
    private static final byte[] DUPLICATE_ID = Names.ascii(Names.DUPLICATE_ID);
    private static final int PRIORITY_DEFAULT = 4;

    private final byte[] encoded;
    private int headerEnd;
    private int deliveryAnnotationsEnd;
    private boolean durable;
    private int priority = PRIORITY_DEFAULT;
    private long timeToLive;
    private long absoluteExpiry;
    private long deliveryTime;
    private long deliveryDelay;
    private int annotatedRouting = Message.ROUTE_BOTH;
    private String to = "";
    private String group = "";
    private long creationTime;
    private String duplicateId = "";

    Envelope(byte[] encoded) {
        this.encoded = encoded;
        AmqpReader reader = new AmqpReader(encoded);
        int before = AmqpReader.END;
        for (int section = reader.nextSection(); section != AmqpReader.END && section < AmqpReader.DATA; section = reader.nextSection()) {
            if (section <= before) {
                throw new MalformedMessageException("AMQP: the message's sections are out of order");
            }
            before = section;
            int end = reader.endOfValue();
            readSection(section, reader, end);
            reader.position(end);
        }
    }

    private void readSection(int section, AmqpReader reader, int end) {
        switch (section) {
            case AmqpReader.HEADER:
                readHeader(reader);
                headerEnd = end;
                deliveryAnnotationsEnd = end;
                break;
            case AmqpReader.DELIVERY_ANNOTATIONS:
                deliveryAnnotationsEnd = end;
                break;
            case AmqpReader.MESSAGE_ANNOTATIONS:
                readMessageAnnotations(reader);
                break;
            case AmqpReader.PROPERTIES:
                readProperties(reader);
                break;
            default:
                readApplicationProperties(reader);
        }
    }

    private void readHeader(AmqpReader reader) {
        int fields = reader.enterList();
        durable = fields > 0 && reader.number(0) != 0;
        priority = fields > 1 ? (int) reader.number(PRIORITY_DEFAULT) : PRIORITY_DEFAULT;
        timeToLive = fields > 2 ? reader.number(0) : 0;
    }

    private void readMessageAnnotations(AmqpReader reader) {
        for (int entries = reader.enterMap(); entries > 0; entries--) {
            int key = reader.position();
            if (reader.matches(ROUTING_TYPE)) {
                annotatedRouting = (int) reader.number(Message.ROUTE_BOTH);
            } else if (reader.position(key).matches(JMS_DESTINATION)) {
                // an even number is a queue, an odd one a topic; temporary ones are 2 and 3
                annotatedRouting = annotatedRouting == Message.ROUTE_BOTH ? 1 - ((int) reader.number(1) & 1) : skipped(reader);
            } else if (reader.position(key).matches(DELIVERY_TIME)) {
                deliveryTime = reader.number(0);
            } else if (reader.position(key).matches(DELIVERY_DELAY)) {
                deliveryDelay = reader.number(0);
            } else {
                reader.skip();
            }
        }
    }

    private int skipped(AmqpReader reader) {
        reader.skip();
        return annotatedRouting;
    }

    private void readProperties(AmqpReader reader) {
        int fields = reader.enterList();
        for (int field = 0; field < fields; field++) {
            switch (field) {
                case PropertiesField.TO: to = reader.text(); break;
                case PropertiesField.ABSOLUTE_EXPIRY: absoluteExpiry = reader.number(0); break;
                case PropertiesField.CREATION_TIME: creationTime = reader.number(0); break;
                case PropertiesField.GROUP_ID: group = reader.text(); break;
                default: reader.skip();
            }
        }
    }

    private void readApplicationProperties(AmqpReader reader) {
        for (int entries = reader.enterMap(); entries > 0; entries--) {
            if (reader.matches(DUPLICATE_ID)) {
                Object id = reader.value();
                duplicateId = id instanceof byte[] ? new String((byte[]) id, StandardCharsets.ISO_8859_1) : id == null ? "" : id.toString();
            } else {
                reader.skip();
            }
        }
    }

    /** Where the sender wants it to go; empty if it did not say. */
    String to() {
        return to;
    }

    /** The routing type that annotations ask for, {@link Message#ROUTE_BOTH} for none. */
    byte annotatedRouting() {
        return annotatedRouting == Message.ROUTE_ANYCAST || annotatedRouting == Message.ROUTE_MULTICAST ? (byte) annotatedRouting
                : Message.ROUTE_BOTH;
    }

    /**
     * The message to send on. The client's delivery annotations, which are meant for us alone, are left out.
     *
     * @param clientId noted in the message so that selectors can leave out its sender's own; empty for no note
     */
    Message message(String address, byte routing, String clientId, boolean detectDuplicates, long nowMillis) {
        return Message.of(MessageFormat.AMQP, stored(clientId)).address(address).routing(routing).durable(durable)
                .priority(priority).expiration(expiration(nowMillis)).timestamp(creationTime).deliverAt(deliverAt(nowMillis))
                .group(group).duplicateId(detectDuplicates ? duplicateId : "").build();
    }

    private long expiration(long nowMillis) {
        return absoluteExpiry > 0 ? absoluteExpiry : timeToLive > 0 ? nowMillis + timeToLive : 0;
    }

    private long deliverAt(long nowMillis) {
        return deliveryTime > 0 ? deliveryTime : deliveryDelay > 0 ? nowMillis + deliveryDelay : 0;
    }

    private byte[] stored(String clientId) {
        int from = Math.max(headerEnd, deliveryAnnotationsEnd);
        if (clientId.isEmpty() && from == headerEnd) {
            return encoded;
        }
        AmqpWriter writer = new AmqpWriter(encoded.length + clientId.length() + 48);
        writer.raw(encoded, 0, headerEnd);
        if (!clientId.isEmpty()) {
            writer.descriptor(AmqpReader.DELIVERY_ANNOTATIONS);
            int place = writer.beginMap();
            writer.symbol(Names.CLIENT_ID).string(clientId).end(place, 2);
        }
        return writer.raw(encoded, from, encoded.length).toBytes();
    }
}
