package io.delos.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A port to listen on (acceptor document, section 1).
 *
 * @param scheme {@code tcp}, or {@code vm} which listens nowhere
 * @param hosts one listening socket each, on the same port
 * @param port 0 lets the system choose
 * @param parameters all keys of the URL, transport's and protocols' alike
 * @param lockCoordinator name of the lock that must be held to listen, or empty
 */
public record AcceptorConfig(String name, String scheme, List<String> hosts, int port, Map<String, String> parameters,
                             String lockCoordinator) {
    public AcceptorConfig {
        hosts = List.copyOf(hosts);
        parameters = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads an acceptor's URL and checks the transport's parameters.
     *
     * @throws ConfigException when the URL or one of them is wrong
     */
    public static AcceptorConfig of(String name, String url) {
        TransportUrl parsed = TransportUrl.parse("acceptor " + name, url);
        return new AcceptorConfig(name, parsed.scheme(), parsed.hosts(), parsed.port(), parsed.parameters(), "").checked();
    }

    AcceptorConfig checked() {
        transport();
        tls();
        return this;
    }

    /** The names in {@code protocols}, upper case as written; empty for all that are installed. */
    public List<String> protocols() {
        return Declaration.list(parameters.getOrDefault("protocols", parameters.getOrDefault("protocol", "")));
    }

    public TransportOptions transport() {
        return options(TransportOptions.class);
    }

    public TlsOptions tls() {
        return options(TlsOptions.class);
    }

    /**
     * The parameters as a record of {@link Setting} components: how a protocol reads its own options, with types and bounds checked.
     * Parameters the record doesn't declare are left to others.
     *
     * @throws ConfigException when a value is wrong; names this acceptor
     */
    public <R extends Record> R options(Class<R> type) {
        try {
            return Settings.read(type, parameters);
        } catch (ConfigException wrong) {
            throw new ConfigException(wrong.place(), "acceptor " + name + ", " + wrong.element(), wrong.expectation());
        }
    }

    /** A copy with one parameter changed. */
    public AcceptorConfig with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.put(key, value);
        return new AcceptorConfig(name, scheme, hosts, port, changed, lockCoordinator).checked();
    }

    AcceptorConfig at(List<String> otherHosts, int otherPort) {
        return new AcceptorConfig(name, scheme, otherHosts, otherPort, parameters, lockCoordinator);
    }

    AcceptorConfig lockedBy(String coordinator) {
        return new AcceptorConfig(name, scheme, hosts, port, parameters, coordinator);
    }

    /** Without the parameters: passwords are among them. */
    @Override public String toString() {
        return name + " " + scheme + "://" + String.join(",", hosts) + ":" + port;
    }
}
