package io.delos.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Correlation ids of bytes in dialects that have but text for them, so that an answer can bring them back. Stateless. */
public final class CorrelationIds {

    /** As AMQP's binding of Jakarta Messaging writes ids of bytes. */
    private static final String BINARY = "ID:AMQP_BINARY:";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private CorrelationIds() {
    }

    /** The id as text: bytes that are text as that, other bytes in hexadecimal digits behind {@code ID:AMQP_BINARY:}. */
    public static String text(Object id) {
        if (id instanceof byte[] bytes) {
            return ofBytes(bytes) instanceof String text ? text : BINARY + HEX.formatHex(bytes);
        }
        return id.toString();
    }

    /** Bytes of a dialect that has nothing else: a String if that is what they are, for people to read, or themselves. */
    public static Object ofBytes(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.isEmpty() || text.startsWith(BINARY) || text.codePoints().anyMatch(Character::isISOControl) ? bytes : text;
        } catch (CharacterCodingException noText) {
            return bytes;
        }
    }

    /** What {@link #text} has written: a byte[] or the text itself. */
    public static Object parse(String text) {
        if (!text.startsWith(BINARY)) {
            return text;
        }
        try {
            return HEX.parseHex(text.substring(BINARY.length()));
        } catch (IllegalArgumentException notOurs) {
            return text;
        }
    }

    /** The id as bytes, for a dialect that has nothing else. */
    public static byte[] bytes(Object id) {
        Object meant = id instanceof String text ? parse(text) : id;
        return meant instanceof byte[] bytes ? bytes : meant.toString().getBytes(StandardCharsets.UTF_8);
    }
}
