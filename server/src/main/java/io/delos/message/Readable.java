package io.delos.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Base64;

/** What messages contain, for dialects that have but text or bytes (docs/interop.md). Stateless; any thread. */
public final class Readable {

    /** The content type of {@link #json}. */
    public static final String JSON = "application/json";
    /** The content type of a serialised Java object. */
    public static final String SERIALIZED = "application/x-java-serialized-object";
    /** The property in which Jakarta Messaging has the content type of a message, where the dialect has no place for it. */
    public static final String CONTENT_TYPE = "JMS_AMQP_ContentType";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Readable() {
    }

    /** A value as text, bytes in base64; not of null. */
    public static String text(Object value) {
        return value instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : value.toString();
    }

    /** A map or a list as JSON, its bytes in base64. */
    public static String json(Object structure) {
        try {
            return MAPPER.writeValueAsString(structure);
        } catch (JsonProcessingException unknown) {
            throw new MalformedMessageException("a value that JSON has no word for", unknown);
        }
    }

    /** The content type of a message to a dialect that has but text or bytes: what the sender said, or what its body has become. */
    public static String contentType(NeutralMessage message) {
        String said = message.header().contentType();
        if (!said.isEmpty()) {
            return said;
        }
        Content content = message.content();
        boolean structured = content instanceof Content.Mapping || content instanceof Content.Sequence;
        return structured ? JSON : content instanceof Content.Serialized ? SERIALIZED : "";
    }
}
