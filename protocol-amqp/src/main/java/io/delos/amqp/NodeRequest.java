package io.delos.amqp;

import io.delos.broker.ManagementRequest;
import io.delos.message.MalformedMessageException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message to the management node, and the message that answers it (OASIS AMQP Management 1.0, working draft 11, §3.1). Immutable.
 *
 * @param asked       what is to be done
 * @param replyTo     where the answer goes; empty if that was not said
 * @param correlation what the answer is known by, as it was encoded: the request's own correlation id, or its message id
 */
record NodeRequest(ManagementRequest asked, String replyTo, byte[] correlation) {

    private static final byte[] NULL = {0x40};

    /** Reads one; bytes that are no message are answered with {@link MalformedMessageException}. */
    static NodeRequest read(byte[] bytes) {
        AmqpReader reader = new AmqpReader(bytes);
        Map<String, Object> properties = new LinkedHashMap<>();
        Object body = null;
        String replyTo = "";
        byte[] correlation = NULL;
        for (int section = reader.nextSection(); section != AmqpReader.END; section = reader.nextSection()) {
            int end = reader.endOfValue();
            if (section == AmqpReader.PROPERTIES) {
                int fields = reader.enterList();
                for (int field = 0; field < fields; field++) {
                    int start = reader.position();
                    boolean given = !reader.skipNull();
                    int after = given ? reader.position(start).endOfValue() : reader.position();
                    if (given && (field == PropertiesField.MESSAGE_ID || field == PropertiesField.CORRELATION_ID)) {
                        correlation = reader.copy(start, after);
                    } else if (given && field == PropertiesField.REPLY_TO) {
                        replyTo = reader.text();
                    }
                    reader.position(after);
                }
            } else if (section == AmqpReader.APPLICATION_PROPERTIES && reader.value() instanceof Map<?, ?> given) {
                given.forEach((name, value) -> properties.put(String.valueOf(name), value));
            } else if (section == AmqpReader.VALUE || section == AmqpReader.SEQUENCE) {
                body = reader.value();
            }
            reader.position(end);
        }
        String name = text(properties, "name");
        return new NodeRequest(new ManagementRequest(text(properties, "operation"), text(properties, "type"),
                name.isEmpty() ? text(properties, "identity") : name, properties, body), replyTo, correlation);
    }

    private static String text(Map<String, Object> properties, String name) {
        Object value = properties.get(name);
        return value == null ? "" : value.toString();
    }

    /** The message that answers it. */
    byte[] answer(ManagementRequest.Answer answer) {
        AmqpWriter out = new AmqpWriter(512);
        out.descriptor(AmqpReader.PROPERTIES);
        int list = out.beginList();
        out.nothing().nothing().string(replyTo).nothing().nothing().raw(correlation, 0, correlation.length);
        out.end(list, PropertiesField.CORRELATION_ID + 1);
        Map<String, Object> properties = new LinkedHashMap<>(answer.properties());
        properties.put("statusCode", answer.status());
        properties.put("statusDescription", answer.description());
        return out.descriptor(AmqpReader.APPLICATION_PROPERTIES).value(properties).descriptor(AmqpReader.VALUE).value(answer.body()).toBytes();
    }
}
