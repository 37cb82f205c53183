package io.delos.openwire;

/** What came from the network is not OpenWire; the sentence says why. It costs the connection, so it carries no stack trace. */
final class MalformedFrameException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedFrameException(String sentence) {
        super(sentence, null, false, false);
    }
}
