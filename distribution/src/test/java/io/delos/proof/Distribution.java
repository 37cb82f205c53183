package io.delos.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Where the distribution under test lies unpacked. */
public final class Distribution {
    private static final Path TARGET = Path.of("target");

    private Distribution() { }

    /**
     * The home named by the system property {@code delos.home}, else the built {@code target/*-bin.zip}, unpacked once per build of it
     * under {@code target/proof}.
     *
     * @throws IOException if there is neither, or the archive is damaged
     */
    public static synchronized Path home() throws IOException {
        String given = System.getProperty("delos.home");
        if (given != null) {
            return Path.of(given).toAbsolutePath();
        }
        Path archive = newestArchive()
                .orElseThrow(() -> new IOException("no *-bin.zip in " + TARGET.toAbsolutePath() + "; build the distribution first"));
        return unpack(archive, work());
    }

    /** The directory for everything the proofs make. */
    public static Path work() {
        return TARGET.resolve("proof").toAbsolutePath();
    }

    /** Unpacks an archive into a directory of its own below {@code parent}, unless that was done, and returns the directory in it. */
    public static Path unpack(Path archive, Path parent) throws IOException {
        String stamp = Long.toHexString(Files.getLastModifiedTime(archive).toMillis() ^ (Files.size(archive) << 20));
        Path into = parent.resolve("home-" + stamp);
        if (Files.notExists(into)) {
            Files.createDirectories(parent);
            Path half = Files.createTempDirectory(parent, "unpacking-");
            extract(archive, half);
            try {
                Files.move(half, into);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException anotherProcessWasFaster) {
                BrokerProcess.deleteTree(half);
            }
        }
        try (Stream<Path> inside = Files.list(into)) {
            return inside.filter(Files::isDirectory).findFirst()
                    .orElseThrow(() -> new IOException("no directory in " + archive));
        }
    }

    private static Optional<Path> newestArchive() throws IOException {
        if (Files.notExists(TARGET)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(each -> each.getFileName().toString().endsWith("-bin.zip"))
                    .max(Comparator.comparingLong(each -> each.toFile().lastModified()));
        }
    }

    private static void extract(Path archive, Path into) throws IOException {
        if (archive.toString().endsWith(".zip")) {
            try (InputStream in = Files.newInputStream(archive); ZipInputStream zip = new ZipInputStream(in)) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    extractEntry(zip, entry, into);
                }
            }
            return;
        }
        Process tar = new ProcessBuilder("tar", "-xzf", archive.toAbsolutePath().toString(), "-C", into.toString()).inheritIO().start();
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar could not unpack " + archive);
            }
        } catch (InterruptedException e) {
            tar.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void extractEntry(InputStream in, ZipEntry entry, Path into) throws IOException {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
            throw new IOException("entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        Files.copy(in, path);
        // Java's zip reader doesn't tell file modes; a distribution's programs are those in bin.
        if (path.getParent().endsWith("bin") && !path.toFile().setExecutable(true)) {
            throw new IOException("can't make executable: " + path);
        }
    }
}
