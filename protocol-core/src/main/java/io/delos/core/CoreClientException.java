package io.delos.core;

import java.io.IOException;

/** The broker refused what a {@link CoreClient} asked; the connection is fine. */
public final class CoreClientException extends IOException {
    /** A management operation failed: the text is what the broker said of it. */
    public static final int MANAGEMENT = -1;
    private static final long serialVersionUID = 1L;

    private final int code;

    CoreClientException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The protocol's error code (section 5.4), for instance 100 for a queue that does not exist; or {@link #MANAGEMENT}. */
    public int code() {
        return code;
    }
}
