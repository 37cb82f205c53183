package io.delos.cli;

import io.delos.server.DataDirectory;
import io.delos.server.DataFiles;
import io.delos.server.StartException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes what can be read of a damaged journal into another directory. Exit code 0 if no message was lost, 1 if some were. */
@Command(name = "recover", aliases = "recovery",
        description = "Write what can be read of a stopped broker's data into another directory, which is sound then. The old one stays as it is.")
final class RecoverCommand extends DataAction {

    @Option(names = "--target", required = true, paramLabel = "<directory>", description = "Where to; made if missing, else empty.")
    Path target;

    @Option(names = "--reclaimed", description = "Accepted and left alone: what was acknowledged is not brought back.")
    boolean reclaimed;

    @Override
    int perform(DataFiles data, PrintStream out) throws StartException, IOException {
        out.println("Recovering messages from " + data.journal());
        DataDirectory.Recovered done = DataDirectory.recover(data, target.toAbsolutePath(),
                finding -> out.println(VerifyCommand.label(finding.kind()) + " " + finding.line()));
        done.lost().forEach((queue, count) -> out.println("Queue " + queue + ": " + count + " messages can't be read and are gone"));
        if (done.lostReferences() > 0) {
            out.println(done.lostReferences() + " messages are gone with the references to them");
        }
        out.println("In " + target + " is now:");
        VerifyCommand.tell(done.health(), out);
        if (done.health().bodies() > 0) {
            out.println("Bodies of large messages are in its directory 'bodies': large-messages-directory of broker.xml is to name that.");
        }
        return done.lost().isEmpty() && done.lostReferences() == 0 && done.health().sound() ? DONE : FAILED;
    }
}
