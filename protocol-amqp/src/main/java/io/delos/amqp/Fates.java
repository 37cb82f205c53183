package io.delos.amqp;

import io.delos.direct.Fate;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;

/** A consumer's outcome on its way to the producer, past a broker that keeps nothing: with all its fields. Stateless. */
final class Fates {

    private Fates() { }

    /** What a state says beyond which outcome it is; empty if it says nothing. */
    static Optional<Fate> of(Object state) {
        Object outcome = state instanceof TransactionalState ? ((TransactionalState) state).getOutcome() : state;
        if (outcome instanceof Modified) {
            Modified modified = (Modified) outcome;
            return Optional.of(Fate.modified(Boolean.TRUE.equals(modified.getDeliveryFailed()),
                    Boolean.TRUE.equals(modified.getUndeliverableHere()), orNone(modified.getMessageAnnotations())));
        } else if (outcome instanceof Rejected) {
            ErrorCondition error = ((Rejected) outcome).getError();
            return Optional.of(error == null || error.getCondition() == null ? Fate.REJECTED : Fate.rejected(error.getCondition().toString(),
                    error.getDescription() == null ? "" : error.getDescription(), orNone(error.getInfo())));
        }
        return Optional.empty();
    }

    private static Map<?, ?> orNone(Map<?, ?> map) {
        return map == null ? Map.of() : map;
    }

    /** The same as a state again. */
    static DeliveryState state(Fate fate) {
        return switch (fate.kind()) {
            case ACCEPTED -> Accepted.getInstance();
            case RELEASED -> Released.getInstance();
            case MODIFIED -> modified(fate);
            case REJECTED -> rejected(fate);
        };
    }

    private static Modified modified(Fate fate) {
        Modified modified = new Modified();
        modified.setDeliveryFailed(fate.deliveryFailed());
        modified.setUndeliverableHere(fate.undeliverableHere());
        if (!fate.details().isEmpty()) {
            modified.setMessageAnnotations(fate.details());
        }
        return modified;
    }

    private static Rejected rejected(Fate fate) {
        Rejected rejected = new Rejected();
        if (!fate.condition().isEmpty()) {
            ErrorCondition error = new ErrorCondition(Symbol.valueOf(fate.condition()), fate.description());
            if (!fate.details().isEmpty()) {
                error.setInfo(fate.details());
            }
            rejected.setError(error);
        }
        return rejected;
    }
}
