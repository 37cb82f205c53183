package io.delos.broker;

/**
 * How a consumer settles a delivery; shaped after AMQP 1.0 part 3 §3.4, onto which the other protocols map.
 *
 * @param kind              what happens to the message
 * @param deliveryFailed    for {@link Kind#RELEASED}: whether it counts as a failed attempt
 * @param undeliverableHere for {@link Kind#RELEASED}: never offer it to this consumer again
 */
public record Outcome(Kind kind, boolean deliveryFailed, boolean undeliverableHere) {

    /** What happens to the message. */
    public enum Kind {
        /** Consumed: it is gone. */
        ACCEPTED,
        /** To the dead-letter address. */
        REJECTED,
        /** Back to where it stood in the queue. */
        RELEASED
    }

    public static final Outcome ACCEPTED = new Outcome(Kind.ACCEPTED, false, false);
    public static final Outcome REJECTED = new Outcome(Kind.REJECTED, true, false);
    /** Back to the queue as if it had never been handed out. */
    public static final Outcome RELEASED = new Outcome(Kind.RELEASED, false, false);
    /** Back to the queue, one delivery attempt spent; at the limit of attempts it goes to the dead-letter address. */
    public static final Outcome FAILED = new Outcome(Kind.RELEASED, true, false);
}
