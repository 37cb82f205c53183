package io.delos.cli;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import java.util.Map;

/** Makes messages and says what is in them. */
final class Letters {

    private Letters() {
    }

    /**
     * A message to send.
     *
     * @param properties the application's
     * @param group the message group; empty = none
     * @param expiration milliseconds of the epoch; 0 = never
     */
    static NeutralMessage of(Content content, Map<String, Object> properties, String group, boolean durable, long expiration) {
        NeutralMessage.Header header = new NeutralMessage.Header("", Message.ROUTE_BOTH, durable, 4, expiration,
                System.currentTimeMillis(), 0, "", "", Destination.NONE, "", group, 0, "", "");
        return new NeutralMessage(header, properties, content);
    }

    /** The name of a body's kind in message files and verbose output. */
    static String kind(Content content) {
        if (content instanceof Content.Text) {
            return "text";
        }
        if (content instanceof Content.Bytes) {
            return "bytes";
        }
        if (content instanceof Content.Mapping) {
            return "map";
        }
        if (content instanceof Content.Sequence) {
            return "stream";
        }
        return content instanceof Content.Serialized ? "object" : "default";
    }

    /** How verbose lines show a message. */
    static String preview(NeutralMessage message) {
        Content content = message.content();
        if (content instanceof Content.Text text) {
            return text.text();
        }
        if (content instanceof Content.Mapping mapping) {
            return mapping.entries().toString();
        }
        if (content instanceof Content.Sequence sequence) {
            return sequence.values().toString();
        }
        return kind(content) + " message" + (size(content) > 0 ? " of " + size(content) + " bytes" : "");
    }

    /** Characters of a text, bytes of anything that has them, else 0. */
    static int size(Content content) {
        if (content instanceof Content.Text text) {
            return text.text().length();
        }
        if (content instanceof Content.Bytes bytes) {
            return bytes.bytes().length;
        }
        return content instanceof Content.Serialized object ? object.bytes().length : 0;
    }
}
