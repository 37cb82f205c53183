package io.delos.cli;

import java.io.IOException;
import javax.xml.stream.Location;

/** An export is not what it should be. The sentence begins with line and column. */
final class ExportFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    ExportFormatException(Location where, String what, Throwable cause) {
        super("line " + where.getLineNumber() + ", column " + where.getColumnNumber() + ": " + what, cause);
    }
}
