package io.delos.broker;

/** A refusal: a {@link Reason} for the protocol's error code and a sentence for the user. Carries no stack trace; it is an answer, not a fault. */
public class BrokerException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public BrokerException(Reason reason, String sentence) {
        super(sentence, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
