package io.delos.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** How another node, or a client told of it, reaches a broker. */
public record ConnectorConfig(String name, String scheme, String host, int port, Map<String, String> parameters) {
    public ConnectorConfig {
        parameters = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** @throws ConfigException when the URL is wrong */
    public static ConnectorConfig of(String name, String url) {
        TransportUrl parsed = TransportUrl.parse("connector " + name, url);
        if (parsed.hosts().size() != 1) {
            throw ConfigException.wrongValue("connector " + name, "one host", String.join(",", parsed.hosts()));
        }
        return new ConnectorConfig(name, parsed.scheme(), parsed.hosts().get(0), parsed.port(), parsed.parameters());
    }

    /** The parameters as a record of {@link Setting} components. */
    public <R extends Record> R options(Class<R> type) {
        return Settings.read(type, parameters);
    }

    /** Without the parameters: passwords are among them. */
    @Override public String toString() {
        return name + " " + scheme + "://" + host + ":" + port;
    }
}
