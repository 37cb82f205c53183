package io.delos.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads an XML file into {@link XmlElement}s: substitutes properties, follows XInclude to other files, and refuses everything else that
 * would reach out of the file (document types, entities). Bounded in size, depth and number of files.
 */
final class XmlReader {
    private static final String XINCLUDE = "http://www.w3.org/2001/XInclude";
    private static final Pattern ENCODING = Pattern.compile("^<\\?xml[^>]{0,200}encoding\\s*=\\s*[\"']([A-Za-z0-9._-]{1,40})[\"']");
    private static final int LARGEST_FILE = 16 << 20;
    private static final int DEEPEST = 64;
    private static final int MOST_INCLUDES = 100;
    private static final int DEEPEST_INCLUDE = 8;

    private final Substitution substitution;
    private final Deque<Path> including = new ArrayDeque<>();
    private int includes;

    XmlReader(Substitution substitution) {
        this.substitution = substitution;
    }

    /** @throws ConfigException when the file can't be read or isn't well-formed */
    XmlElement read(Path file) {
        Place place = new Place(String.valueOf(file.getFileName()), 0);
        Path key = file.toAbsolutePath().normalize();
        if (including.contains(key) || including.size() > DEEPEST_INCLUDE) {
            throw new ConfigException(place, "", "includes itself, or includes are nested too deeply");
        }
        including.push(key);
        XmlElement root = parse(load(file, place), place.file(), key);
        including.pop();
        return root;
    }

    /** Reads text as if it stood in a file; relative includes start from the folder. */
    XmlElement parse(String text, String fileName, Path file) {
        String content;
        try {
            content = substitution.apply(text);
        } catch (ConfigException endless) {
            throw endless.at(new Place(fileName, 0));
        }
        XMLStreamReader xml = null;
        try {
            xml = factory().createXMLStreamReader(new StringReader(content));
            return build(xml, fileName, file);
        } catch (ConfigException told) {
            throw told;
        } catch (XMLStreamException | RuntimeException malformed) {
            throw new ConfigException(new Place(fileName, line(malformed, xml)), "", "not well-formed XML: " + reason(malformed));
        }
    }

    private static String load(Path file, Place place) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new ConfigException(place, "", "larger than " + LARGEST_FILE + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            Matcher declared = ENCODING.matcher(new String(bytes, 0, Math.min(bytes.length, 300), StandardCharsets.ISO_8859_1));
            Charset charset = declared.find() ? Charset.forName(declared.group(1)) : StandardCharsets.UTF_8;
            String text = charset.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (java.nio.file.NoSuchFileException missing) {
            throw new ConfigException(place, "", "there is no file " + file);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new ConfigException(place, "", "can't be read as text: " + unreadable);
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities aren't read");
        });
        return factory;
    }

    private XmlElement build(XMLStreamReader xml, String fileName, Path file) throws XMLStreamException {
        Deque<XmlElement> open = new ArrayDeque<>();
        XmlElement root = null;
        while (xml.hasNext()) {
            int event = xml.next();
            Place place = new Place(fileName, xml.getLocation().getLineNumber());
            if (event == XMLStreamConstants.START_ELEMENT) {
                if (open.size() >= DEEPEST) {
                    throw new ConfigException(place, "<" + xml.getLocalName() + ">", "elements are nested too deeply");
                }
                open.push(start(xml, place));
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                List<XmlElement> closed = close(open.pop(), file);
                if (open.isEmpty()) {
                    root = single(closed, place);
                } else {
                    open.peek().children.addAll(closed);
                }
            } else if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
                throw new ConfigException(place, "", "document types and entities aren't accepted");
            } else if (xml.hasText() && !open.isEmpty() && event != XMLStreamConstants.COMMENT) {
                open.peek().rawText.append(xml.getText());
            }
        }
        return root;
    }

    private static XmlElement start(XMLStreamReader xml, Place place) {
        XmlElement element = new XmlElement(xml.getNamespaceURI() == null ? "" : xml.getNamespaceURI(), xml.getLocalName(), place);
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            String namespace = xml.getAttributeNamespace(i);
            if (namespace == null || namespace.isEmpty()) {
                element.attributes.put(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
            }
        }
        return element;
    }

    private static XmlElement single(List<XmlElement> roots, Place place) {
        if (roots.size() != 1) {
            throw new ConfigException(place, "", "an include as the root must bring one element");
        }
        return roots.get(0);
    }

    /** What stands for a closed element: itself, or what it includes. */
    private List<XmlElement> close(XmlElement element, Path file) {
        if (!element.namespace.equals(XINCLUDE) || !element.name.equals("include")) {
            return List.of(element);
        }
        if (Boolean.getBoolean("artemis.disableXxe")) {
            throw element.wrong("includes are switched off by the system property artemis.disableXxe");
        }
        if (!element.attribute("parse", "xml").equals("xml")) {
            throw element.wrong("only XML can be included");
        }
        if (++includes > MOST_INCLUDES) {
            throw element.wrong("too many files are included");
        }
        Path target = target(element, file);
        if (!Files.isRegularFile(target)) {
            return fallback(element, target);
        }
        return List.of(read(target));
    }

    private static List<XmlElement> fallback(XmlElement include, Path missing) {
        for (XmlElement child : include.children) {
            if (child.namespace.equals(XINCLUDE) && child.name.equals("fallback")) {
                return new ArrayList<>(child.children);
            }
        }
        throw include.wrong("there is no file " + missing);
    }

    private static Path target(XmlElement include, Path file) {
        String href = include.requireAttribute("href");
        try {
            if (href.startsWith("file:")) {
                return Path.of(java.net.URI.create(href));
            }
            if (href.contains("://")) {
                throw include.wrong("only files can be included, found '" + href + "'");
            }
            return file.resolveSibling(href);
        } catch (IllegalArgumentException | java.nio.file.FileSystemNotFoundException noPath) {
            throw include.wrong("expected a file in 'href', found '" + href + "'");
        }
    }

    private static int line(Exception malformed, XMLStreamReader xml) {
        if (malformed instanceof XMLStreamException && ((XMLStreamException) malformed).getLocation() != null) {
            return Math.max(0, ((XMLStreamException) malformed).getLocation().getLineNumber());
        }
        return xml == null ? 0 : Math.max(0, xml.getLocation().getLineNumber());
    }

    /** The parser's own words, without the position it repeats. */
    private static String reason(Exception malformed) {
        String message = String.valueOf(malformed.getMessage());
        int marker = message.indexOf("Message: ");
        return marker < 0 ? message : message.substring(marker + "Message: ".length());
    }
}
