package io.delos.cli;

import io.delos.server.DataDirectory;
import io.delos.server.DataFiles;
import io.delos.server.StartException;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** Makes a stopped broker's files as small as what lives in them. */
@Command(name = "compact", description = "Give back what a stopped broker's files hold for nothing.")
final class CompactCommand extends DataAction {

    @Override
    int perform(DataFiles data, PrintStream out) throws StartException, IOException {
        DataDirectory.Compacted done = DataDirectory.compact(data);
        out.println("Compactation succeeded for " + data.journal());
        out.println(done.before() + " bytes of files became " + done.after());
        return DONE;
    }
}
