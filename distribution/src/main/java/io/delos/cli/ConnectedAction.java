package io.delos.cli;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** A command that talks to a running broker. */
abstract class ConnectedAction extends Action {

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    /** Whether to print where it connects to; off where the output is read by programs. */
    boolean announces() {
        return true;
    }

    /** Connects; when that is refused and somebody is there, asks for URL, user and password and tries again. */
    final Messaging connect() throws CliException {
        String url = connection.url != null ? connection.url : LocalBroker.url(surroundings(), connection.acceptor);
        return connect(new Target(url, connection.user, connection.password, connection.clientId, connection.protocol));
    }

    /** As {@link #connect()}, to any broker. */
    final Messaging connect(Target first) throws CliException {
        Target target = first;
        while (true) {
            if (announces()) {
                out("Connection brokerURL = " + target.url());
            }
            try {
                return target.dialect().connect(BrokerUrl.parse(target.url()), target.login());
            } catch (IOException e) {
                if (!mayAsk()) {
                    throw new CliException("Connection failed::" + e.getMessage(), e);
                }
                terminal().complain("Connection failed::" + e.getMessage());
                target = target.askedAgain(this);
            }
        }
    }

    /**
     * Whom to connect to, and as whom.
     *
     * @param url as the user wrote it
     * @param user null = anonymous
     * @param password null = none
     * @param clientId null = none
     * @param dialect the protocol
     */
    record Target(String url, String user, String password, String clientId, Dialect dialect) {

        Login login() {
            return new Login(Optional.ofNullable(user), Optional.ofNullable(password), Optional.ofNullable(clientId));
        }

        Target askedAgain(Action action) throws CliException {
            return new Target(
                    action.require(null, "--url", "The URL of the broker"),
                    action.require(null, "--user", "The user name"),
                    action.requireSecret(null, "--password", "The password"),
                    clientId, dialect);
        }
    }
}
