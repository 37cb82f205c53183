package io.delos.broker;

import io.delos.direct.Fate;

/** The refusal of a message that was sent to a direct address and that its consumers did not take, or of which there were none. */
public final class NotAccepted extends BrokerException {

    private static final long serialVersionUID = 1L;

    private final transient Fate fate;

    NotAccepted(Fate fate) {
        super(Reason.NOT_ACCEPTED, fate.sentence());
        this.fate = fate;
    }

    /** What its consumers said. */
    public Fate fate() {
        return fate;
    }
}
