package io.delos.server;

/**
 * Something that a look at a data directory has found.
 *
 * @param kind what it means
 * @param file the file's name, or that of a directory within, or empty if it is about all of them
 * @param offset where in the file, in bytes
 * @param what a sentence for the operator
 */
public record Finding(Kind kind, String file, long offset, String what) {

    /** What a finding means. */
    public enum Kind {
        /** Something is not what was written. What that costs is told by {@link #LOSS}es. */
        DAMAGE,
        /** Something is not what was written, and nothing is lost by it. */
        HARMLESS,
        /** A message can't be read any more. */
        LOSS,
        /** Good to know. */
        REMARK
    }

    /** The line for the operator. */
    public String line() {
        return (file.isEmpty() ? "" : file + " at offset " + offset + ": ") + what;
    }
}
