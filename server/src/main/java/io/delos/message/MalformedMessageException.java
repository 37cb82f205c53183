package io.delos.message;

/** A message's bytes are not what its format says they are. The sentence says where. */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String sentence) {
        super(sentence);
    }

    public MalformedMessageException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
