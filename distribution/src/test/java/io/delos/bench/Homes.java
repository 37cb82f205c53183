package io.delos.bench;

import io.delos.proof.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the programs of the sides lie. */
final class Homes {
    private Homes() { }

    /**
     * What was given, unpacked if need be; else, for Delos, the built distribution, and for the others what Maven fetched or the system has.
     * Who is only there to be looked at beside may be missing; that is said.
     */
    static Optional<Path> of(String side, Path work, Options options) throws IOException {
        Optional<Path> given = options.home(side.toLowerCase(Locale.ROOT));
        if (given.isPresent()) {
            return Optional.of(Files.isRegularFile(given.get()) && !side.equals(Side.MOSQUITTO)
                    ? Distribution.unpack(given.get(), work) : given.get());
        }
        return switch (side) {
            case Side.DELOS -> Optional.of(Distribution.home());
            case Side.ARTEMIS -> Optional.of(fetched(work, "apache-artemis-"));
            case Side.CLASSIC -> Optional.of(fetched(work, "apache-activemq-"));
            case Side.HIVEMQ -> existing(side, List.of(work.resolve("hivemq")), "the build fetches it");
            default -> existing(side, List.of(Path.of("/usr/sbin/mosquitto"), Path.of("/usr/bin/mosquitto")),
                    "etc/install-test-clients --bench installs it");
        };
    }

    private static Path fetched(Path work, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            Path archive = files.filter(each -> each.getFileName().toString().matches(prefix + ".*\\.tar\\.gz")).max(Path::compareTo)
                    .orElseThrow(() -> new IOException("no " + prefix + "*.tar.gz in " + work));
            return Distribution.unpack(archive, work);
        }
    }

    private static Optional<Path> existing(String side, List<Path> places, String remedy) {
        Optional<Path> found = places.stream().filter(Files::exists).findFirst();
        if (found.isEmpty()) {
            System.err.println(side + " is not here and not compared with; " + remedy);
        }
        return found;
    }
}
