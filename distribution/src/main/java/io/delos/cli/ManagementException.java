package io.delos.cli;

/** The broker understood a management request and refused it; the message is the broker's. */
final class ManagementException extends Exception {

    private static final long serialVersionUID = 1L;

    ManagementException(String message) {
        super(message);
    }
}
