package io.delos.cli;

import picocli.CommandLine.Option;

/** How to reach a broker: the options of every command that talks to one. */
final class ConnectionOptions {

    @Option(names = "--url", paramLabel = "<url>",
            description = "Where the broker is. Default: the acceptor of this instance, else tcp://localhost:61616.")
    String url;

    @Option(names = "--acceptor", paramLabel = "<name>", defaultValue = "artemis",
            description = "Which acceptor (else connector) of broker.xml to take the URL from. Default: ${DEFAULT-VALUE}.")
    String acceptor;

    @Option(names = "--user", paramLabel = "<user>", description = "User name.")
    String user;

    @Option(names = "--password", paramLabel = "<password>", description = "Password.")
    String password;

    @Option(names = "--clientID", paramLabel = "<id>", description = "The name durable subscriptions belong to.")
    String clientId;

    @Option(names = "--protocol", paramLabel = "<protocol>", defaultValue = "CORE", converter = Dialect.Reader.class,
            description = "CORE or AMQP. Default: ${DEFAULT-VALUE}.")
    Dialect protocol;
}
