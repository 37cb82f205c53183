package io.delos.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The columns of {@code queue stat}: their headers, and the names the broker's rows have for them. */
enum QueueField {
    NAME("name", "NAME"),
    ADDRESS("address", "ADDRESS"),
    CONSUMER_COUNT("consumerCount", "CONSUMER", "COUNT"),
    MESSAGE_COUNT("messageCount", "MESSAGE", "COUNT"),
    MESSAGES_ADDED("messagesAdded", "MESSAGES", "ADDED"),
    DELIVERING_COUNT("deliveringCount", "DELIVERING", "COUNT"),
    MESSAGES_ACKED("messagesAcked", "MESSAGES", "ACKED"),
    SCHEDULED_COUNT("scheduledCount", "SCHEDULED", "COUNT"),
    ROUTING_TYPE("routingType", "ROUTING", "TYPE"),
    INTERNAL("internalQueue", "INTERNAL");

    private final String json;
    private final List<String> words;

    QueueField(String json, String... words) {
        this.json = json;
        this.words = List.of(words);
    }

    String json() {
        return json;
    }

    Table.Column column(boolean singleLine) {
        boolean left = singleLine || this == NAME || this == ADDRESS;
        if (singleLine) {
            return new Table.Column(List.of(name()), left);
        }
        List<String> lines = new ArrayList<>(words);
        if (lines.size() == 1) {
            lines.add("");
        }
        return new Table.Column(lines, left);
    }

    static boolean isOne(String name) {
        return Arrays.stream(values()).anyMatch(field -> field.name().equals(name));
    }
}
