package io.delos.cli;

import picocli.CommandLine.Option;

/** A database as the store of a new broker. */
final class DatabaseOptions {

    @Option(names = "--jdbc", description = "Keep messages in a database.")
    boolean jdbc;

    @Option(names = "--jdbc-bindings-table-name", paramLabel = "<name>", defaultValue = "BINDINGS", description = "Default: ${DEFAULT-VALUE}.")
    String bindingsTable;

    @Option(names = "--jdbc-message-table-name", paramLabel = "<name>", defaultValue = "MESSAGES", description = "Default: ${DEFAULT-VALUE}.")
    String messageTable;

    @Option(names = "--jdbc-large-message-table-name", paramLabel = "<name>", defaultValue = "LARGE_MESSAGES", description = "Default: ${DEFAULT-VALUE}.")
    String largeMessageTable;

    @Option(names = "--jdbc-page-store-table-name", paramLabel = "<name>", defaultValue = "PAGE_STORE", description = "Default: ${DEFAULT-VALUE}.")
    String pageTable;

    @Option(names = "--jdbc-node-manager-table-name", paramLabel = "<name>", defaultValue = "NODE_MANAGER_STORE", description = "Default: ${DEFAULT-VALUE}.")
    String nodeManagerTable;

    @Option(names = "--jdbc-connection-url", paramLabel = "<url>", description = "Default: an embedded Derby below the data directory.")
    String url;

    @Option(names = "--jdbc-driver-class-name", paramLabel = "<class>", defaultValue = "org.apache.derby.jdbc.EmbeddedDriver",
            description = "Default: ${DEFAULT-VALUE}.")
    String driver;

    @Option(names = "--jdbc-user", paramLabel = "<user>", description = "The database's user.")
    String user;

    @Option(names = "--jdbc-password", paramLabel = "<password>", description = "The user's password.")
    String password;

    @Option(names = "--jdbc-lock-expiration", paramLabel = "<ms>", defaultValue = "20000", description = "Default: ${DEFAULT-VALUE}.")
    long lockExpiration;

    @Option(names = "--jdbc-lock-renew-period", paramLabel = "<ms>", defaultValue = "4000", description = "Default: ${DEFAULT-VALUE}.")
    long lockRenewPeriod;

    @Option(names = "--jdbc-network-timeout", paramLabel = "<ms>", defaultValue = "20000", description = "Default: ${DEFAULT-VALUE}.")
    int networkTimeout;
}
