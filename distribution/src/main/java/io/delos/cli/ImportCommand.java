package io.delos.cli;

import io.delos.config.RoutingType;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings an export of another broker into a running one: addresses, queues and messages, each message into the queues that held it. */
@Command(name = "imp", description = "Import addresses, queues and messages from a file that 'artemis data exp' wrote.")
final class ImportCommand extends ConnectedAction {

    private static final int COMMIT_INTERVAL = 1000;

    @Option(names = "--input", paramLabel = "<file>", defaultValue = "exp.dmp", description = "The file. Default: ${DEFAULT-VALUE}.")
    Path input;

    @Option(names = "--sort", description = "Order messages by their id first; needed for exports of releases before 2.0.")
    boolean sort;

    @Option(names = "--legacy-prefixes", description = "Take jms.queue. and jms.topic. off the names.")
    boolean legacyPrefixes;

    /** A message that waits for its turn. */
    private record Waiting(long id, NeutralMessage message, List<String> queues) {
    }

    private record Home(String address, RoutingType type) {
    }

    @Override
    int perform() throws Exception {
        if (!Files.isReadable(input)) {
            throw new CliException("Cannot read " + input);
        }
        try (Messaging messaging = connect(); Management management = messaging.management();
                Messaging.Line line = messaging.open(true); Progress progress = Progress.watch(terminal(), "imported", 0);
                InputStream in = Files.newInputStream(input)) {
            Importer importer = new Importer(management, line, progress);
            ExportFile.read(in, importer);
            importer.finish();
            out("Imported " + importer.messages + " messages into " + importer.homes.size() + " queues");
        } catch (IOException e) {
            throw new CliException("The import ended early: " + e.getMessage(), e);
        }
        return DONE;
    }

    private String name(String exported) {
        return legacyPrefixes ? exported.replaceFirst("^jms\\.(queue|topic)\\.", "") : exported;
    }

    private final class Importer implements ExportFile.Visitor {

        private final Management management;
        private final Messaging.Line line;
        private final Progress progress;
        private final Map<String, Home> homes = new HashMap<>();
        private final Map<String, Messaging.Outbox> outboxes = new HashMap<>();
        private final List<Waiting> waiting = new ArrayList<>();
        private long messages;

        Importer(Management management, Messaging.Line line, Progress progress) {
            this.management = management;
            this.line = line;
            this.progress = progress;
        }

        @Override
        public void address(String exported, Set<RoutingType> types) throws IOException {
            String address = name(exported);
            try {
                management.call("broker", "createAddress", address, types.stream().map(Enum::name).collect(Collectors.joining(",")));
            } catch (ManagementException refused) {
                if (!refused.getMessage().startsWith("AMQ229204")) {
                    throw new IOException(refused.getMessage(), refused);
                }
            }
        }

        @Override
        public void queue(String exported, String exportedAddress, String filter, RoutingType type) throws IOException {
            String queue = name(exported);
            String address = name(exportedAddress);
            homes.put(queue, new Home(address, type));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", queue);
            json.put("address", address);
            json.put("routing-type", type.name());
            json.put("durable", true);
            json.put("auto-create-address", true);
            if (!filter.isEmpty()) {
                json.put("filter-string", filter);
            }
            try {
                management.call("broker", "createQueue", Json.text(json), true);
            } catch (ManagementException refused) {
                throw new IOException(refused.getMessage(), refused);
            }
        }

        @Override
        public void message(long id, NeutralMessage message, List<String> queues) throws IOException {
            if (sort) {
                waiting.add(new Waiting(id, message, queues));
            } else {
                send(message, queues);
            }
        }

        private void send(NeutralMessage message, List<String> queues) throws IOException {
            for (String exported : queues) {
                String queue = name(exported);
                if (!homes.containsKey(queue)) {
                    queue(queue, queue, "", RoutingType.ANYCAST);
                }
                Home home = homes.get(queue);
                Messaging.Outbox outbox = outboxes.get(queue);
                if (outbox == null) {
                    outbox = line.outbox(new Place(home.address() + "::" + queue, home.type() == RoutingType.MULTICAST));
                    outboxes.put(queue, outbox);
                }
                outbox.send(message);
            }
            messages++;
            progress.count();
            if (messages % COMMIT_INTERVAL == 0) {
                line.commit();
            }
        }

        void finish() throws IOException {
            waiting.sort(Comparator.comparingLong(Waiting::id));
            for (Waiting next : waiting) {
                send(next.message(), next.queues());
            }
            line.commit();
        }
    }
}
