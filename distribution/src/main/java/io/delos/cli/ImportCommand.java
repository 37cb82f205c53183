package io.delos.cli;

import io.delos.config.RoutingType;
import io.delos.core.CoreClientException;
import io.delos.core.CoreClientSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings an export into a running broker: addresses, queues and messages, each message into the queues that held it. */
@Command(name = "imp", description = "Import addresses, queues and messages from a file that 'artemis data exp' wrote.")
final class ImportCommand extends ConnectedAction {

    /** What names of queues and topics began with before 2.0. */
    private static final String QUEUE = "jms.queue.";
    private static final String TOPIC = "jms.topic.";

    @Option(names = "--input", paramLabel = "<file>", defaultValue = "exp.dmp", description = "The file. Default: ${DEFAULT-VALUE}.")
    Path input;

    @Option(names = "--sort", description = "Order messages by their id first; needed for exports of releases before 2.0.")
    boolean sort;

    @Option(names = "--legacy-prefixes", description = "Leave jms.queue. and jms.topic. before the names that exports of releases before 2.0 have.")
    boolean legacyPrefixes;

    @Option(names = "--skip", paramLabel = "<count>", defaultValue = "0",
            description = "Pass over so many messages: to go on with an import that ended early.")
    long skip;

    @Override
    int perform() throws Exception {
        if (!Files.isReadable(input)) {
            throw new CliException("Cannot read " + input);
        }
        try (Messaging messaging = connect(); Management management = messaging.management();
                Progress progress = Progress.watch(terminal(), "imported", 0)) {
            if (!(messaging instanceof CoreMessaging core)) {
                throw new CliException("An import speaks CORE; leave --protocol out");
            }
            try (CoreClientSession session = core.transactedSession()) {
                run(new Importer(session, management), progress);
            }
        }
        return DONE;
    }

    private void run(Importer importer, Progress progress) throws CliException {
        Feed feed = new Feed(importer, progress);
        try (InputStream in = Files.newInputStream(input)) {
            feed.read(in);
            importer.commit();
        } catch (ExportFormatException broken) {
            throw ended(importer, input + ", " + broken.getMessage(), broken);
        } catch (IOException | CliException failure) {
            throw ended(importer, failure.getMessage(), failure);
        }
        out("Imported " + importer.committed() + " messages into " + importer.queues() + " queues");
    }

    private CliException ended(Importer importer, String why, Exception cause) {
        String account = importer.account(skip, cause instanceof CoreClientException);
        importer.giveUp();
        return new CliException("The import ended early: " + why + ". " + account, cause);
    }

    private final class Feed implements ExportReader.Visitor {

        private final Importer importer;
        private final Progress progress;
        private Optional<SortedMessages> sorted = Optional.empty();
        private boolean legacy;
        private long passed;

        Feed(Importer importer, Progress progress) {
            this.importer = importer;
            this.progress = progress;
        }

        void read(InputStream in) throws IOException, CliException {
            if (!sort) {
                ExportReader.read(in, this);
                return;
            }
            try (SortedMessages messages = new SortedMessages()) {
                sorted = Optional.of(messages);
                ExportReader.read(in, this);
                messages.forEach(this::bring);
            }
        }

        @Override
        public void address(String exported, Set<RoutingType> types) throws IOException {
            importer.address(name(exported), types);
        }

        @Override
        public void queue(String exported, String address, String filter, RoutingType type) throws IOException, CliException {
            importer.queue(name(exported), name(address), filter, type);
        }

        @Override
        public void legacyQueue(String exported, String address, String filter) throws IOException, CliException {
            legacy = true;
            importer.queue(name(exported), name(address), filter, address.startsWith(TOPIC) ? RoutingType.MULTICAST : RoutingType.ANYCAST);
        }

        private String name(String exported) {
            if (!legacy || legacyPrefixes) {
                return exported;
            }
            return exported.startsWith(QUEUE) ? exported.substring(QUEUE.length())
                    : exported.startsWith(TOPIC) ? exported.substring(TOPIC.length()) : exported;
        }

        @Override
        public void message(ExportedMessage message) throws IOException, CliException {
            if (sorted.isPresent()) {
                sorted.get().add(message);
            } else {
                bring(message);
            }
        }

        private void bring(ExportedMessage message) throws IOException, CliException {
            if (passed++ >= skip) {
                List<String> queues = message.queues().stream().map(this::name).toList();
                importer.message(message, queues, message.address().map(this::name));
                progress.count();
            }
        }
    }
}
