package io.delos.sim;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;

/**
 * What happened, step by step: always as a number that two runs of one seed must agree on, and as lines, of which the last are kept, when
 * somebody wants to read it.
 */
final class Trace {
    private final int kept;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 17;

    /** @param kept how many lines; none are made if it is 0 */
    Trace(int kept) {
        this.kept = kept;
    }

    void count(long what) {
        hash = hash * 0x9E3779B97F4A7C15L + what;
    }

    void say(Supplier<String> line) {
        if (kept > 0) {
            if (lines.size() == kept) {
                lines.remove();
            }
            lines.add(line.get());
        }
    }

    /** Whether lines are made. */
    boolean told() {
        return kept > 0;
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
