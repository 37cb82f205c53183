package io.delos.mqtt;

import io.delos.broker.Client;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The authentication methods that there are, by name, and which of them an acceptor offers. Another one is a line here and an
 * {@link AuthMethod}. Immutable; any thread.
 */
final class AuthMethods {

    private static final Map<String, Maker> ALL = Map.of("SCRAM-SHA-256", scram("SCRAM-SHA-256"), "SCRAM-SHA-512", scram("SCRAM-SHA-512"));

    private final List<String> offered;
    private final String entry;

    /** Makes a method for a client and the entry of login.config that is to be asked. */
    private interface Maker extends BiFunction<Client, String, AuthMethod> { }

    AuthMethods(MqttOptions options) {
        this.offered = options.authenticationMethods();
        this.entry = options.loginConfigScope();
    }

    private static Maker scram(String mechanism) {
        return (client, entry) -> new ScramMethod(client, mechanism, entry);
    }

    /** The method of that name for one login of the client; empty if it isn't offered. */
    Optional<AuthMethod> start(String name, Client client) {
        return offered.contains(name) ? Optional.ofNullable(ALL.get(name)).map(maker -> maker.apply(client, entry)) : Optional.empty();
    }
}
