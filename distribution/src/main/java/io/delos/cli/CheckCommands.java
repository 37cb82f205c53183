package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.message.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code artemis check …}: questions to a running broker whose answers are an exit code. */
final class CheckCommands {

    private CheckCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("check", "Check a node or a queue.", new Node(), new Queue(), new ClusterCheckCommand());
    }

    @Command(name = "node", description = "Check the broker itself.")
    static final class Node extends CheckAction {

        @Option(names = "--up", description = "It is started (default).")
        boolean up;

        @Option(names = {"--primary", "--live"}, description = "Its pair has a primary.")
        boolean primary;

        @Option(names = "--backup", description = "Its pair has a backup.")
        boolean backup;

        @Option(names = "--peers", paramLabel = "<n>", description = "There are at least n brokers in the cluster.")
        Integer peers;

        @Option(names = "--diskUsage", paramLabel = "<percent>", description = "The disk is filled less; -1 = less than max-disk-usage.")
        Integer diskUsage;

        @Option(names = "--memoryUsage", paramLabel = "<percent>", description = "Messages take less of the memory they may take.")
        Integer memoryUsage;

        @Override
        String title() {
            return "NodeCheck";
        }

        @Override
        List<Check> checks() {
            if (diskUsage != null && diskUsage != -1 && (diskUsage < 1 || diskUsage > 100)) {
                throw new IllegalArgumentException("Invalid disk usage percentage: " + diskUsage);
            }
            if (memoryUsage != null && (memoryUsage < 1 || memoryUsage > 100)) {
                throw new IllegalArgumentException("Invalid memory usage percentage: " + memoryUsage);
            }
            if (peers != null && peers <= 0) {
                throw new IllegalArgumentException("Invalid peers number: " + peers);
            }
            List<Check> checks = new ArrayList<>();
            if (primary) {
                checks.add(new Check("the node has a primary", context -> member(context, "primary")));
            }
            if (backup) {
                checks.add(new Check("the node has a backup", context -> member(context, "backup")));
            }
            if (peers != null) {
                checks.add(new Check("there are " + peers + " peers", this::peers));
            }
            if (diskUsage != null) {
                checks.add(new Check("the disk usage is less then " + (diskUsage == -1 ? "the max-disk-usage" : diskUsage), this::disk));
            }
            if (memoryUsage != null) {
                checks.add(new Check("the memory usage is less then " + memoryUsage, this::memory));
            }
            if (up || checks.isEmpty()) {
                checks.add(0, new Check("the node is started", context ->
                        context.management().read("broker", "Started").asBoolean() ? Optional.empty() : Optional.of("The node isn't started")));
            }
            return checks;
        }

        private static JsonNode topology(Context context) throws IOException, ManagementException {
            return Json.parse(context.management().call("broker", "listNetworkTopology").asText());
        }

        private static Optional<String> member(Context context, String role) throws IOException, ManagementException {
            String id = context.management().read("broker", "NodeID").asText();
            for (JsonNode node : topology(context)) {
                boolean present = node.hasNonNull(role) || role.equals("primary") && node.hasNonNull("live");
                if (node.path("nodeID").asText().equals(id) && present) {
                    return Optional.empty();
                }
            }
            return Optional.of("No " + role + " found for the node " + id);
        }

        private Optional<String> peers(Context context) throws IOException, ManagementException {
            int found = 0;
            for (JsonNode node : topology(context)) {
                found += (node.hasNonNull("primary") || node.hasNonNull("live") ? 1 : 0) + (node.hasNonNull("backup") ? 1 : 0);
            }
            return found >= peers ? Optional.empty() : Optional.of("Insufficient peers: " + found);
        }

        private Optional<String> disk(Context context) throws IOException, ManagementException {
            int limit = diskUsage == -1 ? context.management().read("broker", "MaxDiskUsage").asInt() : diskUsage;
            double used = context.management().read("broker", "DiskStoreUsage").asDouble() * 100;
            return used < limit || limit == -1 ? Optional.empty() : Optional.of("Insufficient disk space: " + (int) Math.round(used));
        }

        private Optional<String> memory(Context context) throws IOException, ManagementException {
            int used = context.management().read("broker", "AddressMemoryUsagePercentage").asInt();
            return used < memoryUsage ? Optional.empty() : Optional.of("Insufficient memory: " + used);
        }
    }

    @Command(name = "queue", description = "Check a queue.")
    static final class Queue extends CheckAction {

        @Option(names = "--up", description = "It exists and is not paused (default).")
        boolean up;

        @Option(names = "--browse", paramLabel = "<n>", description = "n messages can be browsed; -1 = whatever is there.")
        Integer browse;

        @Option(names = "--consume", paramLabel = "<n>", description = "n messages can be consumed; -1 = one, if there is one.")
        Integer consume;

        @Option(names = "--produce", paramLabel = "<n>", description = "n messages can be sent.")
        Integer produce;

        @Override
        String title() {
            return "QueueCheck";
        }

        @Override
        void ask() throws CliException {
            name = require(name, "--name", "The name of the queue");
        }

        @Override
        List<Check> checks() {
            count(browse, "browse", -1);
            count(consume, "consume", -1);
            count(produce, "produce", 1);
            List<Check> checks = new ArrayList<>();
            if (up || browse == null && consume == null && produce == null) {
                checks.add(new Check("the queue " + name + " exists and is not paused", context ->
                        context.management().read("queue." + name, "Paused").asBoolean()
                                ? Optional.of("The queue is paused") : Optional.empty()));
            }
            if (produce != null) {
                checks.add(new Check("a producer can send " + produce + " messages to the queue " + name, this::produce));
            }
            if (browse != null) {
                checks.add(new Check("a consumer can browse " + messages(browse) + "the queue " + name,
                        context -> read(context, browse, true)));
            }
            if (consume != null) {
                checks.add(new Check("a consumer can consume " + messages(consume) + "the queue " + name,
                        context -> read(context, consume, false)));
            }
            return checks;
        }

        private static void count(Integer count, String what, int least) {
            if (count != null && (count < least || count == 0)) {
                throw new IllegalArgumentException("Invalid number of messages to " + what + ": " + count);
            }
        }

        private static String messages(int count) {
            return count == -1 ? "" : count + " messages from ";
        }

        private Optional<String> produce(Context context) throws IOException {
            try (Messaging.Line line = context.messaging().open(false); Messaging.Outbox outbox = line.outbox(new Place(name, false))) {
                for (int i = 0; i < produce; i++) {
                    outbox.send(Letters.of(new Content.Text("CHECK_MESSAGE"), Map.of(), "", true, 0));
                }
            }
            return Optional.empty();
        }

        private Optional<String> read(Context context, int count, boolean browsing) throws IOException {
            Place place = new Place(name, false);
            try (Messaging.Line line = context.messaging().open(false);
                    Messaging.Inbox inbox = browsing ? line.browse(place, Optional.empty())
                            : line.inbox(place, Messaging.Wish.of(Optional.empty()))) {
                int wanted = count == -1 ? 1 : count;
                for (int i = 0; i < wanted; i++) {
                    Optional<?> message = inbox.receive(count == -1 ? 0 : Math.max(1, context.millisLeft()));
                    if (message.isEmpty()) {
                        return count == -1 ? Optional.empty() : Optional.of("Insufficient messages: " + i);
                    }
                    inbox.acknowledge();
                }
            }
            return Optional.empty();
        }
    }
}
