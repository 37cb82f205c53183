package io.delos.cli;

import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import io.delos.message.MalformedMessageException;
import io.delos.message.LargeBody;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.server.DataFiles;
import io.delos.server.StartException;
import io.delos.server.StoppedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes what a stopped broker holds in the form in which Artemis exports and imports it. */
@Command(name = "exp", description = "Export addresses, queues and durable messages of a stopped broker as XML.")
final class ExportCommand extends ReadingAction {

    @Option(names = "--queue", paramLabel = "<name>", description = "Only this queue and its messages; may be given more than once.")
    List<String> queues = List.of();

    @Option(names = "log-interval", paramLabel = "<count>", description = "Accepted and left alone: progress is told by the clock.")
    int logInterval;

    @Option(names = "undefined-prefix", paramLabel = "<prefix>", description = "Accepted and left alone: no message is in an undefined queue.")
    String undefinedPrefix;

    @Override
    int perform(DataFiles data, PrintStream out) throws StartException, IOException, CliException {
        try (StoppedServer server = StoppedServer.open(data, ignoreLock)) {
            if (output != null) {
                out("Processing journal messages");
            }
            Export export = new Export(server);
            export.to(out);
            return export.lost + toldOfBranches(server) == 0 ? DONE : FAILED;
        }
    }

    /** Says what of distributed transactions is not in the export; returns how many wait for a decision. */
    private int toldOfBranches(StoppedServer server) {
        List<StoppedServer.InDoubt> waiting = server.inDoubt();
        for (StoppedServer.InDoubt each : waiting) {
            terminal().complain("The branch " + each.branch() + " of a distributed transaction is prepared and not decided: the " + each.sent()
                    + " message(s) it would send are not in the export, and the " + each.acknowledged() + " it would consume are. Start"
                    + " the broker, have it decided (commitPreparedTransaction, rollbackPreparedTransaction), and export again");
        }
        return waiting.size();
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
            if (message.large() && !server.formats().streams(message, MessageFormat.CORE)) {
                whole(position, message, holders);
                return;
            }
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
            ExportedMessage exported = new ExportedMessage(position, raw, holders,
                    address.equals(homes.get(holders.get(0))) ? Optional.empty() : Optional.of(address));
            if (message.large()) {
                large(exported, message, holders);
            } else {
                writer.message(exported);
            }
        }

        /** One whose body must be translated, and is in memory for that. */
        private void whole(long position, Message message, List<String> holders) throws IOException {
            byte[] body;
            try {
                body = server.body(message);
            } catch (IOException damaged) {
                lost(position, holders, damaged);
                return;
            }
            byte[] bytes = server.formats().of(message.format()).whole(message, body);
            message(position, message.toBuilder().body(LargeBody.NONE).encoded(message.format(), bytes).build(), holders);
        }

        /** The body comes out of its file as it is written; it is read once before, since what was written can't be taken back. */
        private void large(ExportedMessage exported, Message message, List<String> holders) throws IOException {
            try {
                server.copyBody(message, OutputStream.nullOutputStream());
            } catch (IOException damaged) {
                lost(exported.id(), holders, damaged);
                return;
            }
            writer.message(exported, target -> server.copyBody(message, target));
        }

        @Override
        public void lost(long position, List<String> holders, IOException cause) {
            lost++;
            terminal().complain("The message " + position + " of " + String.join(", ", holders) + " is not in the export: " + cause.getMessage());
        }
    }
}
