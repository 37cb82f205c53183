package io.delos.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;

/** A message as open data of JMX, the way consoles and management clients know it (management, section 4.1). Stateless. */
final class OpenMessage {

    private static final String TYPE = "org.apache.activemq.artemis.api.core.Message";
    private static final Map<String, String> TEXTS = Map.ofEntries(Map.entry("address", "The Address"), Map.entry("messageID", "The message ID"),
            Map.entry("userID", "The user ID"), Map.entry("type", "The message type"), Map.entry("durable", "Is the message durable"),
            Map.entry("expiration", "The message expiration"), Map.entry("priority", "The message priority"),
            Map.entry("redelivered", "Has the message been redelivered"), Map.entry("timestamp", "The message timestamp"),
            Map.entry("protocol", "The message protocol"), Map.entry("largeMessage", "Is the message treated as a large message"),
            Map.entry("persistentSize", "The message size when persisted on disk"), Map.entry("BodyPreview", "The message body"),
            Map.entry("PropertiesText", "The properties text"));
    private static final Map<String, SimpleType<?>> TABLES = Map.of("String", SimpleType.STRING, "Boolean", SimpleType.BOOLEAN, "Byte", SimpleType.BYTE,
            "Short", SimpleType.SHORT, "Int", SimpleType.INTEGER, "Long", SimpleType.LONG, "Float", SimpleType.FLOAT, "Double", SimpleType.DOUBLE);
    private static final String PROPERTIES = "Properties";

    private OpenMessage() {
    }

    /** Of what {@link MessageView#whole} shows. */
    static CompositeData of(Map<String, Object> shown) {
        try {
            Map<String, Object> values = new LinkedHashMap<>();
            Map<String, OpenType<?>> types = new LinkedHashMap<>();
            for (Map.Entry<String, Object> item : shown.entrySet()) {
                put(item.getKey(), item.getValue(), values, types);
            }
            String[] names = types.keySet().toArray(String[]::new);
            String[] texts = types.keySet().stream().map(OpenMessage::text).toArray(String[]::new);
            return new CompositeDataSupport(new CompositeType(TYPE, TYPE, names, texts, types.values().toArray(OpenType[]::new)), values);
        } catch (OpenDataException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String text(String name) {
        String kind = name.endsWith(PROPERTIES) ? name.substring(0, name.length() - PROPERTIES.length()) : "";
        return kind.isEmpty() ? TEXTS.getOrDefault(name, name) : "User " + kind + " Properties";
    }

    private static void put(String name, Object value, Map<String, Object> values, Map<String, OpenType<?>> types) throws OpenDataException {
        if (name.endsWith(PROPERTIES)) {
            TabularType type = table(TABLES.get(name.substring(0, name.length() - PROPERTIES.length())));
            types.put(name, type);
            values.put(name, value instanceof Map<?, ?> properties ? rows(type, properties) : null);
        } else if (value instanceof byte[] bytes) {
            types.put(name, new ArrayType<byte[]>(SimpleType.BYTE, true));
            values.put(name, bytes);
        } else {
            Object shown = name.equals("type") || name.equals("priority") ? (Object) ((Number) value).byteValue()
                    : name.equals("persistentSize") ? (Object) ((Number) value).longValue() : value;
            types.put(name, shown instanceof Boolean ? SimpleType.BOOLEAN : shown instanceof Byte ? SimpleType.BYTE
                    : shown instanceof Long ? SimpleType.LONG : SimpleType.STRING);
            values.put(name, shown);
        }
    }

    private static TabularType table(SimpleType<?> value) throws OpenDataException {
        String name = "java.util.Map<java.lang.String, " + value.getTypeName() + ">";
        String[] items = {"key", "value"};
        CompositeType row = new CompositeType(name, name, items, items, new OpenType<?>[] {SimpleType.STRING, value});
        return new TabularType(name, name, row, new String[] {"key"});
    }

    private static TabularData rows(TabularType type, Map<?, ?> properties) throws OpenDataException {
        TabularDataSupport rows = new TabularDataSupport(type);
        for (Map.Entry<?, ?> property : properties.entrySet()) {
            rows.put(new CompositeDataSupport(type.getRowType(), new String[] {"key", "value"}, new Object[] {property.getKey(), property.getValue()}));
        }
        return rows;
    }

    /** How management messages carry such things: serialised by Java, in Base64, under the name of their interface. */
    static Map<String, Object> forMessages(List<?> messages) {
        return Map.of("javax.management.openmbean.CompositeData", messages.stream().map(OpenMessage::serialised).toList());
    }

    private static String serialised(Object data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(data);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
