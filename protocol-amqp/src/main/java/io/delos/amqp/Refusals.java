package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.NotAccepted;
import io.delos.broker.Reason;
import io.delos.direct.Fate;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;

/** How messages of one client's sender are refused: by the outcomes its source says that it understands (AMQP document, section 5). */
final class Refusals {

    private final List<Symbol> understood;
    private final Outcome otherwise;
    private final boolean modifiedWhenFull;

    /** @param modifiedWhenFull whether a full address is answered with modified, where that is understood */
    Refusals(org.apache.qpid.proton.amqp.transport.Source source, boolean modifiedWhenFull) {
        Source terms = source instanceof Source ? (Source) source : new Source();
        this.understood = terms.getOutcomes() == null ? List.of() : Arrays.asList(terms.getOutcomes());
        this.otherwise = terms.getDefaultOutcome();
        this.modifiedWhenFull = modifiedWhenFull;
    }

    /** Whether a client's sender knows what rejected is. */
    static boolean understandsRejected(org.apache.qpid.proton.amqp.transport.Source source) {
        Symbol[] outcomes = source instanceof Source ? ((Source) source).getOutcomes() : null;
        return outcomes == null || outcomes.length == 0 || Arrays.asList(outcomes).contains(Rejected.DESCRIPTOR_SYMBOL);
    }

    /** The outcome for a message that the broker refused. */
    DeliveryState of(BrokerException refusal) {
        boolean modified = understood.contains(Modified.DESCRIPTOR_SYMBOL) || otherwise instanceof Modified;
        if (modifiedWhenFull && modified && refusal.reason() == Reason.ADDRESS_FULL) {
            Modified failed = new Modified();
            failed.setDeliveryFailed(true);
            return failed;
        }
        if (refusal instanceof NotAccepted) {
            return of(((NotAccepted) refusal).fate());
        }
        if (refusal.reason() == Reason.ADDRESS_NOT_FOUND) {
            return rejected(new ErrorCondition(AmqpErrors.FAILED, SendTarget.missing(refusal)));
        }
        return rejected(AmqpErrors.rejection(refusal));
    }

    /** What the consumers of a direct address said, if the client's sender knows that outcome. */
    private DeliveryState of(Fate fate) {
        DeliveryState state = Fates.state(fate);
        Symbol symbol = state instanceof Modified ? Modified.DESCRIPTOR_SYMBOL
                : state instanceof Released ? Released.DESCRIPTOR_SYMBOL : Rejected.DESCRIPTOR_SYMBOL;
        boolean known = understood.isEmpty() || understood.contains(symbol) || state.getClass().isInstance(otherwise);
        return known ? state : rejected(new ErrorCondition(AmqpErrors.FAILED, fate.sentence()));
    }

    /** The outcome for a message that is refused with this error. */
    DeliveryState rejected(ErrorCondition error) {
        if (!understood.isEmpty() && !understood.contains(Rejected.DESCRIPTOR_SYMBOL) && otherwise instanceof DeliveryState) {
            return (DeliveryState) otherwise;
        }
        Rejected rejected = new Rejected();
        rejected.setError(error);
        return rejected;
    }
}
