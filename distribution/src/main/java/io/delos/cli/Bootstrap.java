package io.delos.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * What bootstrap.xml says: which broker.xml to start with, and who checks logins.
 *
 * @param brokerXml the configuration's file
 * @param loginRealm the realm of login.config; empty when a security manager is named instead
 * @param securityManager the manager's class name, when one is named
 * @param securityProperties its properties
 * @param web whether it asks for the web console
 */
record Bootstrap(Path brokerXml, Optional<String> loginRealm, Optional<String> securityManager, Map<String, String> securityProperties,
        boolean web) {

    static final String FILE = "bootstrap.xml";

    Bootstrap {
        securityProperties = Map.copyOf(securityProperties);
    }

    /**
     * Reads the file named on the command line, {@code xml:<file>} or a path, or the instance's own.
     *
     * @param configuration null = the instance's own
     */
    static Bootstrap read(Surroundings surroundings, String configuration) throws CliException {
        Path etc = surroundings.requireEtc();
        Path file = configuration == null ? etc.resolve(FILE) : Path.of(configuration.replaceFirst("^xml:", "").replaceFirst("^file:(//)?", ""));
        if (!Files.isReadable(file)) {
            throw new CliException("Cannot read " + file);
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            return of(builder.parse(file.toFile()).getDocumentElement(), file, etc);
        } catch (ParserConfigurationException | SAXException | IOException | IllegalArgumentException e) {
            throw new CliException("Cannot understand " + file + ": " + e.getMessage(), e);
        }
    }

    private static Bootstrap of(Element broker, Path file, Path etc) throws CliException {
        Element server = child(broker, "server")
                .orElseThrow(() -> new CliException(file + ": expected <server configuration=\"file:...\"/>"));
        Optional<Element> manager = child(broker, "security-manager");
        Map<String, String> properties = new LinkedHashMap<>();
        if (manager.isPresent()) {
            NodeList all = manager.get().getElementsByTagNameNS("*", "property");
            for (int i = 0; i < all.getLength(); i++) {
                Element property = (Element) all.item(i);
                properties.put(property.getAttribute("key"), property.getAttribute("value"));
            }
        }
        Optional<String> realm = child(broker, "jaas-security").map(jaas -> jaas.getAttribute("domain"));
        return new Bootstrap(brokerXml(server.getAttribute("configuration"), etc), realm,
                manager.map(found -> found.getAttribute("class-name")), properties, child(broker, "web").isPresent());
    }

    private static Optional<Element> child(Element parent, String name) {
        NodeList found = parent.getElementsByTagNameNS("*", name);
        return found.getLength() == 0 ? Optional.empty() : Optional.of((Element) found.item(0));
    }

    /** The URI may be relative to {@code etc}; one that leads nowhere, as in an instance that was moved, means the usual file. */
    private static Path brokerXml(String configuration, Path etc) {
        Path named = etc.resolve(URI.create(configuration.isEmpty() ? "broker.xml" : configuration).getSchemeSpecificPart()).normalize();
        return Files.exists(named) ? named : etc.resolve("broker.xml");
    }
}
