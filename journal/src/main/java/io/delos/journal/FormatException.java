package io.delos.journal;

import java.io.IOException;

/** A file in the journal's directory is not this journal's, or was written by a newer release. */
public final class FormatException extends IOException {
    private static final long serialVersionUID = 1;

    /** The message becomes "{@code <file>: <what>}". */
    public FormatException(String file, String what) {
        super(file + ": " + what);
    }
}
