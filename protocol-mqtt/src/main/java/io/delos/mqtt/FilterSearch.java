package io.delos.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the topics a filter matches among very many that are sorted by their bytes: of a topic that doesn't match it tells where the next one
 * may be that does, so that whole branches are passed over. Immutable.
 */
final class FilterSearch {

    /** The character that sorts behind the slash, and behind {@code $}: whatever lies below a level sorts before the level and this. */
    private static final String BEHIND_SLASH = "0";
    private static final String BEHIND_DOLLAR = "%";

    private final TopicFilter filter;
    private final String[] levels;
    private final boolean below;

    FilterSearch(TopicFilter filter) {
        this.filter = filter;
        String[] all = filter.filter().split("/", -1);
        this.below = all[all.length - 1].equals("#");
        this.levels = below ? Arrays.copyOf(all, all.length - 1) : all;
    }

    /** Where the topics begin that may match. */
    String start() {
        return filter.literalStart();
    }

    /**
     * Of a topic that doesn't match: a later one before which none does; empty if none of those that follow matches.
     *
     * @param topic not less than {@link #start}
     */
    Optional<String> further(String topic) {
        if (topic.startsWith("$") && filter.beginsWild()) {
            return Optional.of(BEHIND_DOLLAR);
        }
        int begin = 0;
        for (int level = 0; level < levels.length; level++) {
            int end = topic.indexOf('/', begin);
            String own = topic.substring(begin, end < 0 ? topic.length() : end);
            String wanted = levels[level];
            if (!wanted.equals("+") && !wanted.equals(own)) {
                return elsewhere(topic, begin, level);
            }
            if (end < 0) {
                // too short: what follows may be below it
                return Optional.of(topic + "\0");
            }
            begin = end + 1;
        }
        return Optional.of(topic.substring(0, begin - 1) + BEHIND_SLASH);
    }

    /** The topic differs at a level, which begins at {@code begin}, where the filter has no wildcard. */
    private Optional<String> elsewhere(String topic, int begin, int level) {
        String exact = topic.substring(0, begin) + levels[level];
        if (before(topic, exact)) {
            return Optional.of(exact);
        }
        boolean deeper = below || level + 1 < levels.length;
        if (deeper && before(topic, exact + "/")) {
            return Optional.of(exact + "/");
        }
        for (int above = level - 1; above >= 0; above--) {
            if (levels[above].equals("+")) {
                int end = 0;
                for (int i = 0; i <= above; i++) {
                    end = topic.indexOf('/', end + (i == 0 ? 0 : 1));
                }
                return Optional.of(topic.substring(0, end) + BEHIND_SLASH);
            }
        }
        return Optional.empty();
    }

    private static boolean before(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8)) < 0;
    }
}
