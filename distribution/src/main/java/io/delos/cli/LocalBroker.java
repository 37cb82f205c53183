package io.delos.cli;

import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import io.delos.config.ConnectorConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where the broker of this instance listens, as its broker.xml says. */
final class LocalBroker {

    private static final String DEFAULT_URL = "tcp://localhost:" + BrokerUrl.DEFAULT_PORT;
    private static final List<String> TLS = List.of("sslEnabled", "keyStorePath", "keyStorePassword", "keyStoreType",
            "trustStorePath", "trustStorePassword", "trustStoreType", "verifyHost", "trustAll");

    private LocalBroker() {
    }

    /** The URL of an acceptor, else of a connector of that name, else the usual one. */
    static String url(Surroundings surroundings, String name) {
        return config(surroundings).flatMap(config -> url(config, name)).orElse(DEFAULT_URL);
    }

    private static Optional<BrokerConfig> config(Surroundings surroundings) {
        Optional<Path> file = surroundings.etc().map(etc -> etc.resolve("broker.xml")).filter(Files::isReadable);
        try {
            return file.map(path -> BrokerXml.read(path).config());
        } catch (ConfigException e) {
            // a broker that cannot start on this file may still be running on the last one
            return Optional.empty();
        }
    }

    static Optional<String> url(BrokerConfig config, String name) {
        Optional<AcceptorConfig> acceptor = config.acceptors().stream().filter(one -> one.name().equals(name)).findFirst();
        if (acceptor.isPresent()) {
            return acceptor.map(one -> url(one.hosts().get(0), one.port(), one.parameters()));
        }
        Optional<ConnectorConfig> connector = config.connectors().stream().filter(one -> one.name().equals(name)).findFirst();
        return connector.map(one -> url(one.host(), one.port(), one.parameters()));
    }

    private static String url(String host, int port, Map<String, String> parameters) {
        String reachable = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        Map<String, String> tls = new LinkedHashMap<>();
        if ("true".equals(parameters.get("sslEnabled"))) {
            TLS.stream().filter(parameters::containsKey).forEach(key -> tls.put(key, parameters.get(key)));
            // a broker without a trust store is known by its own certificate
            for (String part : List.of("Path", "Password", "Type")) {
                if (parameters.containsKey("keyStore" + part)) {
                    tls.putIfAbsent("trustStore" + part, parameters.get("keyStore" + part));
                }
            }
        }
        String query = tls.entrySet().stream().map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(";"));
        return "tcp://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port + (query.isEmpty() ? "" : "?" + query);
    }
}
