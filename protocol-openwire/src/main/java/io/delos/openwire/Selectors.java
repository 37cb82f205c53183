package io.delos.openwire;

import java.util.Map;

/**
 * What JMS calls headers in a selector, and what the broker calls them (address model, section 9.3). Stateless. Texts between quotes stay as
 * they are, but for the two names of a delivery mode.
 */
final class Selectors {

    private static final Map<String, String> NAMES = Map.of("JMSPriority", "AMQPriority", "JMSTimestamp", "AMQTimestamp",
            "JMSDeliveryMode", "AMQDurable", "JMSExpiration", "AMQExpiration", "JMSXGroupID", "AMQGroupID",
            "JMSMessageID", OpenWireFormat.WIRE_ID);
    private static final Map<String, String> MODES = Map.of("'PERSISTENT'", "'DURABLE'", "'NON_PERSISTENT'", "'NON_DURABLE'");

    private Selectors() {
    }

    /** The selector in the broker's words. */
    static String translate(String selector) {
        if (!selector.contains("JMS")) {
            return selector;
        }
        StringBuilder translated = new StringBuilder(selector.length() + 16);
        boolean mode = false;
        int at = 0;
        while (at < selector.length()) {
            int end = tokenEnd(selector, at);
            String token = selector.substring(at, end);
            mode |= token.equals("JMSDeliveryMode");
            String known = NAMES.getOrDefault(token, token);
            translated.append(mode ? MODES.getOrDefault(known, known) : known);
            at = end;
        }
        return translated.toString();
    }

    /** The end of the identifier or quoted text that begins here; other characters stand for themselves. */
    private static int tokenEnd(String text, int start) {
        char first = text.charAt(start);
        if (first == '\'' || first == '"') {
            int end = start + 1;
            while (end < text.length() && text.charAt(end) != first) {
                end++;
            }
            return Math.min(text.length(), end + 1);
        }
        int end = start;
        while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
            end++;
        }
        return Math.max(end, start + 1);
    }

    /** The selector that also leaves out what the client itself has sent. */
    static String withoutOwn(String selector, String clientId) {
        String others = "(" + OpenWireFormat.CLIENT_ID + " IS NULL OR " + OpenWireFormat.CLIENT_ID + " <> '" + clientId.replace("'", "''") + "')";
        return selector.isBlank() ? others : "(" + selector + ") AND " + others;
    }
}
