package io.delos.management;

import io.delos.broker.Broker;
import io.delos.message.Content;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.delos.queue.Glance;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** How management shows one message (management, section 4.1); values longer than the address's settings allow are cut. Immutable. */
final class MessageView {

    private final Glance.Seen seen;
    private final Message message;
    private final NeutralMessage.Header header;
    private final Content content;
    private final Map<String, Object> properties;
    private final int limit;

    private MessageView(Glance.Seen seen, NeutralMessage neutral, int limit) {
        this.seen = seen;
        this.message = seen.message();
        this.header = neutral.header();
        this.content = neutral.content();
        this.limit = limit;
        this.properties = properties(neutral);
    }

    static MessageView of(Broker broker, Glance.Seen seen, int limit) {
        NeutralMessage neutral;
        try {
            neutral = broker.formats().of(seen.message().format()).read(seen.message());
        } catch (MalformedMessageException damaged) {
            neutral = NeutralMessage.from(seen.message()).property("damaged", damaged.getMessage()).build();
        }
        return new MessageView(seen, neutral, limit);
    }

    private static Map<String, Object> properties(NeutralMessage neutral) {
        Map<String, Object> all = new TreeMap<>(neutral.properties());
        NeutralMessage.Header header = neutral.header();
        put(all, "JMSReplyTo", header.replyTo().present() ? header.replyTo().prefixed() : "");
        put(all, "JMSCorrelationID", header.correlationId());
        put(all, "JMSType", header.type());
        put(all, "_AMQ_GROUP_ID", header.group());
        put(all, "_AMQ_VALIDATED_USER", header.userId());
        if (header.routing() != Message.ROUTE_BOTH) {
            all.put("_AMQ_ROUTING_TYPE", header.routing());
        }
        if (header.deliverAt() != 0) {
            all.put("_AMQ_SCHED_DELIVERY", header.deliverAt());
        }
        return all;
    }

    private static void put(Map<String, Object> all, String name, Object value) {
        if (!"".equals(value)) {
            all.put(name, value);
        }
    }

    /** The number of its kind: 0 none, 2 object, 3 text, 4 bytes, 5 map, 6 stream. */
    private int type() {
        if (content instanceof Content.Text) {
            return 3;
        } else if (content instanceof Content.Bytes) {
            return 4;
        } else if (content instanceof Content.Mapping) {
            return 5;
        } else if (content instanceof Content.Sequence) {
            return 6;
        }
        return content instanceof Content.Serialized ? 2 : 0;
    }

    /** The name of its kind. */
    String kind() {
        return content.getClass().getSimpleName() + "Message";
    }

    private Object cut(Object value) {
        if (limit >= 0 && value instanceof String text && text.length() > limit) {
            return text.substring(0, limit) + ", + " + (text.length() - limit) + " more";
        }
        if (limit >= 0 && value instanceof byte[] bytes && bytes.length > limit) {
            return Arrays.copyOf(bytes, limit);
        }
        return value;
    }

    private Map<String, Object> head() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("messageID", seen.messageId());
        shown.put("userID", header.messageId().isEmpty() ? null : header.messageId());
        shown.put("address", message.address());
        shown.put("type", type());
        shown.put("durable", message.durable());
        shown.put("expiration", message.expiration());
        shown.put("priority", message.priority());
        shown.put("timestamp", message.timestamp());
        return shown;
    }

    /** As {@code listMessages} shows it. */
    Map<String, Object> flat() {
        Map<String, Object> shown = head();
        properties.forEach((name, value) -> shown.put(name, cut(value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value)));
        return shown;
    }

    /** As {@code browse} shows it. */
    Map<String, Object> whole() {
        Map<String, Object> shown = head();
        shown.put("messageID", Long.toString(seen.messageId()));
        shown.put("redelivered", seen.deliveryCount() > 0);
        shown.put("protocol", message.format() == MessageFormat.AMQP ? "AMQP" : "CORE");
        shown.put("largeMessage", message.large());
        shown.put("persistentSize", message.size() + message.body().length());
        if (content instanceof Content.Text text) {
            shown.put("text", cut(text.text()));
        } else if (content instanceof Content.Bytes bytes) {
            shown.put("BodyPreview", cut(bytes.bytes()));
        }
        shown.put("PropertiesText", cut(properties.toString()));
        for (Class<?> type : new Class<?>[] {String.class, Boolean.class, Byte.class, Short.class, Integer.class, Long.class, Float.class,
            Double.class}) {
            shown.put(type.getSimpleName().replace("Integer", "Int") + "Properties", of(type));
        }
        return shown;
    }

    private Map<String, Object> of(Class<?> type) {
        Map<String, Object> found = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (type.isInstance(value)) {
                found.put(name, cut(value));
            }
        });
        return found.isEmpty() ? null : found;
    }
}
