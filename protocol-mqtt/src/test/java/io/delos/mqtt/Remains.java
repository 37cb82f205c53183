package io.delos.mqtt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a crash would leave of a running broker: its files as they are at this moment. */
final class Remains {

    private Remains() {
    }

    /** Copies them; a file that is renamed meanwhile may be missed under both names, so then it begins again, beside what it had. */
    static Path of(Path data) throws IOException {
        while (true) {
            Path copy = data.resolveSibling("after" + System.nanoTime());
            try {
                copy(data, copy);
                return copy;
            } catch (NoSuchFileException renamed) {
                continue;
            } catch (UncheckedIOException trouble) {
                if (!(trouble.getCause() instanceof NoSuchFileException)) {
                    throw trouble;
                }
            }
        }
    }

    private static void copy(Path data, Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path from : (Iterable<Path>) files::iterator) {
                Path to = copy.resolve(data.relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(from, to);
                }
            }
        }
    }
}
