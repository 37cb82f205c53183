package io.delos.cli;

import io.delos.config.BrokerSettings;
import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import io.delos.server.DataFiles;
import io.delos.server.StartException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that works on the files of a broker that is not running. */
abstract class DataAction extends Action {

    @Option(names = "--broker", paramLabel = "<path>", description = "Another broker.xml.")
    Path broker;

    @Option(names = "--journal", paramLabel = "<path>", description = "The journal's directory. Default: as in broker.xml.")
    Path journal;

    @Option(names = "--large-messages", paramLabel = "<path>",
            description = "The directory of large messages' bodies. Default: as in broker.xml; bodies, in the journal's, with --journal.")
    Path largeMessages;

    @Option(names = {"--bindings", "--paging"}, paramLabel = "<path>", description = "Accepted and left alone: everything is in the journal.")
    Path elsewhere;

    @Option(names = "--output", paramLabel = "<file>", description = "Write to a file.")
    Path output;

    @Parameters(paramLabel = "<configuration>", arity = "0..1", description = "Another bootstrap.xml.")
    String configuration;

    @Override
    @SuppressWarnings("try") // the lock is held, not used
    final int perform() throws Exception {
        DataFiles directory = files();
        if (!Files.isDirectory(directory.journal())) {
            throw new CliException("There is no journal in " + directory.journal());
        }
        if (evenInUse() || surroundings().instance().isEmpty()) {
            return perform(directory);
        }
        try (InstanceLock lock = InstanceLock.take(surroundings().requireInstance())) {
            return perform(directory);
        }
    }

    private int perform(DataFiles directory) throws CliException {
        try {
            return output == null ? toTerminal(directory) : toFile(directory);
        } catch (StartException refused) {
            throw new CliException("Error: " + refused.getMessage(), refused);
        } catch (IOException failure) {
            throw new CliException("Error: " + failure.getMessage(), failure);
        }
    }

    private int toTerminal(DataFiles directory) throws StartException, IOException, CliException {
        int code = perform(directory, terminal().out());
        demandWritten(terminal().out());
        return code;
    }

    /** What is there under the file's name is always whole. */
    private int toFile(DataFiles directory) throws StartException, IOException, CliException {
        Path partial = output.resolveSibling(output.getFileName() + ".partial");
        try {
            int code;
            try (PrintStream file = new PrintStream(Files.newOutputStream(partial), false, StandardCharsets.UTF_8)) {
                code = perform(directory, file);
                demandWritten(file);
            }
            Files.move(partial, output, StandardCopyOption.REPLACE_EXISTING);
            return code;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** A {@link PrintStream} keeps its failures to itself. */
    private static void demandWritten(PrintStream out) throws IOException {
        if (out.checkError()) {
            throw new IOException("the output can't be written");
        }
    }

    /** Whether to go on though a broker may be running. */
    boolean evenInUse() {
        return false;
    }

    /** Does the work and returns the exit code. */
    abstract int perform(DataFiles data, PrintStream out) throws StartException, IOException, CliException;

    private DataFiles files() throws CliException {
        DataFiles found = journal != null ? DataFiles.in(journal.toAbsolutePath()) : configured();
        return largeMessages == null ? found : new DataFiles(found.journal(), largeMessages.toAbsolutePath());
    }

    private DataFiles configured() throws CliException {
        Path xml = broker != null ? broker : Bootstrap.read(surroundings(), configuration).brokerXml();
        try {
            BrokerSettings.Storage named = BrokerXml.read(xml).config().storage();
            Path instance = surroundings().requireInstance();
            return new DataFiles(instance.resolve(named.journalDirectory()), instance.resolve(named.largeMessagesDirectory()));
        } catch (ConfigException e) {
            throw new CliException(e.getMessage(), e);
        }
    }
}
