package io.delos.cli;

import io.delos.journal.Disk;
import io.delos.journal.Scanner;
import io.delos.server.DataDirectory;
import io.delos.server.DataFiles;
import io.delos.server.StartException;
import io.delos.server.Verification;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code artemis data …}. */
final class DataCommands {

    private DataCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("data", "Look at a stopped broker's data, put them in order, export them, or import an export, of Artemis too.",
                new Print(), new VerifyCommand(), new CompactCommand(), new RecoverCommand(), new ExportCommand(), new ImportCommand(),
                new TextCommands.Encode(), new TextCommands.Decode());
    }

    @Command(name = "print", description = "Print what is in the journal, and whether it is sound.")
    static final class Print extends ReadingAction {

        @Option(names = "--safe", description = "Leave out what messages say.")
        boolean safe;

        @Option(names = "--skip-bindings", description = "Leave out addresses and queues.")
        boolean skipBindings;

        @Option(names = "--skip-journal", description = "Leave out messages.")
        boolean skipJournal;

        @Option(names = "--reclaimed", description = "Accepted and left alone: files in reserve hold nothing.")
        boolean reclaimed;

        @Option(names = "--max-pages", paramLabel = "<count>", description = "Accepted and left alone: there are no pages.")
        int maxPages;

        @Override
        int perform(DataFiles data, PrintStream out) throws StartException, IOException {
            Banner.lines().forEach(out::println);
            JournalPrinter printer = new JournalPrinter(out, data.journal(), safe);
            Scanner scanner = new Scanner(Disk.real(), data.journal());
            if (!skipBindings) {
                printer.title("B I N D I N G S  J O U R N A L");
                scanner.scan(printer.bindings());
            }
            if (!skipJournal) {
                printer.title("M E S S A G E S   J O U R N A L");
                scanner.scan(printer.messages());
            }
            printer.title("W H A T   L I V E S");
            Verification.Health health = DataDirectory.verify(data, ignoreLock, finding -> { });
            VerifyCommand.tell(health, out);
            return health.sound() ? DONE : FAILED;
        }
    }
}
