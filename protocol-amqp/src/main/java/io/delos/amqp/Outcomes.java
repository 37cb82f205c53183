package io.delos.amqp;

import io.delos.broker.Outcome;
import io.delos.queue.Delivery;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;

/**
 * What a client's delivery states mean to the broker (AMQP document, section 9).
 *
 * @param rejectIsFailure whether a rejected message is a failed attempt instead of a dead letter
 */
record Outcomes(boolean rejectIsFailure) {

    /** So much is kept of an error's words. */
    private static final int LONGEST = 1024;

    /** Notes on a delivery what a state says of it beyond its outcome. */
    static void note(Object state, Delivery delivery) {
        Map<String, Object> reason = reason(state);
        if (!reason.isEmpty()) {
            delivery.remark(reason);
        }
        Map<String, Object> notes = notes(state);
        if (!notes.isEmpty()) {
            delivery.note(notes);
        }
        Fates.of(state).ifPresent(delivery::word);
    }

    /** Why a message was rejected, as properties for its dead letter; empty if that was not said. */
    static Map<String, Object> reason(Object state) {
        Object outcome = state instanceof TransactionalState ? ((TransactionalState) state).getOutcome() : state;
        ErrorCondition error = outcome instanceof Rejected ? ((Rejected) outcome).getError() : null;
        if (error == null || error.getCondition() == null) {
            return Map.of();
        }
        String description = error.getDescription() == null ? "" : error.getDescription();
        return Map.of("_AMQ_REJECTED_CONDITION", cut(error.getCondition().toString()), "_AMQ_REJECTED_DESCRIPTION", cut(description));
    }

    /** What a modified message is to have in its annotations, as properties; empty if nothing. */
    static Map<String, Object> notes(Object state) {
        Object outcome = state instanceof TransactionalState ? ((TransactionalState) state).getOutcome() : state;
        Map<?, ?> annotations = outcome instanceof Modified ? ((Modified) outcome).getMessageAnnotations() : null;
        return annotations == null || annotations.isEmpty() ? Map.of() : Modifications.of(annotations);
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST));
    }

    /** The outcome a state stands for; empty for one that settles nothing. */
    Optional<Outcome> of(Object state) {
        if (state instanceof Accepted) {
            return Optional.of(Outcome.ACCEPTED);
        } else if (state instanceof Released) {
            return Optional.of(Outcome.RELEASED);
        } else if (state instanceof Rejected) {
            return Optional.of(rejectIsFailure ? Outcome.FAILED : Outcome.REJECTED);
        } else if (state instanceof Modified) {
            Modified modified = (Modified) state;
            return Optional.of(new Outcome(Outcome.Kind.RELEASED, Boolean.TRUE.equals(modified.getDeliveryFailed()),
                    Boolean.TRUE.equals(modified.getUndeliverableHere())));
        } else if (state instanceof TransactionalState) {
            return of(((TransactionalState) state).getOutcome());
        }
        return Optional.empty();
    }
}
