package io.delos.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the starting script knows: where the program is installed and, when it was an instance's script, that instance.
 *
 * @param home the unzipped distribution
 * @param instance the instance's directory; empty for {@code <home>/bin/artemis}
 * @param etc the instance's configuration directory, possibly outside of it
 */
record Surroundings(Path home, Optional<Path> instance, Optional<Path> etc) {

    /** Reads {@code artemis.home}, {@code artemis.instance} and {@code artemis.instance.etc}. */
    static Surroundings ofProcess() {
        Optional<Path> instance = property("artemis.instance");
        Optional<Path> etc = property("artemis.instance.etc").or(() -> instance.map(path -> path.resolve("etc")));
        return new Surroundings(property("artemis.home").orElse(Path.of("")).toAbsolutePath(), instance, etc);
    }

    private static Optional<Path> property(String name) {
        return Optional.ofNullable(System.getProperty(name)).filter(text -> !text.isBlank()).map(Path::of);
    }

    Path requireInstance() throws CliException {
        return instance.orElseThrow(() -> new CliException("This command needs an instance: use <instance>/bin/artemis"));
    }

    Path requireEtc() throws CliException {
        requireInstance();
        return etc.orElseThrow();
    }
}
