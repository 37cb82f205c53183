package io.delos.mqtt;

import io.delos.config.WildcardSyntax;

/**
 * Topics to addresses and back (mqtt document, section 6). {@code /} becomes the broker's delimiter, and whole levels {@code +} and
 * {@code #} of a filter its wildcards; characters that mean something only to the broker, and the backslash, get a backslash in front.
 * When the broker's own syntax is MQTT's nothing changes. Immutable; any thread.
 */
final class TopicNames {

    private static final char ESCAPE = '\\';

    private final WildcardSyntax syntax;
    private final boolean same;

    TopicNames(WildcardSyntax syntax) {
        this.syntax = syntax;
        this.same = syntax.delimiter() == '/' && syntax.singleWord() == '+' && syntax.anyWords() == '#';
    }

    /** The address of a topic name. */
    String address(String topic) {
        return translate(topic, false);
    }

    /** The address, a wildcard one perhaps, of a topic filter. */
    String pattern(String filter) {
        return translate(filter, true);
    }

    private String translate(String topic, boolean filter) {
        if (same) {
            return topic;
        }
        StringBuilder address = null;
        for (int i = 0; i < topic.length(); i++) {
            char c = topic.charAt(i);
            char to = c == '/' ? syntax.delimiter() : filter && c == '+' ? syntax.singleWord() : filter && c == '#' ? syntax.anyWords() : c;
            boolean escape = to == c && c != '/' && special(c) && !(filter && (c == '+' || c == '#'));
            if (address == null && (escape || to != c)) {
                address = new StringBuilder(topic.length() + 8).append(topic, 0, i);
            }
            if (escape) {
                address.append(ESCAPE);
            }
            if (address != null) {
                address.append(to);
            }
        }
        return address == null ? topic : address.toString();
    }

    private boolean special(char c) {
        return c == syntax.delimiter() || c == syntax.singleWord() || c == syntax.anyWords() || c == ESCAPE;
    }

    /** The topic of an address. Wildcards that other protocols left in a concrete address stay as they are. */
    String topic(String address) {
        if (same) {
            return address;
        }
        StringBuilder topic = null;
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean escape = c == ESCAPE && i + 1 < address.length() && special(address.charAt(i + 1));
            boolean delimiter = c == syntax.delimiter();
            if (topic == null && (escape || delimiter)) {
                topic = new StringBuilder(address.length()).append(address, 0, i);
            }
            if (topic != null) {
                topic.append(escape ? address.charAt(++i) : delimiter ? '/' : c);
            }
        }
        return topic == null ? address : topic.toString();
    }

    /** Whether a pattern made by {@link #pattern} begins with a wildcard, which must not match what begins with {@code $}. */
    boolean beginsWild(String pattern) {
        return !pattern.isEmpty() && (pattern.charAt(0) == syntax.singleWord() || pattern.charAt(0) == syntax.anyWords());
    }
}
