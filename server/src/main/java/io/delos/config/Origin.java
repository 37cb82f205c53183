package io.delos.config;

/** Who wanted a queue: decides from which address-settings it takes what it doesn't say itself. */
public enum Origin {
    /** The configuration file. */
    CONFIGURED,
    /** A client or management, by name. */
    CREATED,
    /** A client that merely used it. */
    AUTO_CREATED
}
