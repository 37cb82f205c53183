package io.delos.management;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import java.util.Optional;

/** Management says no; the sentence is for the user. */
final class ManagementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<Reason> reason;

    ManagementException(String sentence) {
        super(sentence, null, false, false);
        reason = Optional.empty();
    }

    ManagementException(BrokerException refusal) {
        super(refusal.getMessage(), null, false, false);
        reason = Optional.of(refusal.reason());
    }

    /** The broker's reason, if it was the broker that refused. */
    Optional<Reason> reason() {
        return reason;
    }
}
