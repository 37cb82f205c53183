package io.delos.cli;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A broker's address as users write it: {@code tcp://host:port?key=value;key=value}, or several in parentheses.
 *
 * @param text as it was given; what is shown
 * @param servers at least one, tried in order
 * @param parameters those of the whole, decoded
 */
record BrokerUrl(String text, List<Server> servers, Map<String, String> parameters) {

    static final int DEFAULT_PORT = 61616;

    /** One place to connect to. */
    record Server(String scheme, String host, int port) {
    }

    BrokerUrl {
        servers = List.copyOf(servers);
        parameters = Map.copyOf(parameters);
    }

    static BrokerUrl parse(String text) throws CliException {
        String rest = text.trim();
        String scheme = "tcp";
        if (rest.startsWith("failover:")) {
            rest = rest.substring("failover:".length());
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        String list = rest;
        if (rest.startsWith("(")) {
            int end = rest.lastIndexOf(')');
            if (end < 0) {
                throw new CliException("Invalid URL '" + text + "': a closing ')' is missing");
            }
            list = rest.substring(1, end);
            int query = rest.indexOf('?', end);
            readParameters(query < 0 ? "" : rest.substring(query + 1), parameters);
        }
        List<Server> servers = new ArrayList<>();
        for (String one : list.split(",")) {
            int query = one.indexOf('?');
            if (query >= 0) {
                readParameters(one.substring(query + 1), parameters);
            }
            Server server = server(query < 0 ? one : one.substring(0, query), scheme, text);
            scheme = server.scheme();
            servers.add(server);
        }
        return new BrokerUrl(text, servers, parameters);
    }

    private static Server server(String authority, String scheme, String whole) throws CliException {
        int slashes = authority.indexOf("://");
        String name = slashes < 0 ? scheme : authority.substring(0, slashes);
        String place = (slashes < 0 ? authority : authority.substring(slashes + 3)).replaceAll("/.*$", "").trim();
        int colon = place.lastIndexOf(':');
        boolean bareIpv6 = place.indexOf(':') != colon && !place.startsWith("[");
        boolean noPort = colon < 0 || place.endsWith("]") || bareIpv6;
        String host = noPort ? place : place.substring(0, colon);
        if (host.isEmpty()) {
            throw new CliException("Invalid URL '" + whole + "': a host is missing");
        }
        try {
            return new Server(name, host.replaceAll("^\\[|]$", ""), noPort ? DEFAULT_PORT : Integer.parseInt(place.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new CliException("Invalid URL '" + whole + "': '" + place.substring(colon + 1) + "' is not a port", e);
        }
    }

    private static void readParameters(String query, Map<String, String> into) {
        for (String pair : query.split("[;&]")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                into.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.trim(), StandardCharsets.UTF_8);
    }

    boolean tls() {
        return "true".equals(parameters.get("sslEnabled")) || servers.get(0).scheme().matches("ssl|amqps");
    }

    /** The same broker as qpid-jms wants it: {@code amqp(s)://}, its own names for the TLS settings, a failover list if there are several. */
    String forAmqp() {
        Map<String, String> options = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (name.startsWith("jms.") || name.startsWith("transport.") || name.startsWith("amqp.") || name.startsWith("failover.")) {
                options.put(name, value);
            }
        });
        Map<String, String> tlsNames = Map.of("trustStorePath", "transport.trustStoreLocation", "trustStorePassword",
                "transport.trustStorePassword", "trustStoreType", "transport.trustStoreType", "keyStorePath",
                "transport.keyStoreLocation", "keyStorePassword", "transport.keyStorePassword", "keyStoreType",
                "transport.keyStoreType", "trustAll", "transport.trustAll", "verifyHost", "transport.verifyHost");
        tlsNames.forEach((ours, theirs) -> {
            if (tls() && parameters.containsKey(ours)) {
                options.put(theirs, parameters.get(ours));
            }
        });
        String query = options.isEmpty() ? "" : options.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", "?", ""));
        String list = servers.stream().map(this::amqp).collect(Collectors.joining(","));
        return servers.size() == 1 ? list + query : "failover:(" + list + ")" + query;
    }

    private String amqp(Server server) {
        String host = server.host().contains(":") ? "[" + server.host() + "]" : server.host();
        return (tls() ? "amqps://" : "amqp://") + host + ":" + server.port();
    }
}
