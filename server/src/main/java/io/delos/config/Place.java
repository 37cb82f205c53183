package io.delos.config;

/**
 * Where in the configuration something was written, so that a complaint can point at it.
 *
 * @param file the file's name as a person would look for it, empty when the value did not come from a file
 * @param line the line, counted from 1; 0 when there is none
 */
public record Place(String file, int line) {
    /** Not from a file: a property, a management call, a test. */
    public static final Place NONE = new Place("", 0);

    @Override public String toString() {
        if (file.isEmpty()) {
            return "";
        }
        return line > 0 ? file + ":" + line : file;
    }
}
