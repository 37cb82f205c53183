package io.delos.amqp;

import java.util.Optional;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.Terminus;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;

/**
 * How long what a link leaves unsettled is kept for it, by what its terminus asks for (AMQP 1.0 part 3 §3.5.5 and §3.5.6). Who asks for nothing has
 * nothing kept.
 *
 * @param policy  when the terminus begins to expire
 * @param timeout how long that takes, in milliseconds
 * @param most    how long anything is kept at all, in milliseconds
 */
record Keep(TerminusExpiryPolicy policy, long timeout, long most) {

    /** In milliseconds. */
    static final long SECOND = 1000;

    /** How a link ends that isn't closed. */
    enum End {
        /** By itself. */
        DETACH,
        /** With its session. */
        SESSION,
        /** With its connection. */
        CONNECTION
    }

    /**
     * What a link asks for: with a map of what is unsettled in its attach, with a time-out of its terminus, or by wanting that to be durable with its
     * unsettled state.
     *
     * @param terminus     the source, if the peer receives; the target, if it sends
     * @param resumes      whether its attach has a map, be it an empty one
     * @param subscription whether it is how clients ask for a durable subscription: then durable means that, and no more
     * @param most         how long anything is kept, in milliseconds; 0 or less for not at all
     */
    static Optional<Keep> of(Object terminus, boolean resumes, boolean subscription, long most) {
        if (most <= 0 || !(terminus instanceof Source || terminus instanceof Target)) {
            return Optional.empty();
        }
        Terminus asked = (Terminus) terminus;
        long timeout = asked.getTimeout() == null ? 0 : asked.getTimeout().longValue() * SECOND;
        boolean durable = asked.getDurable() == TerminusDurability.UNSETTLED_STATE && !subscription;
        boolean goesAtOnce = asked.getExpiryPolicy() == TerminusExpiryPolicy.LINK_DETACH && timeout == 0;
        return goesAtOnce || !resumes && timeout == 0 && !durable ? Optional.empty()
                : Optional.of(new Keep(asked.getExpiryPolicy(), timeout, most));
    }

    /** How long it is kept from this end on, in milliseconds; 0 for not at all. */
    long millis(End end) {
        return expiresAt(end) ? Math.min(timeout, most) : most;
    }

    /** Whether the terminus begins to expire now. */
    boolean expiresAt(End end) {
        if (policy == TerminusExpiryPolicy.NEVER) {
            return false;
        } else if (policy == TerminusExpiryPolicy.CONNECTION_CLOSE) {
            return end == End.CONNECTION;
        }
        return policy == TerminusExpiryPolicy.LINK_DETACH || end != End.DETACH;
    }
}
