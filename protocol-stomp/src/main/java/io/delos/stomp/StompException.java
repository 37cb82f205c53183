package io.delos.stomp;

/** What an ERROR frame will say. Carries no stack trace: it is an answer, not a fault. */
final class StompException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String body;
    private final boolean fatal;

    /**
     * @param message the {@code message} header; empty for none
     * @param body    the frame's body; empty for none
     * @param fatal   whether the connection ends, whatever its version
     */
    StompException(String message, String body, boolean fatal) {
        super(message, null, false, false);
        this.body = body;
        this.fatal = fatal;
    }

    String body() {
        return body;
    }

    boolean fatal() {
        return fatal;
    }
}
