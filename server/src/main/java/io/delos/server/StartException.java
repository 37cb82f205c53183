package io.delos.server;

/** The server can't start; the message is one line for the operator. Nothing is left running. */
public final class StartException extends Exception {

    private static final long serialVersionUID = 1L;

    public StartException(String sentence) {
        super(sentence);
    }

    public StartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
