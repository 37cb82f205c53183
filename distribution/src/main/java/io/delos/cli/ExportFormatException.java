package io.delos.cli;

import java.io.IOException;

/** An export is not what it should be. The sentence begins with line and column. */
final class ExportFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    ExportFormatException(int line, int column, String what, Throwable cause) {
        super("line " + line + ", column " + column + ": " + what, cause);
    }
}
