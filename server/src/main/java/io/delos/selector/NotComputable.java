package io.delos.selector;

/** Arithmetic was asked for on something that is no number: the selector as a whole doesn't match. Thrown often, so without a trace. */
final class NotComputable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final NotComputable INSTANCE = new NotComputable();

    private NotComputable() {
        super("not a number", null, false, false);
    }

    static NotComputable instance() {
        return INSTANCE;
    }
}
