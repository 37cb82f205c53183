package io.delos.mqtt;

import io.delos.message.Content;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How MQTT messages are stored ({@link Publication}), and how they look to other protocols (mqtt document 9, interop 4): bytes, with
 * what MQTT says of them in properties that begin with {@code mqtt.}; and back. Stateless; any thread.
 */
final class MqttFormat implements MessageFormat {

    static final MqttFormat INSTANCE = new MqttFormat();

    /** Selectors see the publisher's client id under this name. */
    static final String ORIGIN = "__AMQ_CID";

    private static final String QOS = "mqtt.qos.level";
    private static final String RETAIN = "mqtt.message.retain";
    private static final String PAYLOAD_FORMAT = "mqtt.payload.format.indicator";
    private static final String RESPONSE_TOPIC = "mqtt.response.topic";
    private static final String CORRELATION = "mqtt.correlation.data";
    private static final String CONTENT_TYPE = "mqtt.content.type";
    private static final String USER_COUNT = "mqtt.user.property.exists";
    private static final String USER = "mqtt.ordered.user.property.";

    private MqttFormat() {
    }

    @Override
    public byte id() {
        return MessageFormat.MQTT;
    }

    @Override
    public NeutralMessage read(Message message) {
        Publication publication = Publication.of(message.bytes());
        PublishProperties properties = publication.properties();
        NeutralMessage.Builder neutral = NeutralMessage.from(message)
                .property(QOS, publication.qos())
                .property(RETAIN, publication.retain());
        if (properties.payloadFormat() >= 0) {
            neutral.property(PAYLOAD_FORMAT, properties.payloadFormat());
        }
        properties.responseTopic().ifPresent(topic -> neutral.property(RESPONSE_TOPIC, topic));
        properties.correlation().ifPresent(data -> neutral.property(CORRELATION, data));
        properties.contentType().ifPresent(type -> neutral.property(CONTENT_TYPE, type));
        List<PublishProperties.User> user = properties.user();
        if (!user.isEmpty()) {
            neutral.property(USER_COUNT, user.size());
            for (int i = 0; i < user.size(); i++) {
                neutral.property(USER + i + "." + user.get(i).key(), user.get(i).value());
            }
        }
        publication.notes().entries().forEach(neutral::property);
        return neutral.content(new Content.Bytes(publication.payload())).build();
    }

    /** A message that never was MQTT counts as QoS 2, so that the subscription decides; its headers and properties have no place. */
    @Override
    public byte[] write(NeutralMessage message) {
        Map<String, Object> properties = message.properties();
        int qos = properties.get(QOS) instanceof Number level && level.intValue() >= 0 && level.intValue() <= 2 ? level.intValue() : 2;
        boolean retain = Boolean.TRUE.equals(properties.get(RETAIN));
        Publication.Draft draft = new Publication.Draft(qos, retain).properties(publishProperties(properties).write());
        return draft.with(CoreBody.payload(message.content()));
    }

    private static PublishProperties publishProperties(Map<String, Object> properties) {
        int payloadFormat = properties.get(PAYLOAD_FORMAT) instanceof Number n && n.intValue() >= 0 && n.intValue() <= 1 ? n.intValue() : -1;
        Optional<byte[]> correlation = properties.get(CORRELATION) instanceof byte[] data && data.length <= 0xFFFF
                ? Optional.of(data) : Optional.empty();
        return new PublishProperties(payloadFormat, text(properties, CONTENT_TYPE), text(properties, RESPONSE_TOPIC), correlation,
                user(properties));
    }

    private static Optional<String> text(Map<String, Object> properties, String name) {
        return properties.get(name) instanceof String text && fits(text) ? Optional.of(text) : Optional.empty();
    }

    private static boolean fits(String text) {
        return text.length() <= 0xFFFF / 3 || text.getBytes(StandardCharsets.UTF_8).length <= 0xFFFF;
    }

    private static List<PublishProperties.User> user(Map<String, Object> properties) {
        if (!(properties.get(USER_COUNT) instanceof Number)) {
            return List.of();
        }
        PublishProperties.User[] ordered = new PublishProperties.User[properties.size()];
        properties.forEach((name, value) -> {
            int dot = name.startsWith(USER) ? name.indexOf('.', USER.length()) : -1;
            int place = dot < 0 ? -1 : place(name.substring(USER.length(), dot));
            if (place >= 0 && place < ordered.length && value instanceof String text && fits(text) && fits(name)) {
                ordered[place] = new PublishProperties.User(name.substring(dot + 1), text);
            }
        });
        List<PublishProperties.User> user = new ArrayList<>();
        for (PublishProperties.User pair : ordered) {
            if (pair != null) {
                user.add(pair);
            }
        }
        return user;
    }

    private static int place(String digits) {
        boolean number = !digits.isEmpty() && digits.length() < 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Integer.parseInt(digits) : -1;
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

    private static Object other(Message message, String name) {
        Publication publication = Publication.of(message.bytes());
        if (name.equals(ORIGIN)) {
            String origin = publication.origin();
            return origin.isEmpty() ? null : origin;
        }
        return publication.notes().entries().get(name);
    }

    private static Object mqttProperty(Message message, String name) {
        Publication publication = Publication.of(message.bytes());
        PublishProperties properties = publication.properties();
        return switch (name) {
            case QOS -> publication.qos();
            case RETAIN -> publication.retain();
            case PAYLOAD_FORMAT -> properties.payloadFormat() < 0 ? null : properties.payloadFormat();
            case RESPONSE_TOPIC -> properties.responseTopic().orElse(null);
            case CORRELATION -> properties.correlation().orElse(null);
            case CONTENT_TYPE -> properties.contentType().orElse(null);
            case USER_COUNT -> properties.user().isEmpty() ? null : properties.user().size();
            default -> userProperty(properties.user(), name);
        };
    }

    private static Object userProperty(List<PublishProperties.User> user, String name) {
        int dot = name.startsWith(USER) ? name.indexOf('.', USER.length()) : -1;
        int place = dot < 0 ? -1 : place(name.substring(USER.length(), dot));
        boolean there = place >= 0 && place < user.size() && user.get(place).key().equals(name.substring(dot + 1));
        return there ? user.get(place).value() : null;
    }

    @Override
    public boolean bodyIsBytes(Message message) {
        return true;
    }

    @Override
    public byte[] writeHead(NeutralMessage message, long length) {
        return write(message);
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
