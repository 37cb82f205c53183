package io.delos.mqtt;

import io.delos.config.WildcardSyntax;
import io.delos.message.Dropped;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How MQTT messages are stored ({@link Publication}), and what selectors see of them; {@link Translation} for other dialects. Stateless; any thread. */
final class MqttFormat implements MessageFormat {

    /** Selectors see the publisher's client id under this name. */
    static final String ORIGIN = "__AMQ_CID";

    private final Translation translation;

    MqttFormat(WildcardSyntax syntax) {
        translation = new Translation(new TopicNames(syntax));
    }

    @Override
    public byte id() {
        return MessageFormat.MQTT;
    }

    @Override
    public NeutralMessage read(Message message) {
        return translation.read(message);
    }

    @Override
    public byte[] write(NeutralMessage message, Dropped dropped) {
        return translation.write(message, dropped);
    }

    @Override
    public Object property(Message message, String name) {
        if (name.startsWith("AMQ")) {
            Object header = header(message, name);
            if (header != null) {
                return header;
            }
        }
        return name.startsWith("mqtt.") ? mqttProperty(message, name) : other(message, name);
    }

    private static Object header(Message message, String name) {
        return switch (name) {
            case "AMQAddress" -> message.address();
            case "AMQPriority" -> message.priority();
            case "AMQTimestamp" -> message.timestamp();
            case "AMQDurable" -> message.durable() ? "DURABLE" : "NON_DURABLE";
            case "AMQExpiration" -> message.expiration();
            case "AMQSize" -> (int) Math.min(Integer.MAX_VALUE, message.encodedLength());
            case "AMQGroupID" -> message.group().isEmpty() ? null : message.group();
            default -> null;
        };
    }

    private Object other(Message message, String name) {
        Publication publication = Publication.of(message.bytes());
        return switch (name) {
            case ORIGIN -> publication.origin().isEmpty() ? null : publication.origin();
            case "JMSCorrelationID" -> publication.properties().correlation().map(Translation::correlation).orElse(null);
            case "JMSReplyTo" -> publication.properties().responseTopic().map(topic -> translation.replyTo(topic).prefixed()).orElse(null);
            default -> {
                Object note = publication.notes().entries().get(name);
                yield note != null || !Translation.isPlain(name) ? note : plain(publication.properties().user(), name);
            }
        };
    }

    private static Object plain(List<PublishProperties.User> user, String name) {
        for (PublishProperties.User pair : user) {
            if (pair.key().equals(name)) {
                return pair.value();
            }
        }
        return null;
    }

    private static Object mqttProperty(Message message, String name) {
        Publication publication = Publication.of(message.bytes());
        PublishProperties properties = publication.properties();
        return switch (name) {
            case Translation.QOS -> publication.qos();
            case Translation.RETAIN -> publication.retain();
            case Translation.PAYLOAD_FORMAT -> properties.payloadFormat() < 0 ? null : properties.payloadFormat();
            case Translation.RESPONSE_TOPIC -> properties.responseTopic().orElse(null);
            case Translation.CORRELATION -> properties.correlation().orElse(null);
            case Translation.CONTENT_TYPE -> properties.contentType().orElse(null);
            case Translation.USER_COUNT -> properties.user().isEmpty() ? null : properties.user().size();
            default -> userProperty(properties.user(), name);
        };
    }

    private static Object userProperty(List<PublishProperties.User> user, String name) {
        int dot = name.startsWith(Translation.USER) ? name.indexOf('.', Translation.USER.length()) : -1;
        int place = dot < 0 ? -1 : Translation.place(name.substring(Translation.USER.length(), dot));
        boolean there = place >= 0 && place < user.size() && user.get(place).key().equals(name.substring(dot + 1));
        return there ? user.get(place).value() : null;
    }

    @Override
    public boolean bodyIsBytes(Message message) {
        return true;
    }

    @Override
    public byte[] writeHead(NeutralMessage message, long length, Dropped dropped) {
        return write(message, dropped);
    }

    @Override
    public byte[] whole(Message message, byte[] body) {
        byte[] head = message.bytes();
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> properties, long expiration) {
        Publication publication = Publication.of(message.bytes());
        return publication.annotated(publication.notes().and(properties));
    }
}
