package io.delos.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The archive of loaded classes with which the same Java starts the same jars faster, written by a broker that runs for a moment. It lies in
 * the home's {@code cache}, for all instances, or in the {@code tmp} of an instance when the home can't be written. Its name holds the
 * Java's release and its own size, by which {@code bin/artemis} finds it and knows a whole one.
 */
final class ClassArchive {

    /** Set by {@code bin/artemis}: the release of the Java it starts. */
    static final String RELEASE = "delos.java.release";
    private static final String SUFFIX = ".jsa";
    private static final long PATIENCE_SECONDS = 60;

    private final Path home;
    private final Path instance;
    private final String release;

    private ClassArchive(Path home, Path instance, String release) {
        this.home = home;
        this.instance = instance;
        this.release = release;
    }

    /** The archive for this process's Java; empty when it wasn't started by {@code bin/artemis} or there are no jars. */
    static Optional<ClassArchive> of(InstanceDirectory instance) {
        String release = System.getProperty(RELEASE, "");
        return release.isEmpty() || !Files.isDirectory(instance.home().resolve("lib")) ? Optional.empty()
                : Optional.of(new ClassArchive(instance.home(), instance.root(), release));
    }

    /** Whether one is there that is younger than the jars. */
    boolean isFresh() throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        for (Path jar : list(home.resolve("lib"), "", ".jar")) {
            FileTime time = Files.getLastModifiedTime(jar);
            newest = time.compareTo(newest) > 0 ? time : newest;
        }
        for (Path folder : List.of(home.resolve("cache"), instance.resolve("tmp"))) {
            for (Path archive : list(folder, prefix(), SUFFIX)) {
                if (Files.getLastModifiedTime(archive).compareTo(newest) >= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Writes it, in place of an older one. A broker starts and ends for that, on a free port of the loopback; takes a few seconds. */
    void make() throws IOException, CliException {
        Path folder = folder();
        Path work = Files.createTempDirectory(folder, "making-");
        try {
            Path written = work.resolve("classes" + SUFFIX);
            rehearse(work.resolve("instance"), written);
            if (!Files.isRegularFile(written)) {
                throw new IOException("this Java wrote none");
            }
            Path last = folder.resolve(prefix() + Files.size(written) + SUFFIX);
            List<Path> older = list(folder, prefix(), SUFFIX);
            Files.move(written, last, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            for (Path old : older) {
                if (!old.equals(last)) {
                    Files.deleteIfExists(old);
                }
            }
        } finally {
            delete(work);
        }
    }

    private String prefix() {
        return "classes-" + release + ".";
    }

    private Path folder() throws IOException {
        Path shared = home.resolve("cache");
        if (Files.isWritable(Files.isDirectory(shared) ? shared : home)) {
            return Files.createDirectories(shared);
        }
        return Files.createDirectories(instance.resolve("tmp"));
    }

    private void rehearse(Path broker, Path archive) throws IOException, CliException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Rehearsal.create(home, broker, port);
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable", "-XX:+UseSerialGC", "-Xmx256M",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-Dlog4j2.disableJmx=true", "-Dlog4j.shutdownHookEnabled=false",
                "-Dlog4j2.configurationFile=" + broker.resolve("etc/log4j2.properties"),
                "-Djava.security.auth.login.config=" + broker.resolve("etc/login.config"),
                "-Dartemis.home=" + home, "-Dartemis.instance=" + broker, "-Dartemis.instance.etc=" + broker.resolve("etc"),
                "-classpath", home.resolve("lib") + "/*", Rehearsal.class.getName(), Integer.toString(port))
                .redirectErrorStream(true).redirectOutput(broker.resolve("log/rehearsal.log").toFile()).start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it took longer than " + PATIENCE_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<Path> list(Path folder, String prefix, String suffix) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix) && file.getFileName().toString().endsWith(suffix))
                    .toList();
        }
    }

    private static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(tree)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
