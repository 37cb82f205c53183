package io.delos.address;

/** The address book says no. An answer, not a fault: it carries no stack trace. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        ADDRESS_NOT_FOUND, QUEUE_NOT_FOUND, ADDRESS_EXISTS, QUEUE_EXISTS, ADDRESS_IN_USE, QUEUE_IN_USE, ROUTING_TYPE_MISMATCH, INVALID_REQUEST,
        INVALID_SELECTOR
    }

    private final Kind kind;

    public RefusedException(Kind kind, String sentence) {
        super(sentence, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
