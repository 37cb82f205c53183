package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.config.ConfigException;
import io.delos.config.DivertConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What can be read of one divert, and the broker's operations that make, change and remove them (management, sections 2.2, 5 and 7.3). Stateless. */
final class DivertTable {

    static final Table<DivertConfig> TABLE = new Table<>("divert");

    private static final String TRANSFORMER = "transformer-configuration";
    private static final String CLASS = "transformer-class-name";
    private static final String PROPERTY = "transformer-property.";

    static {
        TABLE.attribute("String UniqueName", DivertConfig::name)
                .attribute("String RoutingName", DivertConfig::routingName)
                .attribute("String Address", DivertConfig::address)
                .attribute("String ForwardingAddress", DivertConfig::forwardingAddress)
                .attribute("String Filter", divert -> QueueTable.orNull(divert.filter()))
                .attribute("boolean Exclusive", DivertConfig::exclusive)
                .attribute("String RoutingType", divert -> divert.routing().name())
                .attribute("String TransformerClassName", divert -> QueueTable.orNull(divert.transformer().className()))
                .attribute("Map TransformerProperties", divert -> divert.transformer().properties())
                .attribute("String TransformerPropertiesAsJSON", divert -> Json.text(divert.transformer().properties()))
                .attribute("boolean RetroactiveResource", divert -> divert.forwardingAddress().endsWith(".retro"));
    }

    private DivertTable() {
    }

    /** The operations of the broker. */
    static void declare(Table<Desk> table) {
        table.attribute("String[] DivertNames", DivertTable::names)
                .immediate("String[] listDivertNames()", (desk, given) -> names(desk))
                .operation("void createDivert(String divertConfiguration)", (desk, given) -> create(desk, texts(Json.read(given.text(0)))))
                .operation("void updateDivert(String divertConfiguration)", (desk, given) -> update(desk, texts(Json.read(given.text(0)))))
                .operation("void destroyDivert(String name)", (desk, given) -> {
                    if (desk.broker().diverts().find(given.text(0)).isEmpty()) {
                        throw new ManagementException("AMQ229012: No binding for divert " + given.text(0));
                    }
                    return Asking.<Void>of(reply -> desk.broker().diverts().delete(given.text(0), desk.loop(), reply), done -> null);
                });
        String head = "void createDivert(String name, String routingName, String address, String forwardingAddress, boolean exclusive, String filterString,"
                + " String transformerClassName";
        old(table, head + ")");
        old(table, head + ", String routingType)");
        old(table, head + ", String transformerPropertiesAsJSON, String routingType)");
        old(table, head + ", Map transformerProperties, String routingType)");
        old(table, "void updateDivert(String name, String forwardingAddress, String filterString, String transformerClassName,"
                + " Map transformerProperties, String routingType)");
    }

    private static List<String> names(Desk desk) {
        return desk.broker().diverts().all().stream().map(DivertConfig::name).sorted().toList();
    }

    /** A form from before there was JSON: its parameters are settings by their names. */
    private static void old(Table<Desk> table, String declaration) {
        Signature signature = Signature.parse(declaration);
        table.operation(declaration, (desk, given) -> {
            Map<String, String> texts = new LinkedHashMap<>();
            for (int i = 0; i < given.count(); i++) {
                JsonNode value = given.node(i);
                String parameter = signature.parameters().get(i).name();
                if (parameter.startsWith("transformerProperties")) {
                    properties(value.isTextual() ? Json.read(value.asText()) : value, texts);
                } else if (!value.isNull()) {
                    texts.put(QueueJson.attribute(parameter).replace("-string", ""), value.asText());
                }
            }
            return signature.name().startsWith("create") ? create(desk, texts) : update(desk, texts);
        });
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : new ArrayList<>(json.properties())) {
            if (field.getKey().equals(TRANSFORMER)) {
                texts.put(CLASS, field.getValue().path("class-name").asText(""));
                properties(field.getValue().path("properties"), texts);
            } else if (!field.getValue().isNull()) {
                texts.put(field.getKey().replace("-string", ""), field.getValue().asText());
            }
        }
        return texts;
    }

    private static void properties(JsonNode json, Map<String, String> texts) {
        json.properties().forEach(property -> texts.put(PROPERTY + property.getKey(), property.getValue().asText()));
    }

    private static DivertConfig config(Map<String, String> texts) {
        try {
            return DivertConfig.of(texts);
        } catch (ConfigException wrong) {
            throw new ManagementException(wrong.getMessage());
        }
    }

    private static CompletableFuture<Object> create(Desk desk, Map<String, String> texts) {
        return Asking.<Void>of(reply -> desk.broker().diverts().create(config(texts), desk.loop(), reply), done -> null);
    }

    /** What is not said becomes what it is for a new one, but for the address and the names, which stay. */
    private static CompletableFuture<Object> update(Desk desk, Map<String, String> texts) {
        String name = texts.getOrDefault("name", "");
        DivertConfig there = desk.broker().diverts().find(name)
                .orElseThrow(() -> new ManagementException("AMQ229231: Divert Does Not Exist: " + name));
        Map<String, String> all = new LinkedHashMap<>();
        for (String stays : List.of("name", "routing-name", "address", "forwarding-address", "exclusive")) {
            all.put(stays, there.texts().getOrDefault(stays, ""));
        }
        all.putAll(texts);
        all.values().removeIf(String::isEmpty);
        return Asking.<Void>of(reply -> desk.broker().diverts().update(config(all), desk.loop(), reply), done -> null);
    }
}
