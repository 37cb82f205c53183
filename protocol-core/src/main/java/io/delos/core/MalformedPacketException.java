package io.delos.core;

/** The peer sent bytes that no version of the protocol allows; its connection cannot be trusted any more. */
final class MalformedPacketException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Carries no stack trace: where the decoder stood says nothing, and a hostile peer should cost us little. */
    MalformedPacketException(String message) {
        super(message, null, false, false);
    }
}
