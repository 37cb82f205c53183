package io.delos.cli;

import java.util.Optional;

/** The two version numbers: the one scripts compare, and our own. */
final class Version {

    /** The product whose command line, protocols and configuration this one stands in for. */
    static final String COMPATIBLE = "Apache Artemis 2.56.0";

    private Version() {
    }

    /** Our version as the jar's manifest tells it. */
    static String own() {
        return "Delos " + Optional.ofNullable(Version.class.getPackage().getImplementationVersion()).orElse("(development)");
    }
}
