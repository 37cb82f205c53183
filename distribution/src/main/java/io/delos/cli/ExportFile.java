package io.delos.cli;

import io.delos.config.RoutingType;
import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads what {@code artemis data exp} wrote: addresses, queues, and the messages in them; one element at a time. */
final class ExportFile {

    private static final String NULL_VALUE = "_AMQ_NULL";

    /** Receives what the file holds, in its order: addresses and queues come before messages. */
    interface Visitor {

        void address(String name, Set<RoutingType> types) throws IOException;

        void queue(String name, String address, String filter, RoutingType type) throws IOException;

        /** A message and the names of the queues that hold it. */
        void message(long id, NeutralMessage message, List<String> queues) throws IOException;
    }

    private ExportFile() {
    }

    /** @throws IOException when the file cannot be read, or is something else */
    static void read(InputStream in, Visitor visitor) throws IOException, CliException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    element(xml, visitor);
                }
            }
        } catch (XMLStreamException | IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void element(XMLStreamReader xml, Visitor visitor) throws XMLStreamException, IOException, CliException {
        switch (xml.getLocalName()) {
            case "address-binding" -> visitor.address(attribute(xml, "name", ""), types(attribute(xml, "routing-types", "MULTICAST")));
            case "queue-binding" -> visitor.queue(attribute(xml, "name", ""), attribute(xml, "address", ""), attribute(xml, "filter-string", ""),
                    RoutingType.valueOf(attribute(xml, "routing-type", "MULTICAST")));
            // releases before 2.0 knew no routing types: a queue there is what anycast is now
            case "binding" -> visitor.queue(attribute(xml, "queue-name", ""), attribute(xml, "address", ""), attribute(xml, "filter-string", ""),
                    RoutingType.ANYCAST);
            case "message" -> message(xml, visitor);
            default -> {
                // what only holds others
            }
        }
    }

    private static Set<RoutingType> types(String list) {
        Set<RoutingType> types = EnumSet.noneOf(RoutingType.class);
        Arrays.stream(list.split(",")).map(String::trim).filter(name -> !name.isEmpty())
                .forEach(name -> types.add(RoutingType.valueOf(name.toUpperCase(Locale.ROOT))));
        return types;
    }

    private static void message(XMLStreamReader xml, Visitor visitor) throws XMLStreamException, IOException, CliException {
        long id = Long.parseLong(attribute(xml, "id", "0"));
        String kind = attribute(xml, "type", "default");
        int priority = Integer.parseInt(attribute(xml, "priority", "4"));
        long expiration = Long.parseLong(attribute(xml, "expiration", "0"));
        long timestamp = Long.parseLong(attribute(xml, "timestamp", "0"));
        String userId = attribute(xml, "user-id", "");
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> queues = new ArrayList<>();
        Content content = new Content.Empty();
        while (xml.next() != XMLStreamConstants.END_ELEMENT || !xml.getLocalName().equals("message")) {
            if (xml.getEventType() == XMLStreamConstants.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "property" -> properties.put(attribute(xml, "name", ""), value(xml));
                    case "queue" -> queues.add(attribute(xml, "name", ""));
                    case "body" -> content = BodyBytes.read(kind, bytes(xml));
                    default -> {
                        // the lists around them
                    }
                }
            }
        }
        visitor.message(id, message(properties, content, priority, expiration, timestamp, userId), queues);
    }

    private static Object value(XMLStreamReader xml) throws CliException {
        String text = attribute(xml, "value", NULL_VALUE);
        return text.equals(NULL_VALUE) ? null : TypedValues.value(attribute(xml, "type", "string"), text);
    }

    /** The text as bytes. Large bodies come in sections, each padded for itself: four characters at a time it makes no difference. */
    private static byte[] bytes(XMLStreamReader xml) throws XMLStreamException {
        String text = xml.getElementText().replaceAll("\\s+", "");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() / 4 * 3);
        int done = 0;
        while (done < text.length()) {
            int padded = text.indexOf('=', done);
            int end = padded < 0 ? text.length() : Math.min(text.length(), done + (padded - done) / 4 * 4 + 4);
            bytes.writeBytes(Base64.getUrlDecoder().decode(text.substring(done, end)));
            done = end;
        }
        return bytes.toByteArray();
    }

    private static NeutralMessage message(Map<String, Object> properties, Content content, int priority, long expiration, long timestamp,
            String userId) {
        Map<String, Object> own = new LinkedHashMap<>(properties);
        own.remove("_AMQ_ROUTING_TYPE");
        own.remove("_AMQ_LARGE_SIZE");
        Object group = own.remove("_AMQ_GROUP_ID");
        Object sequence = own.remove("_AMQ_GROUP_SEQUENCE");
        Object deliverAt = own.remove("_AMQ_SCHED_DELIVERY");
        Object correlation = own.remove("JMSCorrelationID");
        Object replyTo = own.remove("JMSReplyTo");
        Object type = own.remove("JMSType");
        NeutralMessage.Header header = new NeutralMessage.Header("", Message.ROUTE_BOTH, true, priority, expiration, timestamp,
                deliverAt instanceof Long at ? at : 0, userId.isEmpty() ? "" : "ID:" + userId, correlation == null ? "" : correlation,
                replyTo == null ? Destination.NONE : Destination.parse(replyTo.toString()), type == null ? "" : type.toString(),
                group == null ? "" : group.toString(), sequence instanceof Integer number ? number : 0, "", "");
        return new NeutralMessage(header, own, content);
    }

    private static String attribute(XMLStreamReader xml, String name, String otherwise) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? otherwise : value;
    }
}
