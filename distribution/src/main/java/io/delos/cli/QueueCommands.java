package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code artemis queue …} but for its table. */
final class QueueCommands {

    private QueueCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("queue", "Queues: create, update, delete, purge, stat.",
                new Create(), new Update(), new Delete(), new Purge(), new QueueStatCommand());
    }

    private abstract static class QueueAction extends ManagementAction {

        @Option(names = "--name", paramLabel = "<name>", description = "The queue.")
        String name;

        @Override
        void prepare() throws CliException {
            name = require(name, "--name", "The name of the queue");
        }
    }

    /** What create and update can say about a queue. */
    private abstract static class DefiningAction extends QueueAction {

        @Option(names = "--address", paramLabel = "<address>", description = "Its address. Default: the queue's name.")
        String address;

        @Mixin
        RoutingOptions routing = new RoutingOptions();

        @Option(names = "--auto-create-address", description = "Create the address if it does not exist.")
        boolean autoCreateAddress;

        @Option(names = "--durable", description = "The queue survives a restart (default).")
        boolean durable;

        @Option(names = "--no-durable", description = "The queue is gone after a restart.")
        boolean noDurable;

        @Option(names = "--filter", paramLabel = "<selector>", description = "Only messages that match go into the queue.")
        String filter;

        @Option(names = "--max-consumers", paramLabel = "<n>", description = "How many consumers it may have. Default: no limit.")
        Integer maxConsumers;

        @Option(names = "--purge-on-no-consumers", description = "Drop all messages when the last consumer leaves.")
        boolean purge;

        @Option(names = "--preserve-on-no-consumers", description = "Keep them (default).")
        boolean preserve;

        final String routingType() throws CliException {
            if (routing.anycast && routing.multicast) {
                throw new CliException("A queue is --anycast or --multicast, not both");
            }
            boolean multicast = routing.multicast || routing.noAnycast && !routing.anycast;
            return multicast ? "MULTICAST" : "ANYCAST";
        }

        /** The options as the management's JSON; what was not given is left out of an update. */
        final Map<String, Object> json(boolean complete) throws CliException {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            if (complete || address != null) {
                json.put("address", address == null ? name : address);
            }
            if (complete || routing.anycast || routing.multicast) {
                json.put("routing-type", routingType());
            }
            if (complete || durable || noDurable) {
                json.put("durable", !noDurable);
            }
            if (complete || purge || preserve) {
                json.put("purge-on-no-consumers", purge);
            }
            if (complete) {
                json.put("auto-create-address", autoCreateAddress);
            }
            if (maxConsumers != null) {
                json.put("max-consumers", maxConsumers);
            }
            if (filter != null) {
                json.put("filter-string", filter);
            }
            return json;
        }

        /** The one-line description of a queue that the broker answered with. */
        final String described(JsonNode answer) throws IOException {
            JsonNode queue = answer.isTextual() ? Json.parse(answer.asText()) : answer;
            StringBuilder text = new StringBuilder("Queue [");
            add(text, queue, "name", "name", name);
            add(text, queue, "address", "address", address == null ? name : address);
            add(text, queue, "routingType", "routing-type", "ANYCAST");
            add(text, queue, "durable", "durable", "true");
            if (queue.hasNonNull("max-consumers") && queue.get("max-consumers").asInt() >= 0) {
                add(text, queue, "maxConsumers", "max-consumers", "-1");
            }
            add(text, queue, "purgeOnNoConsumers", "purge-on-no-consumers", "false");
            add(text, queue, "autoCreateAddress", "auto-create-address", String.valueOf(autoCreateAddress));
            add(text, queue, "exclusive", "exclusive", "false");
            add(text, queue, "lastValue", "last-value", "false");
            add(text, queue, "lastValueKey", "last-value-key", "null");
            add(text, queue, "nonDestructive", "non-destructive", "false");
            add(text, queue, "consumersBeforeDispatch", "consumers-before-dispatch", "0");
            add(text, queue, "delayBeforeDispatch", "delay-before-dispatch", "-1");
            if (!queue.path("filter-string").asText("").isEmpty()) {
                add(text, queue, "filter", "filter-string", "");
            }
            return text.append(']').toString();
        }

        private static void add(StringBuilder text, JsonNode queue, String label, String key, String otherwise) {
            String given = queue.hasNonNull(key) ? queue.get(key).asText() : "";
            String value = given.isEmpty() ? otherwise : given;
            text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ").append(label).append('=').append(value);
        }
    }

    @Command(name = "create", description = "Create a queue.")
    static final class Create extends DefiningAction {
        @Override
        int manage(Management management) throws IOException, ManagementException, CliException {
            out(described(management.call("broker", "createQueue", Json.text(json(true)))) + " created successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to create queue " + name;
        }
    }

    @Command(name = "update", description = "Change a queue.")
    static final class Update extends DefiningAction {
        @Override
        int manage(Management management) throws IOException, ManagementException, CliException {
            out(described(management.call("broker", "updateQueue", Json.text(json(false)))) + " updated successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to update queue " + name;
        }
    }

    @Command(name = "delete", description = "Delete a queue and its messages.")
    static final class Delete extends QueueAction {

        @Option(names = "--removeConsumers", description = "Even if it has consumers.")
        boolean removeConsumers;

        @Option(names = "--autoDeleteAddress", description = "With its address, if no other queue is left there.")
        boolean autoDeleteAddress;

        @Override
        int manage(Management management) throws IOException, ManagementException {
            management.call("broker", "destroyQueue", name, removeConsumers, autoDeleteAddress);
            out("Queue " + name + " deleted successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to delete queue " + name;
        }
    }

    @Command(name = "purge", description = "Delete all messages of a queue.")
    static final class Purge extends QueueAction {
        @Override
        int manage(Management management) throws IOException, ManagementException {
            management.call("queue." + name, "removeAllMessages");
            out("Queue " + name + " purged successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to purge queue " + name;
        }
    }
}
