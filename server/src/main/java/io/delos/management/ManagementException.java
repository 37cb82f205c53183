package io.delos.management;

/** Management says no; the sentence is for the user. */
final class ManagementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ManagementException(String sentence) {
        super(sentence, null, false, false);
    }
}
