package io.delos.mqtt;

import java.util.Optional;

/**
 * What a client subscribes to. Immutable.
 *
 * @param text   as the client wrote it; names the subscription
 * @param group  the group of a shared subscription; empty for an ordinary one
 * @param filter the topics
 */
record TopicFilter(String text, String group, String filter) {

    /** What the filter of a shared subscription begins with. */
    static final String SHARE = "$share/";

    /** Reads what SUBSCRIBE carries; empty if it isn't a filter (MQTT 5, 4.7.1 and 4.8.2). A part behind {@code ::} is left out. */
    static Optional<TopicFilter> parse(String text) {
        String group = "";
        String filter = text;
        if (text.startsWith(SHARE)) {
            int end = text.indexOf('/', SHARE.length());
            if (end <= SHARE.length()) {
                return Optional.empty();
            }
            group = text.substring(SHARE.length(), end);
            filter = text.substring(end + 1);
        }
        int queue = filter.indexOf("::");
        filter = queue >= 0 ? filter.substring(0, queue) : filter;
        boolean sound = !filter.isEmpty() && wellFormed(filter) && !group.contains("::") && group.indexOf('+') < 0 && group.indexOf('#') < 0;
        return sound ? Optional.of(new TopicFilter(text, group, filter)) : Optional.empty();
    }

    private static boolean wellFormed(String filter) {
        for (int i = 0; i < filter.length(); i++) {
            char c = filter.charAt(i);
            boolean begins = i == 0 || filter.charAt(i - 1) == '/';
            boolean last = i == filter.length() - 1;
            if (c == '#' && !(begins && last) || c == '+' && !(begins && (last || filter.charAt(i + 1) == '/'))) {
                return false;
            }
        }
        return true;
    }

    boolean shared() {
        return !group.isEmpty();
    }

    boolean wild() {
        return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
    }

    boolean beginsWild() {
        return filter.charAt(0) == '+' || filter.charAt(0) == '#';
    }

    /** The part in front of the first wildcard: every topic that matches begins so. */
    String literalStart() {
        int end = 0;
        while (end < filter.length() && filter.charAt(end) != '+' && filter.charAt(end) != '#') {
            end++;
        }
        boolean parent = end < filter.length() && filter.charAt(end) == '#' && end > 0;
        return filter.substring(0, parent ? end - 1 : end);
    }

    /** The name of the queue behind it. */
    String queue(String clientId, String address) {
        return (shared() ? group : clientId) + "." + address;
    }

    /** Whether the topic is one of those asked for (MQTT 5, 4.7): a wildcard in front doesn't match what begins with {@code $}. */
    boolean matches(String topic) {
        if (beginsWild() && topic.startsWith("$")) {
            return false;
        }
        int f = 0;
        int t = 0;
        while (true) {
            int fEnd = levelEnd(filter, f);
            if (fEnd - f == 1 && filter.charAt(f) == '#') {
                return true;
            }
            if (t > topic.length()) {
                return false;
            }
            int tEnd = levelEnd(topic, t);
            boolean any = fEnd - f == 1 && filter.charAt(f) == '+';
            if (!any && !(fEnd - f == tEnd - t && filter.regionMatches(f, topic, t, fEnd - f))) {
                return false;
            }
            f = fEnd + 1;
            t = tEnd + 1;
            if (f > filter.length()) {
                return t > topic.length();
            }
        }
    }

    private static int levelEnd(String levels, int from) {
        int end = levels.indexOf('/', from);
        return end < 0 ? levels.length() : end;
    }
}
