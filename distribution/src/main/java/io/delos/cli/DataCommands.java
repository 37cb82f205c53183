package io.delos.cli;

import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import io.delos.journal.Disk;
import io.delos.journal.Scanner;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code artemis data …}. */
final class DataCommands {

    private DataCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("data", "Print a journal, export it, or import an export, of Artemis too.", new Print(), new ExportCommand(), new ImportCommand());
    }

    @Command(name = "print", description = "Print what is in the journal, and whether it is sound.")
    static final class Print extends Action {

        @Option(names = "--broker", paramLabel = "<path>", description = "Another broker.xml.")
        Path broker;

        @Option(names = "--journal", paramLabel = "<path>", description = "The journal's directory. Default: as in broker.xml.")
        Path journal;

        @Option(names = {"--bindings", "--paging", "--large-messages"}, paramLabel = "<path>",
                description = "Accepted and left alone: everything is in the journal.")
        Path elsewhere;

        @Option(names = "--safe", description = "Leave out what messages say.")
        boolean safe;

        @Option(names = "--skip-bindings", description = "Leave out addresses and queues.")
        boolean skipBindings;

        @Option(names = "--skip-journal", description = "Leave out messages.")
        boolean skipJournal;

        @Option(names = "--f", description = "Do not care whether a broker is running.")
        boolean ignoreLock;

        @Option(names = "--output", paramLabel = "<file>", description = "Write to a file.")
        Path output;

        @Parameters(paramLabel = "<configuration>", arity = "0..1", description = "Another bootstrap.xml.")
        String configuration;

        @Override
        @SuppressWarnings("try") // the lock is held, not used
        int perform() throws Exception {
            Path directory = directory();
            if (!Files.isDirectory(directory)) {
                throw new CliException("There is no journal in " + directory);
            }
            if (ignoreLock || surroundings().instance().isEmpty()) {
                return print(directory);
            }
            try (InstanceLock lock = InstanceLock.take(surroundings().requireInstance())) {
                return print(directory);
            }
        }

        private Path directory() throws CliException {
            if (journal != null) {
                return journal;
            }
            Path xml = broker != null ? broker : Bootstrap.read(surroundings(), configuration).brokerXml();
            try {
                Path named = Path.of(BrokerXml.read(xml).config().storage().journalDirectory());
                return surroundings().requireInstance().resolve(named);
            } catch (ConfigException e) {
                throw new CliException(e.getMessage(), e);
            }
        }

        private int print(Path directory) throws IOException {
            if (output == null) {
                return print(directory, terminal().out());
            }
            try (PrintStream file = new PrintStream(Files.newOutputStream(output), false, StandardCharsets.UTF_8)) {
                return print(directory, file);
            }
        }

        private int print(Path directory, PrintStream out) throws IOException {
            Banner.lines().forEach(out::println);
            JournalPrinter printer = new JournalPrinter(out, directory, safe);
            Scanner scanner = new Scanner(Disk.real(), directory);
            if (!skipBindings) {
                printer.title("B I N D I N G S  J O U R N A L");
                scanner.scan(printer.bindings());
            }
            if (!skipJournal) {
                printer.title("M E S S A G E S   J O U R N A L");
                scanner.scan(printer.messages());
            }
            out.println();
            out.println(printer.sound() ? "The journal is sound." : "The journal is damaged, see the lines with #Damaged.");
            return printer.sound() ? DONE : FAILED;
        }
    }
}
