package io.delos.mqtt;

import io.delos.message.Content;
import io.delos.message.CorrelationIds;
import io.delos.message.Destination;
import io.delos.message.Dropped;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import io.delos.message.Readable;
import io.delos.message.Trait;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * MQTT messages for others, and theirs for MQTT (mqtt document 9; docs/interop.md). What MQTT says of a message is in properties that begin
 * with {@code mqtt.}, and where others have a header or a property for it, there too. Stateless; any thread.
 */
record Translation(TopicNames names) {

    static final String QOS = "mqtt.qos.level";
    static final String RETAIN = "mqtt.message.retain";
    static final String PAYLOAD_FORMAT = "mqtt.payload.format.indicator";
    static final String RESPONSE_TOPIC = "mqtt.response.topic";
    static final String CORRELATION = "mqtt.correlation.data";
    static final String CONTENT_TYPE = "mqtt.content.type";
    static final String USER_COUNT = "mqtt.user.property.exists";
    static final String USER = "mqtt.ordered.user.property.";

    private static final int PRIORITY_DEFAULT = 4;
    private static final int LONGEST = 0xFFFF;
    /** Names of what the broker or a protocol has written, not its user. */
    private static final List<String> RESERVED = List.of("_AMQ_", "__AMQ_", "__HDR_", "mqtt.", "NATIVE_MESSAGE_ID");
    private static final String HEADERS = "JMS";
    /** What AMQP alone has; what of it says how the message was built says nothing to others. */
    private static final String AMQP = "JMS_AMQP_";
    private static final List<String> AMQP_SAID = List.of("MA_", "FT_", "ContentEncoding", "ReplyToGroupID");
    private static final String AMQP_BROKER = "MA_x-opt-";

    /** As others see it. */
    NeutralMessage read(Message message) {
        Publication publication = Publication.of(message.bytes());
        PublishProperties properties = publication.properties();
        NeutralMessage.Builder neutral = NeutralMessage.from(message)
                .property(QOS, publication.qos())
                .property(RETAIN, publication.retain());
        if (properties.payloadFormat() >= 0) {
            neutral.property(PAYLOAD_FORMAT, properties.payloadFormat());
        }
        properties.responseTopic().ifPresent(topic -> neutral.property(RESPONSE_TOPIC, topic).replyTo(replyTo(topic)));
        properties.correlation().ifPresent(data -> neutral.property(CORRELATION, data).correlationId(correlation(data)));
        properties.contentType().ifPresent(type -> neutral.property(CONTENT_TYPE, type).contentType(type));
        readUser(properties.user(), neutral);
        publication.notes().entries().forEach(neutral::property);
        return neutral.content(new Content.Bytes(publication.payload())).build();
    }

    Destination replyTo(String topic) {
        return new Destination(names.address(topic), Destination.Kind.TOPIC);
    }

    static Object correlation(byte[] data) {
        return data.length == 0 ? "" : CorrelationIds.ofBytes(data);
    }

    private static void readUser(List<PublishProperties.User> user, NeutralMessage.Builder neutral) {
        if (user.isEmpty()) {
            return;
        }
        neutral.property(USER_COUNT, user.size());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < user.size(); i++) {
            String name = user.get(i).key();
            neutral.property(USER + i + "." + name, user.get(i).value());
            if (isPlain(name) && seen.add(name)) {
                neutral.property(name, user.get(i).value());
            }
        }
    }

    /** Whether others see a user property under its own name. */
    static boolean isPlain(String name) {
        return !name.isEmpty() && !reserved(name) && !name.startsWith(HEADERS);
    }

    private static boolean reserved(String name) {
        if (name.startsWith(AMQP)) {
            return name.startsWith(AMQP_BROKER, AMQP.length()) || !begins(name, AMQP.length(), AMQP_SAID);
        }
        return begins(name, 0, RESERVED);
    }

    private static boolean begins(String name, int at, List<String> beginnings) {
        for (int i = 0; i < beginnings.size(); i++) {
            if (name.startsWith(beginnings.get(i), at)) {
                return true;
            }
        }
        return false;
    }

    /** A message that never was MQTT counts as QoS 2, so that the subscription decides. */
    byte[] write(NeutralMessage message, Dropped dropped) {
        Map<String, Object> properties = message.properties();
        NeutralMessage.Header header = message.header();
        boolean foreign = !(properties.get(QOS) instanceof Number);
        int qos = properties.get(QOS) instanceof Number level && level.intValue() >= 0 && level.intValue() <= 2 ? level.intValue() : 2;
        boolean retain = Boolean.TRUE.equals(properties.get(RETAIN));
        if (foreign && header.priority() != PRIORITY_DEFAULT) {
            dropped.add(Trait.PRIORITY, "");
        }
        PublishProperties publish = new PublishProperties(payloadFormat(message), contentType(message, dropped), responseTopic(message, dropped),
                correlation(message, dropped), user(message, dropped));
        return new Publication.Draft(qos, retain).properties(publish.write()).with(payload(message.content()));
    }

    private static int payloadFormat(NeutralMessage message) {
        if (message.properties().get(PAYLOAD_FORMAT) instanceof Number n && n.intValue() >= 0 && n.intValue() <= 1) {
            return n.intValue();
        }
        Content content = message.content();
        return content instanceof Content.Text || content instanceof Content.Mapping || content instanceof Content.Sequence ? 1 : -1;
    }

    private static Optional<String> contentType(NeutralMessage message, Dropped dropped) {
        String type = Readable.contentType(message);
        return checked(type.isEmpty() ? text(message, CONTENT_TYPE) : type, Trait.CONTENT_TYPE, dropped);
    }

    private static String text(NeutralMessage message, String name) {
        return message.properties().get(name) instanceof String text ? text : "";
    }

    private static Optional<String> checked(String text, Trait trait, Dropped dropped) {
        if (text.isEmpty() || fits(text)) {
            return Optional.of(text).filter(some -> !some.isEmpty());
        }
        dropped.add(trait, "");
        return Optional.empty();
    }

    /** Whether MQTT has a way to write it: not too long, and without characters for which a receiver may end the connection (MQTT 5, 1.5.4). */
    private static boolean fits(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c >= 0xFDD0 && c <= 0xFDEF || c >= 0xFFFE) {
                return false;
            }
        }
        return text.length() <= LONGEST / 3 || text.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }

    /** An address that no topic leads to can't be answered to. */
    private Optional<String> responseTopic(NeutralMessage message, Dropped dropped) {
        String address = message.header().replyTo().name();
        if (address.isEmpty()) {
            return checked(text(message, RESPONSE_TOPIC), Trait.REPLY_TO, dropped);
        }
        String topic = names.topic(address);
        if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0 || !fits(topic) || !names.address(topic).equals(address)) {
            dropped.add(Trait.REPLY_TO, address);
            return Optional.empty();
        }
        return Optional.of(topic);
    }

    private static Optional<byte[]> correlation(NeutralMessage message, Dropped dropped) {
        Object id = message.header().correlationId();
        if (id.equals("")) {
            id = message.properties().get(CORRELATION) instanceof byte[] data ? data : new byte[0];
        }
        byte[] data = CorrelationIds.bytes(id);
        if (data.length > LONGEST) {
            dropped.add(Trait.CORRELATION_ID, "");
        }
        return Optional.of(data).filter(some -> some.length > 0 && some.length <= LONGEST);
    }

    private static List<PublishProperties.User> user(NeutralMessage message, Dropped dropped) {
        NeutralMessage.Header header = message.header();
        List<PublishProperties.User> user = ordered(message.properties(), dropped);
        Set<String> known = new HashSet<>();
        user.forEach(pair -> known.add(pair.key()));
        header(user, "JMSMessageID", header.messageId(), Trait.MESSAGE_ID, dropped);
        header(user, "JMSType", header.type(), Trait.TYPE, dropped);
        header(user, "JMSXGroupID", header.group(), Trait.GROUP, dropped);
        header(user, "JMSXGroupSeq", header.groupSequence() == 0 ? "" : Integer.toString(header.groupSequence()), Trait.GROUP, dropped);
        header(user, "JMSXUserID", header.userId(), Trait.USER_ID, dropped);
        message.properties().forEach((name, value) -> {
            if (reserved(name) || known.contains(name) || name.startsWith("JMSXGroup")) {
                return;
            }
            String text = value == null ? "" : Readable.text(value);
            if (value != null && fits(name) && fits(text)) {
                user.add(new PublishProperties.User(name, text));
            } else {
                dropped.add(Trait.PROPERTY, name);
            }
        });
        return user;
    }

    private static void header(List<PublishProperties.User> user, String name, String value, Trait trait, Dropped dropped) {
        checked(value, trait, dropped).ifPresent(text -> user.add(new PublishProperties.User(name, text)));
    }

    /** Those that were MQTT's before, in their order. */
    private static List<PublishProperties.User> ordered(Map<String, Object> properties, Dropped dropped) {
        if (!(properties.get(USER_COUNT) instanceof Number)) {
            return new ArrayList<>();
        }
        PublishProperties.User[] ordered = new PublishProperties.User[properties.size()];
        properties.forEach((name, value) -> {
            int dot = name.startsWith(USER) ? name.indexOf('.', USER.length()) : -1;
            int place = dot < 0 ? -1 : place(name.substring(USER.length(), dot));
            if (place >= 0 && place < ordered.length && value instanceof String text) {
                if (fits(text) && fits(name)) {
                    ordered[place] = new PublishProperties.User(name.substring(dot + 1), text);
                } else {
                    dropped.add(Trait.PROPERTY, name);
                }
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

    /** The number that digits say; -1 if they are none, or too many. */
    static int place(String digits) {
        boolean number = !digits.isEmpty() && digits.length() < 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Integer.parseInt(digits) : -1;
    }

    private static byte[] payload(Content content) {
        if (content instanceof Content.Text text) {
            return text.text().getBytes(StandardCharsets.UTF_8);
        } else if (content instanceof Content.Bytes bytes) {
            return bytes.bytes();
        } else if (content instanceof Content.Mapping map) {
            return Readable.json(map.entries()).getBytes(StandardCharsets.UTF_8);
        } else if (content instanceof Content.Sequence sequence) {
            return Readable.json(sequence.values()).getBytes(StandardCharsets.UTF_8);
        } else if (content instanceof Content.Serialized object) {
            return object.bytes();
        }
        return new byte[0];
    }
}
