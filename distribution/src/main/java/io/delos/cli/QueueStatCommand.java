package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "stat", description = "Show the queues and what they hold.")
final class QueueStatCommand extends ConnectedAction {

    private static final List<String> OPERATIONS = List.of("CONTAINS", "NOT_CONTAINS", "EQUALS", "GREATER_THAN", "LESS_THAN");

    @Option(names = "--queueName", paramLabel = "<part>", description = "Only queues whose name contains this.")
    String queueName;

    @Option(names = "--field", paramLabel = "<field>", description = "Only queues where this field ...")
    String field;

    @Option(names = "--operation", paramLabel = "<operation>", description = "... CONTAINS, NOT_CONTAINS, EQUALS, GREATER_THAN, LESS_THAN ...")
    String operation;

    @Option(names = "--value", paramLabel = "<value>", description = "... this value.")
    String value;

    @Option(names = "--maxRows", paramLabel = "<n>", defaultValue = "50", description = "How many queues at most. Default: ${DEFAULT-VALUE}.")
    int maxRows;

    @Option(names = "--maxColumnSize", paramLabel = "<n>", defaultValue = "25",
            description = "Longer values are continued on the next line; -1 = no limit. Default: ${DEFAULT-VALUE}.")
    int maxColumnSize;

    @Option(names = "--clustered", description = "A table for each broker of the cluster.")
    boolean clustered;

    @Option(names = "--include-management", description = "Show the queues of management and notifications, too.")
    boolean includeManagement;

    @Option(names = "--json", description = "Print JSON and nothing else.")
    boolean json;

    @Option(names = "--single-line-header", description = "One line of headers.")
    boolean singleLineHeader;

    @Option(names = "--loop", description = "Again and again, until interrupted.")
    boolean loop;

    @Option(names = "--sleep", paramLabel = "<ms>", defaultValue = "60000", description = "Milliseconds between two rounds. Default: ${DEFAULT-VALUE}.")
    int sleep;

    @Override
    boolean announces() {
        return !json;
    }

    @Override
    int perform() throws Exception {
        String mistake = mistake();
        if (!mistake.isEmpty()) {
            terminal().complain(mistake);
            return DONE;
        }
        try (Messaging messaging = connect(); Management management = messaging.management()) {
            do {
                round(management);
            } while (again());
        } catch (ManagementException e) {
            terminal().complain("Failed to get Stats for Queues. Reason: " + e.getMessage());
        }
        return DONE;
    }

    private boolean again() throws InterruptedException {
        if (loop) {
            TimeUnit.MILLISECONDS.sleep(sleep);
        }
        return loop;
    }

    private String mistake() {
        if (queueName != null && field != null) {
            return "'--field' and '--queueName' cannot be specified together.";
        }
        if (field == null) {
            return operation == null && value == null ? "" : "'--operation' and '--value' need '--field'.";
        }
        if (!QueueField.isOne(field)) {
            return "'--field' must be set to one of the following " + Arrays.toString(QueueField.values());
        }
        if (operation == null || !OPERATIONS.contains(operation)) {
            return "'--operation' must be set to one of the following " + OPERATIONS;
        }
        return value == null ? "'--value' needs to be set when '--field' is specified" : "";
    }

    private void round(Management management) throws IOException, ManagementException, CliException {
        List<Node> nodes = clustered ? nodes(management) : List.of();
        if (nodes.size() < 2) {
            show(management);
            return;
        }
        for (Node node : nodes) {
            String url = "tcp://" + node.address();
            if (!json) {
                out(terminal().yellow(Stars.LINE));
                out(terminal().yellow(">>> Queue stats on node " + node.id() + ", url=" + url));
            }
            try (Messaging other = connection.protocol.connect(BrokerUrl.parse(url), login());
                    Management there = other.management()) {
                show(there);
            }
        }
    }

    private Login login() {
        return new Target("", connection.user, connection.password, connection.clientId, connection.protocol).login();
    }

    private record Node(String id, String address) {
    }

    private static List<Node> nodes(Management management) throws IOException, ManagementException {
        List<Node> nodes = new ArrayList<>();
        for (JsonNode one : Json.parse(management.call("broker", "listNetworkTopology").asText())) {
            String primary = one.path("primary").asText(one.path("live").asText());
            if (!primary.isEmpty()) {
                nodes.add(new Node(one.path("nodeID").asText(), primary));
            }
        }
        return nodes;
    }

    private String filter() {
        Map<String, String> filter = new LinkedHashMap<>();
        filter.put("field", queueName != null ? "NAME" : field == null ? "" : field);
        filter.put("operation", queueName != null ? "CONTAINS" : operation == null ? "" : operation);
        filter.put("value", queueName != null ? queueName : value == null ? "" : value);
        filter.put("sortField", "name");
        filter.put("sortOrder", "asc");
        return Json.text(filter);
    }

    private void show(Management management) throws IOException, ManagementException {
        // hidden rows must not use up the page: ask for all, then cut
        JsonNode answer = Json.parse(management.call("broker", "listQueues", filter(), 1, -1).asText());
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode row : answer.path("data")) {
            String address = row.path("address").asText();
            if (includeManagement || !belongsToManagement(address) && !management.isOwn(address)) {
                rows.add(row);
            }
        }
        List<JsonNode> shown = rows.subList(0, Math.min(Math.max(0, maxRows), rows.size()));
        if (json) {
            printJson(shown, rows.size());
        } else {
            printTable(shown);
            if (shown.size() < rows.size()) {
                out("WARNING: the displayed queues are " + shown.size() + "/" + rows.size() + ", set maxRows to display more queues.");
            }
        }
    }

    private static boolean belongsToManagement(String address) {
        return address.startsWith("activemq.management") || address.startsWith("activemq.notifications");
    }

    private void printJson(List<JsonNode> rows, int count) {
        StringBuilder text = new StringBuilder("{\"data\":[\n");
        for (int i = 0; i < rows.size(); i++) {
            text.append("   ").append(rows.get(i)).append(i < rows.size() - 1 ? ",\n" : "\n");
        }
        out(text.append("],\"count\":").append(count).append('}').toString());
    }

    private void printTable(List<JsonNode> rows) {
        Table table = new Table(Arrays.stream(QueueField.values()).map(column -> column.column(singleLineHeader)).toList(), maxColumnSize);
        for (JsonNode row : rows) {
            table.add(Arrays.stream(QueueField.values()).map(column -> row.path(column.json()).asText()).toList());
        }
        table.lines().forEach(this::out);
    }
}
