package io.delos.amqp;

import java.util.Map;

/** JMS filters, in which AMQP clients use the JMS names, brought to the names all dialects share (AMQP document, section 6). */
final class Selectors {

    private static final Map<String, String> NAMES = Map.of("JMSDeliveryMode", "AMQDurable", "JMSPriority", "AMQPriority",
            "JMSTimestamp", "AMQTimestamp", "JMSMessageID", "AMQUserID", "JMSExpiration", "AMQExpiration", "JMSXGroupID", "AMQGroupID");

    private Selectors() { }

    static String toCore(String jms) {
        StringBuilder core = new StringBuilder(jms.length() + 16);
        boolean modes = jms.contains("JMSDeliveryMode");
        int i = 0;
        while (i < jms.length()) {
            char c = jms.charAt(i);
            int end = i + 1;
            if (c == '\'' || c == '"') {
                int close = jms.indexOf(c, i + 1);
                end = close < 0 ? jms.length() : close + 1;
                core.append(modes ? mode(jms.substring(i, end)) : jms.substring(i, end));
            } else if (Character.isJavaIdentifierStart(c)) {
                while (end < jms.length() && Character.isJavaIdentifierPart(jms.charAt(end))) {
                    end++;
                }
                String name = jms.substring(i, end);
                core.append(NAMES.getOrDefault(name, name));
            } else {
                core.append(c);
            }
            i = end;
        }
        return core.toString();
    }

    private static String mode(String literal) {
        switch (literal) {
            case "'PERSISTENT'": return "'DURABLE'";
            case "'NON_PERSISTENT'": return "'NON_DURABLE'";
            default: return literal;
        }
    }

    /** A filter that also leaves out what the connection with this container id sent. */
    static String withoutOwn(String core, String containerId) {
        String others = "(" + Names.CLIENT_ID + " IS NULL OR " + Names.CLIENT_ID + " <> '" + containerId.replace("'", "''") + "')";
        return core.isBlank() ? others : "(" + core + ") AND " + others;
    }
}
