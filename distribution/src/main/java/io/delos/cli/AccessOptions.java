package io.delos.cli;

import picocli.CommandLine.Option;

/** Who may use a new broker. */
final class AccessOptions {

    @Option(names = "--user", paramLabel = "<user>", description = "The first user.")
    String user;

    @Option(names = "--password", paramLabel = "<password>", description = "The user's password.")
    String password;

    @Option(names = "--role", paramLabel = "<role>", defaultValue = "amq",
            description = "The user's role, which may do everything. Default: ${DEFAULT-VALUE}.")
    String role;

    @Option(names = "--allow-anonymous", description = "Clients without a user name are treated as the first user.")
    boolean allowAnonymous;

    @Option(names = "--require-login", description = "Clients must log in.")
    boolean requireLogin;

    @Option(names = "--security-manager", paramLabel = "<kind>", defaultValue = "jaas",
            description = "jaas (files and login modules) or basic (users kept by the broker). Default: ${DEFAULT-VALUE}.")
    String securityManager;

    boolean basic() {
        return securityManager.equalsIgnoreCase("basic");
    }
}
