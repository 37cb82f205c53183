package io.delos.history;

/** From when to when something was under way, by the one clock of a history, in nanoseconds: it took effect somewhere between, if at all. */
record Span(long from, long to) {

    /** The end of what has none. */
    static final long NEVER = Long.MAX_VALUE;

    Span {
        if (from > to) {
            throw new IllegalArgumentException("a span from " + from + " to " + to);
        }
    }

    boolean overlaps(Span other) {
        return from <= other.to && other.from <= to;
    }

    boolean covers(Span other) {
        return from <= other.from && other.to <= to;
    }
}
