package io.delos.server;

import io.delos.broker.BrokerFiles;
import java.nio.file.Path;

/**
 * Where a server's data are.
 *
 * @param journal the journal's directory
 * @param bodies  the directory of large messages' bodies
 */
public record DataFiles(Path journal, Path bodies) {

    /** Bodies are beside the journal's files. */
    public static DataFiles in(Path journal) {
        return new DataFiles(journal, BrokerFiles.beside(journal));
    }
}
