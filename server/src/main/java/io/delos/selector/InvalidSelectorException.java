package io.delos.selector;

/** The text isn't a selector. The message is the one clients know; {@link #reason} says what is wrong with it. */
public final class InvalidSelectorException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_SHOWN = 1000;

    private final String reason;

    InvalidSelectorException(String selector, String reason) {
        super("AMQ229020: Invalid filter: "
            + (selector.length() > LONGEST_SHOWN ? selector.substring(0, LONGEST_SHOWN) + "..." : selector));
        this.reason = reason;
    }

    /** What is wrong, for the log. */
    public String reason() {
        return reason;
    }
}
