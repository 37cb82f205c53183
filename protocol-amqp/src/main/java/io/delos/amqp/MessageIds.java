package io.delos.amqp;

import java.util.HexFormat;
import java.util.UUID;

/**
 * Message and correlation ids as text: AMQP's four types of id must fit into the strings of other dialects and come back unharmed
 * (interop document, section 6).
 */
final class MessageIds {

    private static final String ID = "ID:";
    private static final String STRING = "ID:AMQP_STRING:";
    private static final String NO_PREFIX = "ID:AMQP_NO_PREFIX:";
    private static final String ULONG = "ID:AMQP_ULONG:";
    private static final String UUID_ = "ID:AMQP_UUID:";
    private static final String BINARY = "ID:AMQP_BINARY:";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private MessageIds() { }

    /** The message id under the cursor as text; empty for null. */
    static String messageId(AmqpReader reader) {
        Object id = read(reader);
        if (id instanceof byte[]) {
            return BINARY + HEX.formatHex((byte[]) id);
        }
        String text = (String) id;
        return text.isEmpty() || text.startsWith(ID) ? text : NO_PREFIX + text;
    }

    /** The correlation id under the cursor as text, or as byte[] if it is binary; empty for null. */
    static Object correlationId(AmqpReader reader) {
        return read(reader);
    }

    private static Object read(AmqpReader reader) {
        if (reader.peek() == 0x80) {
            return ULONG + Long.toUnsignedString(reader.ulong());
        }
        Object value = reader.value();
        if (value == null || value instanceof byte[]) {
            return value == null ? "" : value;
        }
        if (value instanceof UUID) {
            return UUID_ + value;
        }
        if (value instanceof String) {
            String text = (String) value;
            return disguised(text) ? STRING + text : text;
        }
        return ULONG + value;
    }

    /** Whether a string id looks like one of our encodings, so that it must be told from them. */
    private static boolean disguised(String text) {
        return text.startsWith("ID:AMQP_") && (text.startsWith(STRING) || text.startsWith(NO_PREFIX) || text.startsWith(ULONG)
                || text.startsWith(UUID_) || text.startsWith(BINARY));
    }

    /** Writes an id, a String as {@link #messageId} or {@link #correlationId} made it or a byte[], with the type it had. */
    static void write(AmqpWriter writer, Object id) {
        if (id instanceof byte[]) {
            writer.binary((byte[]) id);
            return;
        }
        String text = (String) id;
        if (!disguised(text)) {
            writer.string(text);
            return;
        }
        try {
            writeEncoded(writer, text);
        } catch (IllegalArgumentException notOurs) {
            writer.string(text);
        }
    }

    private static void writeEncoded(AmqpWriter writer, String text) {
        if (text.startsWith(STRING)) {
            writer.string(text.substring(STRING.length()));
        } else if (text.startsWith(NO_PREFIX)) {
            writer.string(text.substring(NO_PREFIX.length()));
        } else if (text.startsWith(ULONG)) {
            writer.ulong(Long.parseUnsignedLong(text.substring(ULONG.length())));
        } else if (text.startsWith(UUID_)) {
            writer.uuid(UUID.fromString(text.substring(UUID_.length())));
        } else {
            writer.binary(HEX.parseHex(text.substring(BINARY.length())));
        }
    }
}
