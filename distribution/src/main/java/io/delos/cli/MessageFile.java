package io.delos.cli;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/** Messages in an XML file: what {@code producer --data} reads and {@code consumer --data} writes. */
final class MessageFile {

    private static final String NULL_VALUE = "_AMQ_NULL";
    private static final String GROUP = "_AMQ_GROUP_ID";

    private MessageFile() {
    }

    static List<NeutralMessage> read(Path file) throws CliException {
        List<NeutralMessage> messages = new ArrayList<>();
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("message")) {
                    messages.add(message(xml));
                }
            }
        } catch (XMLStreamException | IOException | IllegalArgumentException e) {
            throw new CliException("Cannot read messages from " + file + ": " + e.getMessage(), e);
        }
        return messages;
    }

    private static NeutralMessage message(XMLStreamReader xml) throws XMLStreamException, IOException, CliException {
        String kind = attribute(xml, "type", "default");
        int priority = Integer.parseInt(attribute(xml, "priority", "4"));
        long expiration = Long.parseLong(attribute(xml, "expiration", "0"));
        long timestamp = Long.parseLong(attribute(xml, "timestamp", "0"));
        Map<String, Object> properties = new LinkedHashMap<>();
        Content content = new Content.Empty();
        while (xml.next() != XMLStreamConstants.END_ELEMENT || !xml.getLocalName().equals("message")) {
            if (xml.getEventType() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("property")) {
                String value = attribute(xml, "value", NULL_VALUE);
                properties.put(attribute(xml, "name", ""),
                        value.equals(NULL_VALUE) ? null : TypedValues.value(attribute(xml, "type", "string"), value));
            } else if (xml.getEventType() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("body")) {
                String text = xml.getElementText();
                content = kind.equals("text") ? new Content.Text(text)
                        : BodyBytes.read(kind, Base64.getUrlDecoder().decode(text.strip()));
            }
        }
        Object group = properties.remove(GROUP);
        NeutralMessage.Header header = new NeutralMessage.Header("", Message.ROUTE_BOTH, true, priority, expiration, timestamp, 0,
                "", "", Destination.NONE, "", group == null ? "" : group.toString(), 0, "", "");
        return new NeutralMessage(header, properties, content);
    }

    private static String attribute(XMLStreamReader xml, String name, String otherwise) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? otherwise : value;
    }

    static Writer write(Path file) throws CliException {
        try {
            return new Writer(Files.newBufferedWriter(file));
        } catch (IOException | XMLStreamException e) {
            throw new CliException("Cannot write messages to " + file + ": " + e.getMessage(), e);
        }
    }

    /** Adds messages one by one; any thread may. */
    static final class Writer implements AutoCloseable {

        private final BufferedWriter file;
        private final XMLStreamWriter xml;
        private int written;

        private Writer(BufferedWriter file) throws XMLStreamException {
            this.file = file;
            this.xml = file == null ? null : XMLOutputFactory.newFactory().createXMLStreamWriter(file);
            if (xml != null) {
                xml.writeStartElement("messages");
            }
        }

        /** Keeps nothing. */
        static Writer nowhere() throws XMLStreamException {
            return new Writer(null);
        }

        synchronized void add(NeutralMessage message) throws IOException {
            if (xml == null) {
                return;
            }
            try {
                write(message);
            } catch (XMLStreamException e) {
                throw new IOException(e);
            }
        }

        private void write(NeutralMessage message) throws XMLStreamException, IOException {
            NeutralMessage.Header header = message.header();
            xml.writeCharacters("\n   ");
            xml.writeStartElement("message");
            xml.writeAttribute("id", String.valueOf(++written));
            xml.writeAttribute("priority", String.valueOf(header.priority()));
            xml.writeAttribute("expiration", String.valueOf(header.expiration()));
            xml.writeAttribute("timestamp", String.valueOf(header.timestamp()));
            xml.writeAttribute("type", Letters.kind(message.content()));
            if (!header.messageId().isEmpty()) {
                xml.writeAttribute("user-id", header.messageId().replaceFirst("^ID:", ""));
            }
            xml.writeStartElement("properties");
            for (Map.Entry<String, Object> property : message.properties().entrySet()) {
                property(property.getKey(), property.getValue());
            }
            if (!header.group().isEmpty()) {
                property(GROUP, header.group());
            }
            xml.writeEndElement();
            xml.writeStartElement("body");
            xml.writeCData(message.content() instanceof Content.Text text ? text.text().replace("]]>", "]]]]><![CDATA[>")
                    : Base64.getUrlEncoder().encodeToString(BodyBytes.of(message.content())));
            xml.writeEndElement();
            xml.writeEndElement();
        }

        private void property(String name, Object value) throws XMLStreamException {
            xml.writeEmptyElement("property");
            xml.writeAttribute("name", name);
            xml.writeAttribute("value", value == null ? NULL_VALUE : TypedValues.textOf(value));
            xml.writeAttribute("type", value == null ? "bytes" : TypedValues.typeOf(value));
        }

        @Override
        public synchronized void close() throws XMLStreamException, IOException {
            if (xml != null) {
                xml.writeCharacters("\n");
                xml.writeEndDocument();
                xml.close();
                file.close();
            }
        }
    }
}
