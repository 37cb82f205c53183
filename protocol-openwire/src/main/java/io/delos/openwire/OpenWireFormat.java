package io.delos.openwire;

import io.delos.message.CorrelationIds;
import io.delos.message.Destination;
import io.delos.message.Dropped;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.delos.message.Readable;
import io.delos.openwire.Id.MessageId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How OpenWire writes a message: the stored bytes are a {@link StoredMessage}. Stateless; any thread. The mapping is interop's section 4. */
public final class OpenWireFormat implements MessageFormat {

    /** The client that sent a message, as CORE's clients call it too. */
    static final String CLIENT_ID = "__AMQ_CID";
    /** The id that an OpenWire client gave a message. */
    static final String WIRE_ID = "__HDR_MESSAGE_ID";

    private static final String NATIVE_ID = "NATIVE_MESSAGE_ID";
    /** Only the broker says this. */
    private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";
    private static final String HIDDEN = "_AMQ_";
    private static final String HIDDEN_HEADER = "__HDR_";
    private static final byte[] NO_CLIENT = new byte[0];

    @Override
    public byte id() {
        return OPENWIRE;
    }

    @Override
    public NeutralMessage read(Message message) {
        StoredMessage stored = new StoredMessage(message.bytes());
        WireMessage wire = stored.read();
        WireMessage.Labels labels = wire.labels();
        NeutralMessage.Builder neutral = NeutralMessage.from(message).correlationId(CorrelationIds.parse(labels.correlation())).type(labels.type())
                .group(labels.group(), labels.groupSequence()).userId(labels.user()).replyTo(labels.replyTo().neutral());
        try {
            Map<String, Object> properties = wire.properties();
            properties.remove(VALIDATED_USER);
            properties.forEach(neutral::property);
            if (properties.get(Readable.CONTENT_TYPE) instanceof String contentType) {
                neutral.contentType(contentType);
            }
            neutral.content(Bodies.read(wire.kind(), wire.body()));
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("the content of an OpenWire message is not what it says: " + damaged.getMessage(), damaged);
        }
        labels.id().ifPresent(id -> {
            neutral.messageId(id.view());
            neutral.property(WIRE_ID, id.view());
        });
        String clientId = stored.clientId();
        if (!clientId.isEmpty()) {
            neutral.property(CLIENT_ID, clientId);
        }
        return neutral.build();
    }

    @Override
    public byte[] write(NeutralMessage message, Dropped dropped) {
        NeutralMessage.Header header = message.header();
        int qualified = header.address().indexOf("::");
        String address = qualified < 0 ? header.address() : header.address().substring(0, qualified);
        WireDestination destination = header.routing() == Message.ROUTE_MULTICAST ? WireDestination.topic(address)
                : WireDestination.queue(address);
        Optional<MessageId> id = MessageId.parse(header.messageId());
        Map<String, Object> properties = properties(message.properties());
        if (id.isEmpty() && !header.messageId().isEmpty() && !isUuid(header.messageId())) {
            properties.put(NATIVE_ID, header.messageId());
        }
        if (!header.contentType().isEmpty()) {
            properties.put(Readable.CONTENT_TYPE, header.contentType());
        }
        WireDestination replyTo = answers(header.replyTo());
        WireMessage.Labels labels = new WireMessage.Labels(id.flatMap(MessageId::producer), destination, WireDestination.NONE, replyTo, id,
                header.group(), header.groupSequence(), CorrelationIds.text(header.correlationId()), header.type(), header.userId());
        WireMessage.Terms terms = new WireMessage.Terms(header.durable(), header.expiration(), header.priority(), header.timestamp());
        WireMessage.Body body = new WireMessage.Body(false, Bodies.write(message.content()), Slice.ABSENT);
        return StoredMessage.encode(new WireMessage(Bodies.kind(message.content()), labels, terms, body).withProperties(properties), NO_CLIENT);
    }

    /** Clients send to temporary destinations only if an advisory has told them of these: those of other protocols are called by their names alone. */
    private static WireDestination answers(Destination replyTo) {
        if (!replyTo.present()) {
            return WireDestination.NONE;
        }
        return switch (replyTo.kind()) {
            case TOPIC, TEMPORARY_TOPIC -> WireDestination.topic(replyTo.name());
            default -> WireDestination.queue(replyTo.name());
        };
    }

    private static Map<String, Object> properties(Map<String, Object> all) {
        Map<String, Object> shown = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (!hidden(name)) {
                shown.put(name, value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
            }
        });
        return shown;
    }

    /** Whether clients don't get to see a property of this name. */
    static boolean hidden(String name) {
        return name.startsWith(HIDDEN) || name.startsWith(HIDDEN_HEADER);
    }

    /** Whether it is how CORE makes ids, which say nothing to anybody else. */
    private static boolean isUuid(String messageId) {
        try {
            return messageId.startsWith("ID:") && UUID.fromString(messageId.substring(3)).toString().equals(messageId.substring(3));
        } catch (IllegalArgumentException other) {
            return false;
        }
    }

    @Override
    public Object property(Message message, String name) {
        StoredMessage stored = new StoredMessage(message.bytes());
        try {
            Object known = name.startsWith("AMQ") ? envelope(message, stored, name)
                    : name.startsWith("JMS") || name.startsWith("_") ? header(stored, name) : null;
            if (known != null) {
                return known;
            }
            Slice properties = stored.properties();
            return properties.present() ? Primitives.find(properties, name) : null;
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("the properties of an OpenWire message are damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static Object envelope(Message message, StoredMessage stored, String name) {
        return switch (name) {
            case "AMQPriority" -> message.priority();
            case "AMQTimestamp" -> message.timestamp();
            case "AMQDurable" -> message.durable() ? "DURABLE" : "NON_DURABLE";
            case "AMQExpiration" -> message.expiration();
            case "AMQSize" -> message.bytes().length;
            case "AMQAddress" -> message.address();
            case "AMQGroupID" -> message.group().isEmpty() ? null : message.group();
            case "AMQUserID" -> header(stored, WIRE_ID);
            default -> null;
        };
    }

    /** Headers; null where absent, and for names that are none. */
    private static Object header(StoredMessage stored, String name) {
        return switch (name) {
            case "JMSType" -> orNull(stored.read().labels().type());
            case "JMSCorrelationID" -> orNull(stored.read().labels().correlation());
            case "JMSReplyTo" -> orNull(stored.read().labels().replyTo().neutral().prefixed());
            case "JMSXGroupID", "_AMQ_GROUP_ID" -> orNull(stored.read().labels().group());
            case "JMSXGroupSeq", "_AMQ_GROUP_SEQUENCE" -> stored.read().labels().groupSequence();
            case "JMSXUserID" -> orNull(stored.read().labels().user());
            case "JMSMessageID", WIRE_ID -> stored.read().labels().id().map(MessageId::view).orElse(null);
            case CLIENT_ID -> orNull(stored.clientId());
            default -> null;
        };
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    @Override
    public byte[] again(Message message, String id, String without, Map<String, Object> added, long expiration) {
        StoredMessage stored = new StoredMessage(message.bytes());
        WireMessage wire = stored.read();
        try {
            Map<String, Object> properties = wire.properties();
            properties.remove(without);
            properties.putAll(added);
            WireMessage again = MessageId.parse(id).map(wire::withId).orElse(wire);
            return StoredMessage.encode(again.withProperties(properties).withExpiration(expiration), stored.clientIdBytes());
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("the properties of an OpenWire message are damaged: " + damaged.getMessage(), damaged);
        }
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> added, long expiration) {
        StoredMessage stored = new StoredMessage(message.bytes());
        WireMessage wire = stored.read();
        try {
            Map<String, Object> properties = wire.properties();
            properties.putAll(added);
            WireDestination destination = wire.labels().destination();
            return StoredMessage.encode(wire.redirected(destination).withProperties(properties).withExpiration(expiration),
                    stored.clientIdBytes());
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("the properties of an OpenWire message are damaged: " + damaged.getMessage(), damaged);
        }
    }
}
