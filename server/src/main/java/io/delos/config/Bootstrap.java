package io.delos.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What bootstrap.xml says (broker.xml document, section 23.1): where broker.xml is, who checks logins, and the web server.
 *
 * @param configuration the URI of broker.xml as written, empty when not given
 * @param securityManager properties of the security manager that replaces JAAS
 */
public record Bootstrap(String configuration, Jaas jaas, Optional<SecurityManager> securityManager, Optional<Web> web) {

    /** Names of the entries in login.config. */
    public record Jaas(
        @Setting(name = "domain", value = "activemq", text = "entry for names and passwords") String domain,
        @Setting(name = "certificateDomain", text = "entry for TLS clients with a certificate; empty for the same") String certificateDomain) {
    }

    /** A security manager by the name of the class that Artemis has for it. */
    public record SecurityManager(String className, Map<String, String> properties) {
        public SecurityManager {
            properties = Map.copyOf(properties);
        }
    }

    /** The web server's attributes as written. */
    public record Web(Map<String, String> attributes, List<Binding> bindings) {
        public Web {
            attributes = Map.copyOf(attributes);
            bindings = List.copyOf(bindings);
        }
    }

    /** One address the web server listens on, with the applications it serves there (their attributes). */
    public record Binding(Map<String, String> attributes, List<Map<String, String>> apps) {
        public Binding {
            attributes = Map.copyOf(attributes);
            apps = List.copyOf(apps);
        }
    }

    /**
     * Reads the file; what isn't known is left alone.
     *
     * @throws ConfigException when the file can't be read or isn't a bootstrap.xml
     */
    public static Bootstrap read(Path file) {
        XmlElement root = new XmlReader(Substitution.ofProcess()).read(file);
        if (!root.name.equals("broker")) {
            throw root.wrong("expected <broker> as the root");
        }
        String configuration = "";
        Jaas jaas = Settings.defaults(Jaas.class);
        Optional<SecurityManager> manager = Optional.empty();
        Optional<Web> web = Optional.empty();
        for (XmlElement child : root.children) {
            switch (child.name) {
                case "jaas-security" -> jaas = Settings.read(Jaas.class, child.attributes);
                case "security-manager" -> manager = Optional.of(manager(child));
                case "server" -> configuration = child.requireAttribute("configuration");
                case "web" -> web = Optional.of(web(child));
                default -> { }
            }
        }
        return new Bootstrap(configuration, jaas, manager, web);
    }

    private static SecurityManager manager(XmlElement element) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (XmlElement property : element.children) {
            properties.put(property.requireAttribute("key"), property.attribute("value", ""));
        }
        return new SecurityManager(element.requireAttribute("class-name"), properties);
    }

    private static Web web(XmlElement element) {
        List<Binding> bindings = new java.util.ArrayList<>();
        for (XmlElement binding : element.children) {
            if (binding.name.equals("binding")) {
                List<Map<String, String>> apps = new java.util.ArrayList<>();
                binding.children.forEach(app -> apps.add(Map.copyOf(app.attributes)));
                bindings.add(new Binding(binding.attributes, apps));
            }
        }
        return new Web(element.attributes, bindings);
    }
}
