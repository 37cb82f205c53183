package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code artemis mqtt …}: the sessions of MQTT clients, whether connected or away, and what they have subscribed to. */
final class MqttCommands {

    private static final String RESOURCE = "protocol.MQTT";

    private MqttCommands() {
    }

    static CommandLine group() {
        CommandLine group = CommandGroup.of("mqtt", "MQTT clients' sessions and subscriptions: list, remove.");
        group.addSubcommand(CommandGroup.of("session", "Sessions of MQTT clients: list, remove.", new ListSessions(), new RemoveSession()));
        group.addSubcommand(CommandGroup.of("subscription", "Subscriptions of MQTT clients: list, remove.",
                new ListSubscriptions(), new RemoveSubscription()));
        return group;
    }

    /** A table, or JSON, of what an operation lists. */
    private abstract static class ListAction extends ManagementAction {

        @Option(names = "--name", paramLabel = "<part>", description = "Only of clients whose id contains this.")
        String name;

        @Option(names = "--field", paramLabel = "<field>", description = "Only where this field ...")
        String field;

        @Option(names = "--operation", paramLabel = "<operation>",
                description = "... CONTAINS, NOT_CONTAINS, EQUALS, NOT_EQUALS, GREATER_THAN, LESS_THAN ...")
        String operation;

        @Option(names = "--value", paramLabel = "<value>", description = "... this value.")
        String value;

        @Option(names = "--maxRows", paramLabel = "<n>", defaultValue = "50", description = "How many at most. Default: ${DEFAULT-VALUE}.")
        int maxRows;

        @Option(names = "--maxColumnSize", paramLabel = "<n>", defaultValue = "25",
                description = "Longer values are continued on the next line; -1 = no limit. Default: ${DEFAULT-VALUE}.")
        int maxColumnSize;

        @Option(names = "--json", description = "Print JSON and nothing else.")
        boolean json;

        private final String list;
        private final List<String> columns;

        ListAction(String list, String... columns) {
            this.list = list;
            this.columns = List.of(columns);
        }

        @Override
        boolean announces() {
            return !json;
        }

        @Override
        void prepare() throws CliException {
            if (name != null && field != null) {
                throw new CliException("'--field' and '--name' cannot be specified together.");
            }
            if ((field == null) != (value == null) || (field == null) != (operation == null)) {
                throw new CliException("'--field', '--operation' and '--value' need each other.");
            }
        }

        @Override
        int manage(Management management) throws IOException, ManagementException {
            String answer = management.call(RESOURCE, list, filter(), 1, Math.max(1, maxRows)).asText();
            if (json) {
                out(answer);
                return DONE;
            }
            JsonNode rows = Json.parse(answer);
            Table table = new Table(columns.stream().map(column -> new Table.Column(List.of(column), true)).toList(), maxColumnSize);
            rows.path("data").forEach(row -> table.add(columns.stream().map(column -> shown(column, row.path(column))).toList()));
            table.lines().forEach(this::out);
            int shown = rows.path("data").size();
            if (shown < rows.path("count").asInt()) {
                out("WARNING: only " + shown + "/" + rows.path("count").asInt() + " are shown, set maxRows to see more.");
            }
            return DONE;
        }

        private static String shown(String column, JsonNode value) {
            boolean time = column.equals("since") && value.asLong() > 0;
            return time ? Instant.ofEpochMilli(value.asLong()).truncatedTo(ChronoUnit.SECONDS).toString() : value.asText();
        }

        private String filter() {
            Map<String, String> filter = new LinkedHashMap<>();
            filter.put("field", name != null ? "clientID" : field == null ? "" : field);
            filter.put("operation", name != null ? "CONTAINS" : operation == null ? "" : operation);
            filter.put("value", name != null ? name : value == null ? "" : value);
            filter.put("sortField", "clientID");
            filter.put("sortOrder", "asc");
            return Json.text(filter);
        }

        @Override
        String failure() {
            return "Failed to list " + list.replace("list", "").toLowerCase(Locale.ROOT);
        }
    }

    @Command(name = "list", description = "Show the sessions: of clients that are connected, and of those that may come back.")
    static final class ListSessions extends ListAction {
        ListSessions() {
            super("listSessions", "clientID", "connected", "version", "user", "remoteAddress", "since", "expiryInterval", "subscriptionCount",
                    "messageCount", "sentInFlight", "receivedInFlight", "willTopic");
        }
    }

    @Command(name = "list", description = "Show what clients have subscribed to.")
    static final class ListSubscriptions extends ListAction {
        ListSubscriptions() {
            super("listSubscriptions", "clientID", "filter", "qos", "connected", "queue", "messageCount");
        }
    }

    private abstract static class RemoveAction extends ManagementAction {

        @Option(names = "--name", paramLabel = "<client id>", description = "The client's id.")
        String name;

        @Override
        void prepare() throws CliException {
            name = require(name, "--name", "The id of the client");
        }

        /** What is there no more. */
        final int remove(Management management, String what, String operation, Object... arguments) throws IOException, ManagementException {
            if (!management.call(RESOURCE, operation, arguments).asBoolean()) {
                throw new ManagementException("there is none");
            }
            out(what + " removed successfully.");
            return DONE;
        }
    }

    @Command(name = "remove", description = "Remove a session with all that is kept for it; its client is disconnected.")
    static final class RemoveSession extends RemoveAction {
        @Override
        int manage(Management management) throws IOException, ManagementException {
            return remove(management, "Session " + name, "removeSession", name);
        }

        @Override
        String failure() {
            return "Failed to remove session " + name;
        }
    }

    @Command(name = "remove", description = "Remove one subscription of a session, with the messages that wait there; its client is not told.")
    static final class RemoveSubscription extends RemoveAction {

        @Option(names = "--filter", paramLabel = "<filter>", description = "The topic filter, as the client subscribed to it.")
        String filter;

        @Override
        void prepare() throws CliException {
            super.prepare();
            filter = require(filter, "--filter", "The topic filter");
        }

        @Override
        int manage(Management management) throws IOException, ManagementException {
            return remove(management, "Subscription " + filter + " of " + name, "removeSubscription", name, filter);
        }

        @Override
        String failure() {
            return "Failed to remove subscription " + filter + " of " + name;
        }
    }
}
