package io.delos.cli;

import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
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

    @Option(names = {"--bindings", "--paging", "--large-messages"}, paramLabel = "<path>",
            description = "Accepted and left alone: everything is in the journal.")
    Path elsewhere;

    @Option(names = "--output", paramLabel = "<file>", description = "Write to a file.")
    Path output;

    @Parameters(paramLabel = "<configuration>", arity = "0..1", description = "Another bootstrap.xml.")
    String configuration;

    @Override
    @SuppressWarnings("try") // the lock is held, not used
    final int perform() throws Exception {
        Path directory = directory();
        if (!Files.isDirectory(directory)) {
            throw new CliException("There is no journal in " + directory);
        }
        if (evenInUse() || surroundings().instance().isEmpty()) {
            return perform(directory);
        }
        try (InstanceLock lock = InstanceLock.take(surroundings().requireInstance())) {
            return perform(directory);
        }
    }

    private int perform(Path directory) throws CliException {
        try {
            return output == null ? toTerminal(directory) : toFile(directory);
        } catch (StartException refused) {
            throw new CliException("Error: " + refused.getMessage(), refused);
        } catch (IOException failure) {
            throw new CliException("Error: " + failure.getMessage(), failure);
        }
    }

    private int toTerminal(Path directory) throws StartException, IOException, CliException {
        int code = perform(directory, terminal().out());
        demandWritten(terminal().out());
        return code;
    }

    /** What is there under the file's name is always whole. */
    private int toFile(Path directory) throws StartException, IOException, CliException {
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
    abstract int perform(Path directory, PrintStream out) throws StartException, IOException, CliException;

    private Path directory() throws CliException {
        if (journal != null) {
            return journal.toAbsolutePath();
        }
        Path xml = broker != null ? broker : Bootstrap.read(surroundings(), configuration).brokerXml();
        try {
            Path named = Path.of(BrokerXml.read(xml).config().storage().journalDirectory());
            return surroundings().requireInstance().resolve(named);
        } catch (ConfigException e) {
            throw new CliException(e.getMessage(), e);
        }
    }
}
