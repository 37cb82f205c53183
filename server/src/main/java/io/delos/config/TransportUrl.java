package io.delos.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The URL of an acceptor or connector: {@code tcp://host[,host2]:port?key=value;key=value}, parts separated by {@code ;} or {@code &},
 * values URL-decoded.
 */
record TransportUrl(String scheme, List<String> hosts, int port, Map<String, String> parameters) {
    static final int DEFAULT_PORT = 61616;
    private static final String FORM = "tcp://host:port?key=value;key=value";

    /** @throws ConfigException when the text isn't of that form */
    static TransportUrl parse(String element, String text) {
        String url = text.trim();
        int schemeEnd = url.indexOf("://");
        if (schemeEnd <= 0) {
            throw ConfigException.wrongValue(element, "a URL such as " + FORM, url);
        }
        String scheme = url.substring(0, schemeEnd);
        if (!scheme.equals("tcp") && !scheme.equals("vm")) {
            throw ConfigException.wrongValue(element, "the scheme tcp or vm", scheme);
        }
        String rest = url.substring(schemeEnd + 3);
        int fragment = rest.indexOf('#');
        rest = fragment < 0 ? rest : rest.substring(0, fragment);
        int query = rest.indexOf('?');
        String authority = query < 0 ? rest : rest.substring(0, query);
        Map<String, String> parameters = query < 0 ? Map.of() : parameters(element, rest.substring(query + 1));
        while (authority.endsWith("/")) {
            authority = authority.substring(0, authority.length() - 1);
        }
        if (scheme.equals("vm")) {
            return new TransportUrl(scheme, List.of(authority), 0, parameters);
        }
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon >= 0 && authority.indexOf(']', colon) < 0;
        int port = hasPort ? port(element, authority.substring(colon + 1)) : DEFAULT_PORT;
        return new TransportUrl(scheme, hosts(element, hasPort ? authority.substring(0, colon) : authority), port, parameters);
    }

    static int port(String element, String text) {
        try {
            int port = Integer.parseInt(text);
            if (Check.PORT.accepts((long) port)) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // told below like a number out of range
        }
        throw ConfigException.wrongValue(element, Check.PORT.expectation(), text);
    }

    private static List<String> hosts(String element, String text) {
        List<String> hosts = new ArrayList<>();
        for (String item : text.split(",")) {
            String host = item.trim();
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            if (!bracketed && (host.indexOf(':') >= 0 || host.indexOf(' ') >= 0)) {
                throw ConfigException.wrongValue(element, "hosts separated by commas and one port after the last", text);
            }
            hosts.add(bracketed ? host.substring(1, host.length() - 1) : host);
        }
        hosts.replaceAll(host -> host.isEmpty() ? "localhost" : host);
        return List.copyOf(hosts);
    }

    private static Map<String, String> parameters(String element, String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("[;&]")) {
            if (pair.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw ConfigException.wrongValue(element, "parameters of the form key=value", pair.trim());
            }
            parameters.put(decoded(element, pair.substring(0, equals)).trim(), decoded(element, pair.substring(equals + 1)).trim());
        }
        return parameters;
    }

    private static String decoded(String element, String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw ConfigException.wrongValue(element, "%XX escapes in the URL", text);
        }
    }
}
