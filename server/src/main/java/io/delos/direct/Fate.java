package io.delos.direct;

import java.util.Map;

/**
 * What became of a message that was passed through, in the words of who took it; shaped after AMQP 1.0 part 3 §3.4.
 *
 * @param deliveryFailed    of {@link Kind#MODIFIED}: whether it counts as a failed attempt
 * @param undeliverableHere of {@link Kind#MODIFIED}: the consumer wants it never again
 * @param condition         of {@link Kind#REJECTED}: the error's symbol; empty for none
 * @param description       of {@link Kind#REJECTED}: the error's sentence; empty for none
 * @param details           of {@link Kind#REJECTED} the error's info, of {@link Kind#MODIFIED} the message-annotations, in the types of the
 *                          consumer's protocol, which alone reads them; empty for none
 */
public record Fate(Kind kind, boolean deliveryFailed, boolean undeliverableHere, String condition, String description, Map<?, ?> details) {

    /** From good to bad: of several the last says what the producer hears. */
    public enum Kind {
        /** Taken for good. */
        ACCEPTED,
        /** Not taken, and as if it had never been sent. */
        RELEASED,
        /** Not taken, and something was learnt of it. */
        MODIFIED,
        /** Not to be sent again. */
        REJECTED
    }

    public static final Fate ACCEPTED = of(Kind.ACCEPTED, false);
    public static final Fate RELEASED = of(Kind.RELEASED, false);
    public static final Fate REJECTED = of(Kind.REJECTED, false);
    /** Tried in vain. */
    public static final Fate FAILED = of(Kind.MODIFIED, true);

    private static Fate of(Kind kind, boolean failed) {
        return new Fate(kind, failed, false, "", "", Map.of());
    }

    /** Rejected, and why. */
    public static Fate rejected(String condition, String description, Map<?, ?> info) {
        return new Fate(Kind.REJECTED, false, false, condition, description, info);
    }

    /** Modified, and how. */
    public static Fate modified(boolean deliveryFailed, boolean undeliverableHere, Map<?, ?> annotations) {
        return new Fate(Kind.MODIFIED, deliveryFailed, undeliverableHere, "", "", annotations);
    }

    /** The worse of the two; this one if they are alike. */
    Fate worse(Fate other) {
        return other.kind.compareTo(kind) > 0 ? other : this;
    }

    /** A sentence for who can be told no more than that. */
    public String sentence() {
        return switch (kind) {
            case ACCEPTED -> "the message was accepted";
            case RELEASED -> "no consumer took the message";
            case MODIFIED -> "a consumer could not take the message";
            case REJECTED -> "a consumer rejected the message" + (condition.isEmpty() ? "" : ": " + condition)
                    + (description.isEmpty() ? "" : (condition.isEmpty() ? ": " : " ") + description);
        };
    }
}
