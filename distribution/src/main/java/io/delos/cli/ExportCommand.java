package io.delos.cli;

import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.server.StartException;
import io.delos.server.StoppedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes what a stopped broker holds in the form in which Artemis exports and imports it. */
@Command(name = "exp", description = "Export addresses, queues and durable messages of a stopped broker as XML.")
final class ExportCommand extends Action {

    @Option(names = "--broker", paramLabel = "<path>", description = "Another broker.xml.")
    Path broker;

    @Option(names = "--journal", paramLabel = "<path>", description = "The journal's directory. Default: as in broker.xml.")
    Path journal;

    @Option(names = {"--bindings", "--paging", "--large-messages"}, paramLabel = "<path>",
            description = "Accepted and left alone: everything is in the journal.")
    Path elsewhere;

    @Option(names = "--queue", paramLabel = "<name>", description = "Only this queue and its messages; may be given more than once.")
    List<String> queues = List.of();

    @Option(names = "log-interval", paramLabel = "<count>", description = "Accepted and left alone: progress is told by the clock.")
    int logInterval;

    @Option(names = "undefined-prefix", paramLabel = "<prefix>", description = "Accepted and left alone: no message is in an undefined queue.")
    String undefinedPrefix;

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
            return export(directory);
        }
        try (InstanceLock lock = InstanceLock.take(surroundings().requireInstance())) {
            return export(directory);
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

    private int export(Path directory) throws CliException {
        try (StoppedServer server = StoppedServer.open(directory, ignoreLock)) {
            Export export = new Export(server);
            if (output == null) {
                export.to(terminal().out());
                if (terminal().out().checkError()) {
                    throw new IOException("the output can't be written");
                }
            } else {
                out("Processing journal messages");
                toFile(export);
            }
            return export.lost == 0 ? DONE : FAILED;
        } catch (StartException refused) {
            throw new CliException("Error: " + refused.getMessage(), refused);
        } catch (IOException failure) {
            throw new CliException("The export ended early: " + failure.getMessage(), failure);
        }
    }

    /** What is there under the file's name is always whole. */
    private void toFile(Export export) throws IOException, CliException {
        Path partial = output.resolveSibling(output.getFileName() + ".partial");
        try {
            try (OutputStream file = Files.newOutputStream(partial)) {
                export.to(file);
            }
            Files.move(partial, output, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private final class Export implements StoppedServer.Visitor {
        private final StoppedServer server;
        private final Map<String, String> homes = new HashMap<>();
        private ExportWriter writer;
        private long lost;

        Export(StoppedServer server) {
            this.server = server;
        }

        void to(OutputStream target) throws IOException, CliException {
            Map<Long, QueueConfig> wanted = wanted();
            wanted.values().forEach(queue -> homes.put(queue.name(), queue.address()));
            writer = new ExportWriter(target);
            addresses(wanted);
            for (Map.Entry<Long, QueueConfig> queue : wanted.entrySet()) {
                writer.queue(queue.getKey(), queue.getValue());
            }
            long missing = server.read(homes::containsKey, this);
            if (missing > 0) {
                terminal().complain(missing + " messages are not in the export: the references to them are damaged, and the journal does not have them");
                lost += missing;
            }
            writer.end();
        }

        private Map<Long, QueueConfig> wanted() throws CliException {
            Map<Long, QueueConfig> wanted = new TreeMap<>(server.queues());
            Set<String> unknown = new HashSet<>(queues);
            wanted.values().forEach(queue -> unknown.remove(queue.name()));
            if (!unknown.isEmpty()) {
                throw new CliException("There is no queue " + String.join(", ", unknown));
            }
            wanted.values().removeIf(queue -> queue.internal() || !queues.isEmpty() && !queues.contains(queue.name()));
            return wanted;
        }

        /** Addresses have no ids here; they get numbers behind those of the queues. */
        private void addresses(Map<Long, QueueConfig> wanted) throws IOException {
            Set<String> used = new HashSet<>();
            wanted.values().forEach(queue -> used.add(queue.address()));
            long id = server.queues().keySet().stream().mapToLong(Long::longValue).max().orElse(0);
            for (Map.Entry<String, Set<RoutingType>> address : server.addresses().entrySet()) {
                if (queues.isEmpty() || used.contains(address.getKey())) {
                    writer.address(++id, address.getKey(), address.getValue());
                }
            }
        }

        @Override
        public void message(long position, Message message, List<String> holders) throws IOException {
            RawMessage raw;
            try {
                raw = RawMessage.of(message, server.formats());
            } catch (MalformedMessageException malformed) {
                lost(position, holders, new IOException(malformed.getMessage(), malformed));
                return;
            }
            String sent = message.address();
            int separator = sent.indexOf("::");
            String address = separator < 0 ? sent : sent.substring(0, separator);
            writer.message(new ExportedMessage(position, raw, holders,
                    address.equals(homes.get(holders.get(0))) ? Optional.empty() : Optional.of(address)));
        }

        @Override
        public void lost(long position, List<String> holders, IOException cause) {
            lost++;
            terminal().complain("The message " + position + " of " + String.join(", ", holders) + " is not in the export: " + cause.getMessage());
        }
    }
}
