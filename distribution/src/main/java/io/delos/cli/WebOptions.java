package io.delos.cli;

import picocli.CommandLine.Option;

/** The web console of a new broker. */
final class WebOptions {

    private static final int USUAL_PORT = 8161;

    @Option(names = "--http-host", paramLabel = "<host>", defaultValue = "localhost",
            description = "Where the web console listens. Default: ${DEFAULT-VALUE}.")
    String host;

    @Option(names = "--http-port", paramLabel = "<port>", defaultValue = "8161", description = "Its port. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(names = "--no-web", description = "No web console.")
    boolean none;

    @Option(names = "--ssl-key", paramLabel = "<path>", description = "A key store: the web console speaks HTTPS.")
    String keyStore;

    @Option(names = "--ssl-key-password", paramLabel = "<password>", description = "The key store's password.")
    String keyStorePassword;

    @Option(names = "--use-client-auth", description = "The web console asks for a client certificate.")
    boolean clientAuth;

    @Option(names = "--ssl-trust", paramLabel = "<path>", description = "A trust store for client certificates.")
    String trustStore;

    @Option(names = "--ssl-trust-password", paramLabel = "<password>", description = "The trust store's password.")
    String trustStorePassword;

    @Option(names = "--relax-jolokia", description = "Let web pages of any origin ask for management data.")
    boolean relaxJolokia;

    /** Whether somebody asked for anything special about the console. */
    boolean wanted() {
        return !none && (!host.equals("localhost") || port != USUAL_PORT || keyStore != null || clientAuth || relaxJolokia);
    }
}
