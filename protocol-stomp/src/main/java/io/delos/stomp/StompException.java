package io.delos.stomp;

/** What an ERROR frame will say. Carries no stack trace: it is an answer, not a fault. */
final class StompException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String body;
    private final Version endsFrom;

    /**
     * @param message  the {@code message} header; empty for none
     * @param body     the frame's body; empty for none
     * @param endsFrom the first version in which the connection ends with it
     */
    StompException(String message, String body, Version endsFrom) {
        super(message, null, false, false);
        this.body = body;
        this.endsFrom = endsFrom;
    }

    String body() {
        return body;
    }

    Version endsFrom() {
        return endsFrom;
    }
}
