package io.delos.stomp;

import java.util.Optional;

/** The versions of the protocol and what differs between them. */
enum Version {

    V1_0("1.0", false, false), V1_1("1.1", true, false), V1_2("1.2", true, true);

    private final String text;
    private final boolean escapes;
    private final boolean carriageReturns;

    Version(String text, boolean escapes, boolean carriageReturns) {
        this.text = text;
        this.escapes = escapes;
        this.carriageReturns = carriageReturns;
    }

    /** As it stands in {@code accept-version} and {@code version}. */
    String text() {
        return text;
    }

    /** Whether header lines are escaped. */
    boolean escapes() {
        return escapes;
    }

    /** Whether a carriage return can be escaped and may end a line. */
    boolean carriageReturns() {
        return carriageReturns;
    }

    /** Of a header given twice: whether the first counts, or the last. */
    boolean firstWins() {
        return escapes;
    }

    /** The best of a comma list of versions, as a client writes it; empty if we speak none of them. */
    static Optional<Version> best(String accepted) {
        Optional<Version> best = Optional.empty();
        for (String token : accepted.split(",")) {
            for (Version version : values()) {
                if (version.text.equals(token.strip()) && best.filter(known -> known.compareTo(version) > 0).isEmpty()) {
                    best = Optional.of(version);
                }
            }
        }
        return best;
    }
}
