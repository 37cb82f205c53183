package io.delos.cli;

import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads what {@code artemis data exp} wrote: addresses, queues, and the messages in them; one element at a time, never more than one message in
 * memory, and of that no more than some MiB of its body. See {@link MarkupReader} for what of XML is understood.
 */
final class ExportReader {

    static final String ROOT = "activemq-journal";
    static final String NULL_VALUE = "_AMQ_NULL";
    /** Our own attribute: names others of its element that are base64, as XML can't hold what they say. */
    static final String ENCODED = "base64";

    /** The largest property of bytes. */
    private static final int LARGEST_BYTES = 100 << 20;
    /** Bytes of a body that are kept in memory: of one that was sent as a large message, and of another. */
    private static final int LARGE_IN_MEMORY = 1 << 20;
    private static final int MOST_IN_MEMORY = 16 << 20;
    /** Characters of all properties and queue names of a message. */
    private static final long MOST_CHARACTERS = 64 << 20;

    private final MarkupReader xml;
    private final Visitor visitor;
    private long characters;

    /** Receives what the file holds, in its order: addresses and queues come before messages. */
    interface Visitor {

        void address(String name, Set<RoutingType> types) throws IOException, CliException;

        void queue(String name, String address, String filter, RoutingType type) throws IOException, CliException;

        /** A queue of a release before 2.0, which knew no routing types and began each name with what it is the name of. */
        void legacyQueue(String name, String address, String filter) throws IOException, CliException;

        void message(ExportedMessage message) throws IOException, CliException;
    }

    private ExportReader(InputStream in, Visitor visitor) {
        this.xml = new MarkupReader(in);
        this.visitor = visitor;
    }

    /**
     * Reads a whole file.
     *
     * @throws ExportFormatException when it is not what it should be; what was told before stands
     * @throws IOException when it can't be read, and what the visitor throws
     */
    static void read(InputStream in, Visitor visitor) throws IOException, CliException {
        new ExportReader(in, visitor).read();
    }

    private void read() throws IOException, CliException {
        boolean begun = false;
        for (MarkupReader.Event event = xml.next(); event != MarkupReader.Event.DONE; event = xml.next()) {
            if (event == MarkupReader.Event.START) {
                if (!begun && !xml.element().equals(ROOT)) {
                    throw xml.wrong("<" + xml.element() + ">: not an export, which begins with <" + ROOT + ">");
                }
                begun = true;
                element();
            }
        }
    }

    private void element() throws IOException, CliException {
        switch (xml.element()) {
            case "address-binding" -> visitor.address(required("name"), types(attribute("routing-types", "MULTICAST")));
            case "queue-binding" -> visitor.queue(required("name"), required("address"), attribute("filter-string", ""),
                    type(attribute("routing-type", "MULTICAST")));
            case "binding" -> visitor.legacyQueue(required("queue-name"), required("address"), attribute("filter-string", ""));
            case "message" -> message();
            default -> {
                // what only holds others
            }
        }
    }

    private Set<RoutingType> types(String list) throws ExportFormatException {
        Set<RoutingType> types = EnumSet.noneOf(RoutingType.class);
        for (String name : Arrays.stream(list.split(",")).map(String::trim).filter(name -> !name.isEmpty()).toList()) {
            types.add(type(name));
        }
        return types;
    }

    private RoutingType type(String name) throws ExportFormatException {
        try {
            return RoutingType.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw xml.wrong("'" + name + "' is no routing type", unknown);
        }
    }

    private void message() throws IOException, CliException {
        characters = 0;
        long id = number("id", 0);
        RawMessage.Kind kind = kind();
        int priority = (int) number("priority", 4);
        if (priority < 0 || priority > 9) {
            throw xml.wrong("a priority of " + priority);
        }
        long expiration = number("expiration", 0);
        long timestamp = number("timestamp", 0);
        String user = attribute("user-id", "");
        Optional<String> address = Optional.ofNullable(xml.attribute("address"));
        Map<String, Object> properties = new LinkedHashMap<>();
        Optional<UUID> userId = userId(user, properties);
        try (Contents contents = new Contents(properties)) {
            contents.read();
            RawMessage message = new RawMessage(kind, true, priority, expiration, timestamp, userId, properties, contents.body.bytes());
            visitor.message(new ExportedMessage(id, contents.large ? message.asLarge(contents.body.length()) : message, contents.queues, address,
                    contents.body.inFile() ? Optional.of(contents.body) : Optional.empty()));
        }
    }

    /** What is in the element of a message. */
    private final class Contents implements AutoCloseable {

        private final Map<String, Object> properties;
        private final List<String> queues = new ArrayList<>();
        private BodySpool body = new BodySpool(LARGE_IN_MEMORY);
        private boolean large;

        Contents(Map<String, Object> properties) {
            this.properties = properties;
        }

        void read() throws IOException {
            for (MarkupReader.Event event = xml.next(); !ends(event, "message"); event = xml.next()) {
                if (event == MarkupReader.Event.START) {
                    switch (xml.element()) {
                        case "property" -> property(properties);
                        case "queue" -> queues.add(counted(required("name")));
                        case "body" -> readBody();
                        default -> {
                            // the lists around them
                        }
                    }
                }
            }
        }

        private void readBody() throws IOException {
            large = Boolean.parseBoolean(attribute("isLarge", "false"));
            body.close();
            body = new BodySpool(large ? LARGE_IN_MEMORY : MOST_IN_MEMORY);
            copyBody(body);
            large |= body.inFile();
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private boolean ends(MarkupReader.Event event, String name) {
        return event == MarkupReader.Event.END && xml.element().equals(name);
    }

    private RawMessage.Kind kind() throws ExportFormatException {
        String name = attribute("type", "default");
        try {
            return RawMessage.Kind.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw xml.wrong("'" + name + "' is no type of message", unknown);
        }
    }

    /** An id that is none of ours is kept where those of other protocols are. */
    private static Optional<UUID> userId(String text, Map<String, Object> properties) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text.startsWith("ID:") ? text.substring("ID:".length()) : text));
        } catch (IllegalArgumentException other) {
            properties.put("NATIVE_MESSAGE_ID", text);
            return Optional.empty();
        }
    }

    private void property(Map<String, Object> properties) throws IOException {
        String name = counted(plain("name", required("name")));
        String type = attribute("type", "string");
        String text = counted(attribute("value", NULL_VALUE));
        try {
            if (type.equals("bytes")) {
                properties.put(name, text.equals(NULL_VALUE) ? null : Base64Sections.decode(text, LARGEST_BYTES));
            } else {
                properties.put(name, TypedValues.value(type, plain("value", text)));
            }
        } catch (CliException | IOException e) {
            throw xml.wrong("the property " + name + ": " + e.getMessage(), e);
        }
    }

    /** The text of an attribute that may be base64 itself. */
    private String plain(String attribute, String text) throws IOException {
        String encoded = xml.attribute(ENCODED);
        return encoded != null && Arrays.asList(encoded.split(" ")).contains(attribute)
                ? Characters.read(Base64Sections.decode(text, LARGEST_BYTES)) : text;
    }

    private void copyBody(BodySpool target) throws IOException {
        Base64Sections sections = new Base64Sections(target, Long.MAX_VALUE);
        for (MarkupReader.Event event = xml.next(); !ends(event, "body"); event = xml.next()) {
            if (event == MarkupReader.Event.TEXT) {
                try {
                    sections.add(xml.characters(), xml.length());
                } catch (IOException e) {
                    throw xml.wrong("a body: " + e.getMessage(), e);
                }
            }
        }
        try {
            sections.end();
        } catch (IOException e) {
            throw xml.wrong("a body: " + e.getMessage(), e);
        }
    }

    private String counted(String text) throws ExportFormatException {
        characters += text.length();
        if (characters > MOST_CHARACTERS) {
            throw xml.wrong("a message with more than " + MOST_CHARACTERS + " characters of properties and queues");
        }
        return text;
    }

    private long number(String name, long otherwise) throws ExportFormatException {
        String text = xml.attribute(name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw xml.wrong("'" + text + "' is no number, but the " + name + " of a message", e);
        }
    }

    private String required(String name) throws ExportFormatException {
        String value = xml.attribute(name);
        if (value == null || value.isEmpty()) {
            throw xml.wrong("<" + xml.element() + "> without a " + name);
        }
        return value;
    }

    private String attribute(String name, String otherwise) {
        String value = xml.attribute(name);
        return value == null ? otherwise : value;
    }
}
