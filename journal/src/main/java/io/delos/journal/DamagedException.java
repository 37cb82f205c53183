package io.delos.journal;

import java.io.IOException;

/** Stored bytes are not what was written: a checksum fails, or a file that must be there is missing. */
public final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final long offset;

    /** The message becomes "{@code <file> at offset <offset>: <what>}". */
    public DamagedException(String file, long offset, String what) {
        super(file + " at offset " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
    }

    /** The damaged or missing file's name, without its directory. */
    public String file() {
        return file;
    }

    /** Where in the file, in bytes from its beginning. */
    public long offset() {
        return offset;
    }
}
